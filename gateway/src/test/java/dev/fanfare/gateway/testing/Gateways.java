package dev.fanfare.gateway.testing;

import dev.fanfare.events.Routing;
import dev.fanfare.gateway.app.Gateway;
import dev.fanfare.gateway.config.AccessSettings;
import dev.fanfare.gateway.config.ClusterSettings;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.config.GatewaySettings.DeadLetter;
import dev.fanfare.gateway.config.GatewaySettings.Feed;
import dev.fanfare.gateway.config.GatewaySettings.Limits;
import dev.fanfare.gateway.config.GatewaySettings.Log;
import dev.fanfare.gateway.config.GatewaySettings.Poll;
import dev.fanfare.gateway.config.GatewaySettings.Publish;
import dev.fanfare.gateway.config.GatewaySettings.Replay;
import dev.fanfare.gateway.config.GatewaySettings.Server;
import dev.fanfare.gateway.config.GatewaySettings.Session;
import dev.fanfare.gateway.config.GatewaySettings.Shutdown;
import dev.fanfare.gateway.config.GatewaySettings.Transports;
import dev.fanfare.gateway.config.GatewaySettings.WebSocket;
import dev.fanfare.gateway.config.LoggingSettings;
import dev.fanfare.gateway.config.ManagementSettings;
import dev.fanfare.gateway.config.OverloadSettings;
import dev.fanfare.gateway.config.PolicySettings;
import dev.fanfare.gateway.config.TlsSettings;
import dev.fanfare.gateway.protocol.Policy;
import dev.fanfare.quickstart.broker.LocalBroker;
import dev.fanfare.service.trace.TracingSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;

/// What a test changes of a gateway's settings before it starts one in this JVM, on a free port.
public final class Gateways {
    public Server server = new Server("127.0.0.1", 0, 15_000, 4096, 65_536, true, TlsSettings.OFF);
    public Map<String, String> kafka = new HashMap<>();
    public List<Routing.Rule> routes = new ArrayList<>();
    public DeadLetter deadLetter = DeadLetter.DEFAULT;
    public Feed feed = new Feed(1000, Duration.ofMillis(200));
    public Log log = Log.DEFAULT;
    public Replay replay = Replay.DEFAULT;
    public Session session = Session.DEFAULT;
    public Transports transports = Transports.DEFAULT;
    public WebSocket websocket = WebSocket.DEFAULT;
    public Poll poll = Poll.DEFAULT;
    public Publish publish = Publish.DEFAULT;
    public AccessSettings access = Open.access();
    public Limits limits = Open.limits();
    public OverloadSettings overload = OverloadSettings.DEFAULT;
    public ClusterSettings cluster = ClusterSettings.DEFAULT;
    public LoggingSettings logging = LoggingSettings.DEFAULT;
    public ManagementSettings management = ManagementSettings.DEFAULT;
    public TracingSettings tracing = TracingSettings.DEFAULT;
    public Shutdown shutdown = new Shutdown(Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofMillis(900));

    public Gateways route(String topic, String... channels) {
        routes.add(new Routing.Rule(List.of(topic), List.of(channels)));
        return this;
    }

    /// The server with other pages that may use it.
    public Gateways origins(String... origins) {
        var s = server;
        server = new Server(
                s.host(),
                s.port(),
                s.connectionsMax(),
                s.backlog(),
                s.sendBuffer(),
                s.page(),
                s.trustedProxies(),
                s.forwardedHeader(),
                List.of(origins),
                s.tls());
        return this;
    }

    /// Session settings with other heartbeats.
    public Gateways heartbeats(Duration usual, Duration min, Duration max) {
        var s = session;
        session = new Session(
                usual,
                min,
                max,
                s.writeStall(),
                s.stall(),
                s.sseLife(),
                s.channelsMax(),
                s.eventMax(),
                s.writeBytes(),
                s.policies());
        return this;
    }

    /// Session settings with other policies.
    public Gateways policies(List<Policy> allowed, Policy standard) {
        var p = session.policies();
        return policies(
                new PolicySettings(allowed, standard, p.interval(), p.intervalMin(), p.intervalMax(), p.waitingMax()));
    }

    /// Session settings with other policies.
    public Gateways policies(PolicySettings policies) {
        var s = session;
        session = new Session(
                s.heartbeat(),
                s.heartbeatMin(),
                s.heartbeatMax(),
                s.writeStall(),
                s.stall(),
                s.sseLife(),
                s.channelsMax(),
                s.eventMax(),
                s.writeBytes(),
                policies);
        return this;
    }

    public GatewaySettings settings() {
        var clients = new HashMap<>(kafka);
        if (!clients.containsKey("bootstrap.servers")) {
            clients.put("bootstrap.servers", LocalBroker.get().bootstrapServers());
        }
        return new GatewaySettings(
                server,
                clients,
                routes,
                deadLetter,
                feed,
                log,
                replay,
                session,
                transports,
                websocket,
                poll,
                publish,
                access,
                limits,
                overload,
                cluster,
                management,
                tracing,
                shutdown,
                logging);
    }

    /// Starts a gateway and waits until it is ready.
    public Running start() {
        var running = startUnready();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> running.get("/health/ready").status() == 200);
        return running;
    }

    /// Starts a gateway and does not wait for Kafka.
    public Running startUnready() {
        return new Running(Gateway.start(settings()));
    }

    /// A gateway in this JVM.
    public record Running(Gateway gateway) implements AutoCloseable {
        public int port() {
            return gateway.port();
        }

        public RawClient connect() throws IOException {
            return RawClient.connect(port());
        }

        /// One request on a connection of its own.
        public RawClient.Answer get(String target, String... headers) throws IOException {
            try (var client = connect()) {
                return client.get(target, headers).answer();
            }
        }

        /// The value of a metric, by its name and one label, such as `transport="sse"`.
        public double metric(String name, String label) throws IOException {
            return get("/metrics")
                    .text()
                    .lines()
                    .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                    .filter(line -> line.contains(label))
                    .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                    .map(Double::valueOf)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no metric " + name + " with " + label));
        }

        public Optional<Double> metricIfThere(String name, String label) throws IOException {
            try {
                return Optional.of(metric(name, label));
            } catch (AssertionError none) {
                return Optional.empty();
            }
        }

        @Override
        public void close() {
            gateway.close();
        }
    }
}
