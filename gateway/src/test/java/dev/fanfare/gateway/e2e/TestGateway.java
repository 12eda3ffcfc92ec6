package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.events.Routing;
import dev.fanfare.gateway.app.Gateway;
import dev.fanfare.gateway.config.AccessSettings;
import dev.fanfare.gateway.config.ClusterSettings;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.config.LoggingSettings;
import dev.fanfare.gateway.config.ManagementSettings;
import dev.fanfare.gateway.config.OverloadSettings;
import dev.fanfare.gateway.config.PolicySettings;
import dev.fanfare.gateway.testing.Open;
import dev.fanfare.service.trace.TracingSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A gateway in this process, that can be stopped and started again (on another port). Threads: one starts and stops,
/// any ask for the port.
public final class TestGateway implements Node, AutoCloseable {
    private final GatewaySettings settings;
    private volatile @Nullable Gateway running;

    private TestGateway(GatewaySettings settings) {
        this.settings = settings;
    }

    /// Settings under construction: quick, and like the defaults otherwise.
    public static final class Setup {
        private final List<String> topics;
        private GatewaySettings.Feed feed = new GatewaySettings.Feed(1000, Duration.ofMillis(300));
        private GatewaySettings.Log log = GatewaySettings.Log.DEFAULT;
        private GatewaySettings.Replay replay = GatewaySettings.Replay.DEFAULT;
        private GatewaySettings.Session session;
        private GatewaySettings.Shutdown shutdown =
                new GatewaySettings.Shutdown(Duration.ofSeconds(3), Duration.ofMillis(20), Duration.ofMillis(100));
        private AccessSettings access = Open.access();
        private final Map<String, String> kafka = new HashMap<>();

        private Setup(String servers, List<String> topics) {
            kafka.put("bootstrap.servers", servers);
            kafka.put("reconnect.backoff.max.ms", "200");
            this.topics = topics;
            var usual = GatewaySettings.Session.DEFAULT;
            session = new GatewaySettings.Session(
                    usual.heartbeat(),
                    Duration.ofMillis(100),
                    usual.heartbeatMax(),
                    usual.writeStall(),
                    usual.stall(),
                    usual.sseLife(),
                    usual.channelsMax(),
                    usual.eventMax(),
                    usual.writeBytes(),
                    PolicySettings.DEFAULT);
        }

        /// Who may do what; otherwise anybody may all.
        public Setup access(AccessSettings to) {
            access = to;
            return this;
        }

        /// @param warm records per partition that are read at start
        Setup logs(int events, long bytes, int warm) {
            log = new GatewaySettings.Log(bytes, events, log.age());
            feed = new GatewaySettings.Feed(warm, feed.refresh(), feed.catchUp(), feed.onDemand());
            return this;
        }

        Setup refresh(Duration every) {
            feed = new GatewaySettings.Feed(feed.warmEvents(), every, feed.catchUp(), feed.onDemand());
            return this;
        }

        Setup catchUp(Duration within) {
            feed = new GatewaySettings.Feed(feed.warmEvents(), feed.refresh(), within, feed.onDemand());
            return this;
        }

        /// Reads what somebody subscribes to, and looks for what has changed every so often.
        Setup onDemand(GatewaySettings.OnDemand how, Duration every) {
            feed = new GatewaySettings.Feed(feed.warmEvents(), every, Duration.ofSeconds(20), how);
            return this;
        }

        /// A setting of Kafka's clients.
        Setup kafka(String key, String value) {
            kafka.put(key, value);
            return this;
        }

        Setup replay(UnaryOperator<GatewaySettings.Replay> change) {
            replay = change.apply(replay);
            return this;
        }

        Setup writeStall(Duration stall) {
            return session(stall, session.eventMax(), session.policies());
        }

        /// @param waitingMax events that may wait for a client before its policy acts
        Setup policies(int waitingMax) {
            var standard = PolicySettings.DEFAULT;
            var policies = new PolicySettings(
                    standard.allowed(),
                    standard.standard(),
                    standard.interval(),
                    standard.intervalMin(),
                    standard.intervalMax(),
                    waitingMax);
            return session(session.writeStall(), session.eventMax(), policies);
        }

        Setup eventMax(int bytes) {
            return session(session.writeStall(), bytes, session.policies());
        }

        private Setup session(Duration writeStall, int eventMax, PolicySettings policies) {
            session = new GatewaySettings.Session(
                    session.heartbeat(),
                    session.heartbeatMin(),
                    session.heartbeatMax(),
                    writeStall,
                    session.stall(),
                    session.sseLife(),
                    session.channelsMax(),
                    eventMax,
                    session.writeBytes(),
                    policies);
            return this;
        }

        /// Sends its clients away over this time when it is stopped.
        Setup drain(Duration over) {
            shutdown = new GatewaySettings.Shutdown(
                    shutdown.notice(), over, over.plus(shutdown.deadline()), shutdown.retryMin(), shutdown.retryMax());
            return this;
        }

        /// Starts it and waits until it is ready.
        public TestGateway start() {
            var gateway = startUnready();
            gateway.awaitReady();
            return gateway;
        }

        TestGateway startUnready() {
            var gateway = new TestGateway(settings());
            gateway.startAgain();
            return gateway;
        }

        private GatewaySettings settings() {
            var server = GatewaySettings.Server.DEFAULT;
            return new GatewaySettings(
                    new GatewaySettings.Server(
                            server.host(),
                            0,
                            server.connectionsMax(),
                            server.backlog(),
                            server.sendBuffer(),
                            false,
                            server.tls()),
                    kafka,
                    List.of(new Routing.Rule(topics, List.of("{topic}.{key}", "by-key.{key}"))),
                    GatewaySettings.DeadLetter.DEFAULT,
                    feed,
                    log,
                    replay,
                    session,
                    GatewaySettings.Transports.DEFAULT,
                    GatewaySettings.WebSocket.DEFAULT,
                    GatewaySettings.Poll.DEFAULT,
                    GatewaySettings.Publish.DEFAULT,
                    access,
                    Open.limits(),
                    OverloadSettings.DEFAULT,
                    ClusterSettings.DEFAULT,
                    ManagementSettings.DEFAULT,
                    TracingSettings.DEFAULT,
                    shutdown,
                    LoggingSettings.DEFAULT);
        }
    }

    /// Each record goes to `{topic}.{key}` and to `by-key.{key}`.
    public static Setup route(Cluster cluster, String... topics) {
        return new Setup(cluster.servers(), new ArrayList<>(List.of(topics)));
    }

    void stop() {
        var gateway = running;
        running = null;
        if (gateway != null) {
            gateway.close();
        }
    }

    void startAgain() {
        running = Gateway.start(settings);
    }

    /// Where it listens; nothing while it is stopped.
    Optional<Integer> openPort() {
        var gateway = running;
        return gateway == null ? Optional.empty() : Optional.of(gateway.port());
    }

    @Override
    public Optional<InetSocketAddress> address() {
        return openPort().map(port -> Target.local(port).gateway());
    }

    int port() {
        return openPort().orElseThrow();
    }

    public void awaitReady() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(
                        () -> assertThat(Wire.get(port(), "/health/ready")).startsWith("200"));
    }

    public boolean isReady() throws IOException {
        return Wire.get(port(), "/health/ready").startsWith("200");
    }

    /// The sum of a metric over those of its labels that contain a text.
    public long metric(String name, String label) throws IOException {
        return Wire.get(port(), "/metrics")
                .lines()
                .filter(line -> line.startsWith(name) && line.contains(label))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Override
    public void close() {
        stop();
    }
}
