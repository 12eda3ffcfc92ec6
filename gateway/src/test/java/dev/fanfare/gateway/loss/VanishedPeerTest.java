package dev.fanfare.gateway.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.quickstart.broker.EmbeddedKafka;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Clients in a network namespace, between which and the gateway packets get lost. They ask for the longest heartbeat
/// where it must not be the heartbeat that finds them gone.
@Timeout(120)
class VanishedPeerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30); // a fraction of it passes when all is well
    private static final String TOPIC = "loss";
    private static final String LOOPBACK = "0100007F:"; // in /proc/net, where the bytes are swapped
    private static final TestGateway.Limits LIMITS =
            TestGateway.Limits.DEFAULT.heartbeat(Duration.ofSeconds(3)).writeStall(Duration.ofSeconds(1));

    @TempDir
    static Path dir;

    private static EmbeddedKafka kafka;
    private static TestGateway gateway;
    private static KafkaProducer<String, byte[]> producer;

    private NetworkNamespace namespace;
    private Writer orders;
    private BufferedReader done;

    @BeforeAll
    static void startGateway() throws Exception {
        NetworkNamespace.create().close();
        kafka = EmbeddedKafka.start(dir);
        TestGateway.createTopic(kafka, TOPIC);
        gateway = TestGateway.start(
                kafka, TOPIC, "0.0.0.0", GatewaySettings.Log.DEFAULT, GatewaySettings.Replay.DEFAULT, LIMITS);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer());
        publish("nobody", 1);
    }

    @AfterAll
    static void stopGateway() {
        try (var _ = kafka;
                var _ = gateway;
                var _ = producer) {
            // closed in reverse; what was not started is null
        }
    }

    @BeforeEach
    void startClients() throws Exception {
        namespace = NetworkNamespace.create();
        var clients = namespace.start(Faraway.class, namespace.address(), Integer.toString(gateway.port()));
        orders = new OutputStreamWriter(clients.getOutputStream(), StandardCharsets.UTF_8);
        done = new BufferedReader(new InputStreamReader(clients.getInputStream(), StandardCharsets.UTF_8));
    }

    @AfterEach
    void removeNamespace() {
        if (namespace != null) {
            namespace.close();
        }
    }

    @Test
    void aWebSocketPeerThatVanishesIsNoticed() throws Exception {
        long noticed = gateway.ended("client-silent") + gateway.ended("client-gone");
        order("ws quiet /v1/events?channel=quiet");
        order("ws busy /v1/events?channel=busy");
        assertThat(gateway.sessions("ws")).isEqualTo(2);

        namespace.dropAllPackets();
        publish("busy", 1000); // stays unacknowledged

        eventually(() -> assertThat(gateway.ended("client-silent") + gateway.ended("client-gone"))
                .isEqualTo(noticed + 2));
        assertEverythingIsFreed();
    }

    @Test
    void aWebSocketPeerThatHangsIsNoticedByItsMissingPongs() throws Exception {
        long silent = gateway.ended("client-silent");

        order("hung ws /v1/events?channel=quiet"); // its kernel goes on to acknowledge

        eventually(() -> assertThat(gateway.ended("client-silent")).isEqualTo(silent + 1));
        assertEverythingIsFreed();
    }

    @Test
    void aWebSocketPeerThatAnswersStays() throws Exception {
        long heartbeats = gateway.counter("heartbeats");
        order("ws alive /v1/events?channel=quiet");

        eventually(() -> assertThat(gateway.counter("heartbeats")).isGreaterThanOrEqualTo(heartbeats + 3));

        assertThat(gateway.sessions("ws")).isEqualTo(1);
        order("fin alive");
        assertEverythingIsFreed();
    }

    @Test
    void anIdleEventStreamAndAHeldPollAreNoticedByKeepAlive() throws Exception {
        long gone = gateway.ended("client-gone");
        long heartbeats = gateway.counter("heartbeats");
        order("sse quiet /v1/events?channel=quiet&heartbeat=60");
        order("poll held /v1/events?channel=quiet&wait=55");
        eventually(() -> assertThat(gateway.sessions("poll")).isEqualTo(1));

        namespace.dropAllPackets();

        eventually(() -> assertThat(gateway.ended("client-gone")).isEqualTo(gone + 2));
        assertThat(gateway.counter("heartbeats")).isEqualTo(heartbeats);
        assertEverythingIsFreed();
    }

    @Test
    void anEventStreamWithBytesUnderwayIsNoticedThoughTheseStopKeepAlive() throws Exception {
        long gone = gateway.ended("client-gone");
        order("sse ticker /v1/events?channel=ticker&heartbeat=60");

        namespace.dropAllPackets();
        publish("ticker", 10);

        eventually(() -> assertThat(gateway.ended("client-gone")).isEqualTo(gone + 1));
        assertEverythingIsFreed();
    }

    @Test
    void anIdleEventStreamWithHeartbeatsIsNoticed() throws Exception {
        long gone = gateway.ended("client-gone");
        order("sse quiet /v1/events?channel=quiet");
        long heartbeats = gateway.counter("heartbeats");
        eventually(() -> assertThat(gateway.counter("heartbeats")).isGreaterThan(heartbeats));

        namespace.dropAllPackets();

        eventually(() -> assertThat(gateway.ended("client-gone")).isEqualTo(gone + 1));
        assertEverythingIsFreed();
    }

    /// By the gateway, or by the kernel on a machine that holds the gateway up for longer than it is ahead.
    @Test
    void aBusyEventStreamIsCutWhenItsWritesStall() throws Exception {
        long cut = gateway.ended("too-slow") + gateway.ended("client-gone");
        order("sse busy /v1/events?channel=busy&heartbeat=60");

        namespace.dropAllPackets();
        for (int i = 0; i < 10; i++) {
            publish("busy", 100_000); // more than the send buffer takes
        }

        eventually(() -> assertThat(gateway.ended("too-slow") + gateway.ended("client-gone"))
                .isEqualTo(cut + 1));
        assertEverythingIsFreed();
    }

    @Test
    void whoeverClosesOrResetsIsNoticedAtOnce() throws Exception {
        long gone = gateway.ended("client-gone");
        for (var way : new String[] {"fin", "rst"}) {
            order("sse stream-" + way + " /v1/events?channel=quiet&heartbeat=60");
            order("poll held-" + way + " /v1/events?channel=quiet&wait=55");
        }
        eventually(() -> assertThat(gateway.sessions("poll")).isEqualTo(2));
        for (var way : new String[] {"fin", "rst"}) {
            order(way + " stream-" + way);
            order(way + " held-" + way);
        }

        eventually(() -> assertThat(gateway.ended("client-gone")).isEqualTo(gone + 4));
        assertEverythingIsFreed();
    }

    private void order(String order) throws IOException {
        orders.write(order + "\n");
        orders.flush();
        assertThat(done.readLine()).isEqualTo("done " + order);
    }

    private static void publish(String channel, int bytes) throws Exception {
        producer.send(new ProducerRecord<>(TOPIC, channel, new byte[bytes])).get();
    }

    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(PATIENCE).untilAsserted(assertion);
    }

    /// Neither sessions nor connections are left over.
    private static void assertEverythingIsFreed() {
        eventually(() -> {
            for (var transport : new String[] {"sse", "ws", "poll"}) {
                assertThat(gateway.sessions(transport)).as(transport).isZero();
            }
            assertThat(connections()).isEmpty();
        });
    }

    /// The gateway's connections in which this process still has a hand, as the kernel lists them.
    private static List<String> connections() throws IOException {
        var port = ":%04X".formatted(gateway.port());
        var found = new ArrayList<String>();
        for (var table : new String[] {"tcp", "tcp6"}) {
            for (var line : Files.readAllLines(Path.of("/proc/self/net", table))) {
                var fields = line.strip().split(" +", -1);
                boolean listens = fields[3].equals("0A");
                boolean local = fields[1].contains(LOOPBACK); // those that ask for metrics
                boolean orphan = fields[9].equals("0"); // closed, and left to the kernel
                if (fields[1].endsWith(port) && !listens && !local && !orphan) {
                    found.add(line);
                }
            }
        }
        return found;
    }
}
