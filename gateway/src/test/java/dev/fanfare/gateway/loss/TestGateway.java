package dev.fanfare.gateway.loss;

import static org.awaitility.Awaitility.await;

import dev.fanfare.events.Routing;
import dev.fanfare.gateway.app.Gateway;
import dev.fanfare.gateway.config.ClusterSettings;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.config.LoggingSettings;
import dev.fanfare.gateway.config.ManagementSettings;
import dev.fanfare.gateway.config.OverloadSettings;
import dev.fanfare.gateway.config.PolicySettings;
import dev.fanfare.gateway.testing.Open;
import dev.fanfare.quickstart.broker.EmbeddedKafka;
import dev.fanfare.service.trace.TracingSettings;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/// A gateway in this JVM that serves one topic of one partition: each record goes to the channel of its key.
final class TestGateway implements AutoCloseable {
    private final Gateway gateway;

    private TestGateway(Gateway gateway) {
        this.gateway = gateway;
    }

    static void createTopic(EmbeddedKafka kafka, String topic) throws ExecutionException, InterruptedException {
        try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
    }

    /// Starts one and waits until it is ready.
    static TestGateway start(
            EmbeddedKafka kafka,
            String topic,
            String host,
            GatewaySettings.Log log,
            GatewaySettings.Replay replay,
            Limits limits) {
        var server = GatewaySettings.Server.DEFAULT;
        var settings = new GatewaySettings(
                new GatewaySettings.Server(
                        host, 0, server.connectionsMax(), server.backlog(), server.sendBuffer(), false, server.tls()),
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                List.of(new Routing.Rule(List.of(topic), List.of("{key}"))),
                GatewaySettings.DeadLetter.DEFAULT,
                GatewaySettings.Feed.DEFAULT,
                log,
                replay,
                limits.session(),
                GatewaySettings.Transports.DEFAULT,
                GatewaySettings.WebSocket.DEFAULT,
                GatewaySettings.Poll.DEFAULT,
                GatewaySettings.Publish.DEFAULT,
                Open.access(),
                Open.limits(),
                OverloadSettings.DEFAULT,
                ClusterSettings.DEFAULT,
                ManagementSettings.DEFAULT,
                TracingSettings.DEFAULT,
                new GatewaySettings.Shutdown(Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofMillis(200)),
                LoggingSettings.DEFAULT);
        var started = new TestGateway(Gateway.start(settings));
        await().atMost(Duration.ofSeconds(30)).until(() -> started.counter("feed_ready") == 1);
        return started;
    }

    /// What a test changes of `session`.
    record Limits(Duration heartbeat, Duration writeStall, Duration stall) {
        static final Limits DEFAULT = new Limits(
                GatewaySettings.Session.DEFAULT.heartbeat(),
                GatewaySettings.Session.DEFAULT.writeStall(),
                GatewaySettings.Session.DEFAULT.stall());

        Limits heartbeat(Duration to) {
            return new Limits(to, writeStall, stall);
        }

        Limits writeStall(Duration to) {
            return new Limits(heartbeat, to, stall);
        }

        Limits stall(Duration to) {
            return new Limits(heartbeat, writeStall, to);
        }

        private GatewaySettings.Session session() {
            var standard = GatewaySettings.Session.DEFAULT;
            return new GatewaySettings.Session(
                    heartbeat,
                    heartbeat,
                    standard.heartbeatMax(),
                    writeStall,
                    stall,
                    standard.sseLife(),
                    standard.channelsMax(),
                    standard.eventMax(),
                    standard.writeBytes(),
                    PolicySettings.DEFAULT);
        }
    }

    int port() {
        return gateway.port();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port());
    }

    long sessions(String transport) {
        return metric("fanfare_sessions{", "transport=\"" + transport + "\"");
    }

    long ended(String reason) {
        return metric("fanfare_sessions_ended", "reason=\"" + reason + "\"");
    }

    /// All that have ended, by their reasons.
    List<String> ended() {
        return get("/metrics")
                .lines()
                .filter(line -> line.startsWith("fanfare_sessions_ended") && !line.endsWith(" 0.0"))
                .toList();
    }

    long counter(String name) {
        return metric("fanfare_" + name, "");
    }

    private long metric(String name, String tag) {
        return get("/metrics")
                .lines()
                .filter(line -> line.startsWith(name) && line.contains(tag))
                .map(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no metric " + name + " " + tag));
    }

    private String get(String path) {
        try {
            var connection = (HttpURLConnection) new URI("http", null, "127.0.0.1", port(), path, null, null)
                    .toURL()
                    .openConnection();
            try (var body = connection.getInputStream()) {
                return new String(body.readAllBytes(), StandardCharsets.UTF_8);
            } finally {
                connection.disconnect();
            }
        } catch (IOException | URISyntaxException failure) {
            throw new AssertionError(failure);
        }
    }

    @Override
    public void close() {
        gateway.close();
    }
}
