package dev.fanfare.gateway.app;

import dev.fanfare.gateway.access.Gate;
import dev.fanfare.gateway.cluster.Node;
import dev.fanfare.gateway.cluster.Nodes;
import dev.fanfare.gateway.cluster.Order;
import dev.fanfare.gateway.cluster.Orders;
import dev.fanfare.gateway.cluster.Presence;
import dev.fanfare.gateway.cluster.Pulse;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.http.OrderHandler;
import dev.fanfare.gateway.observe.Metrics;
import dev.fanfare.gateway.session.Sessions;
import dev.fanfare.service.Lifecycle;
import dev.fanfare.service.kafka.KafkaClients;
import io.helidon.webserver.http.Handler;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The parts in which nodes tell each other something about their clients, as far as there are any.
record ClusterParts(Pulse pulse, Optional<Orders> orders, Optional<Presence> presence) {
    /// @param about what this node says of itself
    static ClusterParts open(
            GatewaySettings settings, Sessions sessions, Supplier<Node> about, KafkaClients clients, Lifecycle parts) {
        var cluster = settings.cluster();
        var node = cluster.node().orElseGet(ClusterParts::host);
        var clock = InstantSource.system();
        var pulse = new Pulse(node, sessions, about);
        var presence = cluster.presence();
        return new ClusterParts(
                pulse,
                cluster.ordersTopic()
                        .map(topic -> parts.open(new Orders(
                                clients, topic, node, settings.shutdown().drain(), sessions, clock))),
                presence.topic()
                        .map(topic -> parts.open(new Presence(clients, topic, presence, pulse, sessions, clock))));
    }

    /// As the machine is called; in a container, the container.
    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }

    /// Which nodes there are, as far as this one knows.
    Nodes nodes() {
        return presence.map(Presence::known).orElseGet(() -> Nodes.alone(pulse));
    }

    void register(Metrics metrics) {
        orders.ifPresent(metrics::orders);
        presence.ifPresent(metrics::presence);
    }

    /// What operators post to, by path.
    Map<String, Handler> routes(Gate gate) {
        var routes = new LinkedHashMap<String, Handler>();
        orders.ifPresent(there -> {
            for (var kind : Order.Kind.values()) {
                routes.put("/v1/sessions/" + kind.label(), new OrderHandler(gate, there, kind));
            }
        });
        return routes;
    }
}
