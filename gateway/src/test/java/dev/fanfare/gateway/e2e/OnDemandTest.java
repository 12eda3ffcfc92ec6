package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.config.GatewaySettings.OnDemand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Utils;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Gateways that read what somebody subscribes to.
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit calls the set-up methods
class OnDemandTest {
    private static final Duration SOON = Duration.ofMillis(100);
    private static final int PARTITIONS = 3;
    private static Cluster cluster;

    private final Published published = new Published();
    private final Checker checker = new Checker(published);

    @BeforeAll
    static void start(@TempDir Path dir) {
        cluster = Cluster.start(dir);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static List<String> topics(String name) {
        var topics = List.of(name + "-a", name + "-b", name + "-c");
        topics.forEach(topic -> cluster.create(topic, PARTITIONS));
        return topics;
    }

    private static TestGateway gateway(OnDemand how, List<String> topics) {
        return TestGateway.route(cluster, topics.toArray(String[]::new))
                .logs(50, 1 << 20, 5)
                .onDemand(how, SOON)
                .start();
    }

    /// Where Kafka's partitioner puts a key.
    private static int partition(String key) {
        return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % PARTITIONS;
    }

    private static void awaitRead(TestGateway gateway, int partitions) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(gateway.metric("fanfare_partitions_read", ""))
                        .isEqualTo(partitions));
    }

    /// One who comes and goes, now here, now there, with the same patterns.
    private final class Visitor {
        private final List<String> patterns;
        private final List<TestGateway> gateways;
        private final Random random;
        private final List<Message> received = new ArrayList<>();

        Visitor(List<String> patterns, List<TestGateway> gateways, Random random) {
            this.patterns = patterns;
            this.gateways = gateways;
            this.random = random;
        }

        private Stream open() throws IOException {
            var kind = List.of(Stream.Kind.values()).get(random.nextInt(3));
            var gateway = gateways.get(random.nextInt(gateways.size()));
            var query = "heartbeat=200ms&channel=" + String.join("&channel=", patterns);
            boolean fresh = received.stream().noneMatch(message -> message.cursor() != null);
            return kind.open(gateway.port(), query, fresh ? null : Clients.lastCursor(received));
        }

        void visit(int times) throws Exception {
            for (int i = 0; i < times; i++) {
                try (var stream = open()) {
                    for (int left = random.nextInt(40); left >= 0; left--) {
                        take(stream);
                    }
                    stream.cut();
                }
                Thread.sleep(random.nextInt(3) == 0 ? 1500 : random.nextInt(50)); // long enough to be forgotten
            }
        }

        private void take(Stream stream) throws IOException {
            var message = stream.next();
            if (message != null) {
                received.add(message);
            }
        }

        List<String> faultsAtLast() throws IOException {
            do {
                readOn();
            } while (!checker.faults(patterns, received, true).isEmpty()
                    && checker.faults(patterns, received, false).isEmpty());
            return checker.faults(patterns, received, true);
        }

        /// Leaves before anybody looks: that takes long, and a client that does not read is cut.
        private void readOn() throws IOException {
            try (var stream = open()) {
                take(stream);
                int left = 2000;
                do {
                    take(stream);
                } while (received.getLast() instanceof Message.Event && --left > 0);
                stream.cut();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TOPICS", "KEYS"})
    @Timeout(900) // at its full size
    void nothingIsLostDoubledOrReorderedWhileInterestsComeAndGo(OnDemand how) throws Exception {
        var seeded = Seeded.print("OnDemandTest " + how);
        var topics = topics("random-" + how.name().toLowerCase(Locale.ROOT));
        var done = new AtomicBoolean();
        try (var one = gateway(how, topics);
                var other = gateway(how, topics);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var writing = CompletableFuture.runAsync(() -> write(topics, seeded.random(0), done), threads);
            var patterns = List.of(
                    List.of(topics.get(0) + ".k1"),
                    List.of("by-key.k2"),
                    List.of(topics.get(1) + ".*"),
                    List.of(topics.get(2) + ".k3", topics.get(0) + ".k4"),
                    List.of(topics.get(2) + ".k5"));
            var visits = new ArrayList<CompletableFuture<Visitor>>();
            for (int i = 0; i < patterns.size(); i++) {
                var visitor = new Visitor(patterns.get(i), List.of(one, other), seeded.random(i + 1));
                visits.add(CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                visitor.visit(Seeded.isLong() ? 200 : 8);
                                return visitor;
                            } catch (Exception failure) {
                                throw new IllegalStateException(failure);
                            }
                        },
                        threads));
            }
            try {
                for (var visit : visits) {
                    visit.get();
                }
            } finally {
                done.set(true); // or the writer would be waited for without end
            }
            writing.get();
            for (var visit : visits) {
                var visitor = visit.get();
                assertThat(visitor.faultsAtLast()).as("%s", visitor.patterns).isEmpty();
            }
            awaitRead(one, 0);
            awaitRead(other, 0);
        }
    }

    private void write(List<String> topics, Random random, AtomicBoolean done) {
        try (var publisher = new Publisher(cluster, published)) {
            while (!done.get()) {
                var key = "k" + random.nextInt(8);
                publisher.publish(
                        random.nextInt(1, 4), topics.get(random.nextInt(topics.size())), partition(key), key, 0);
                LockSupport.parkNanos(2_000_000); // the load
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TOPICS", "KEYS"})
    void readsWhatIsWantedAndNoMore(OnDemand how) throws IOException {
        var topics = topics("wanted-" + how.name().toLowerCase(Locale.ROOT));
        try (var gateway = gateway(how, topics);
                var publisher = new Publisher(cluster, published)) {
            awaitRead(gateway, 0);
            publisher.publish(topics.get(0), 0, "k");
            try (var stream = Stream.Kind.SSE.open(gateway.port(), "channel=" + topics.get(0) + ".k1", null)) {
                awaitRead(gateway, how == OnDemand.KEYS ? 1 : PARTITIONS);
                for (int p = 0; p < PARTITIONS; p++) {
                    publisher.publish(topics.get(1), p, "k");
                    publisher.publish(topics.get(2), p, "k");
                }
                var last = publisher.publish(topics.get(0), partition("k1"), "k1");
                Clients.until(stream, last);
                assertThat(gateway.metric("fanfare_events_in_total", "")).isOne();
                try (var all = Stream.Kind.POLL.open(gateway.port(), "channel=**&wait=10s", null)) {
                    awaitReadBy(all, gateway, publisher, topics);
                }
                awaitRead(gateway, how == OnDemand.KEYS ? 1 : PARTITIONS);
            }
            awaitRead(gateway, 0);
        }
    }

    private static void awaitReadBy(Stream stream, TestGateway gateway, Publisher publisher, List<String> topics) {
        var polled = CompletableFuture.supplyAsync(() -> {
            try {
                return stream.next();
            } catch (IOException failure) {
                throw new IllegalStateException(failure);
            }
        });
        awaitRead(gateway, 3 * PARTITIONS);
        publisher.publish(topics.get(2), 1, "k");
        assertThat(polled.join()).isInstanceOf(Message.Event.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"TOPICS", "KEYS"})
    void whatARunningSessionSubscribesToComesFromWhereItStands(OnDemand how) throws IOException {
        var topics = topics("later-" + how.name().toLowerCase(Locale.ROOT));
        try (var gateway = gateway(how, topics);
                var publisher = new Publisher(cluster, published);
                var socket = (WsClient) Stream.Kind.WS.open(gateway.port(), "channel=" + topics.get(1) + ".k1", null)) {
            var received = new ArrayList<>(Clients.until(socket, Message.Ready.class::isInstance));
            publisher.publish(20, topics.get(0), partition("k1"), "k1", 0);
            try (var witness =
                    Stream.Kind.SSE.open(gateway.port(), "since=1h&channel=" + topics.get(0) + ".k1", null)) {
                Clients.events(witness, 20); // so the feed has read them, or passed them over
            }
            socket.send("{\"type\":\"subscribe\",\"channels\":[\"" + topics.get(0) + ".k1\"]}");
            received.addAll(Clients.events(socket, 20));
            received.addAll(Clients.until(socket, publisher.publish(topics.get(0), partition("k1"), "k1")));
            received.addAll(Clients.until(socket, publisher.publish(topics.get(1), partition("k1"), "k1")));
            assertThat(checker.faults(List.of(topics.get(0) + ".k1", topics.get(1) + ".k1"), received, true))
                    .isEmpty();
        }
    }

    @Test
    void aTopicThatIsNotWrittenByKeyIsReadWhole() throws IOException {
        var topics = topics("misplaced");
        try (var gateway = gateway(OnDemand.KEYS, topics);
                var publisher = new Publisher(cluster, published);
                var stream = Stream.Kind.SSE.open(gateway.port(), "channel=" + topics.get(0) + ".k1", null)) {
            Clients.until(stream, Message.Ready.class::isInstance);
            int right = partition("k1");
            var stray = IntStream.iterate(2, i -> i + 1)
                    .mapToObj(i -> "k" + i)
                    .filter(key -> partition(key) != right)
                    .findFirst()
                    .orElseThrow();
            publisher.publish(topics.get(0), right, stray);
            awaitRead(gateway, PARTITIONS);
            assertThat(gateway.metric("fanfare_misplaced_total", "")).isOne();
            Clients.until(stream, publisher.publish(topics.get(0), (right + 1) % PARTITIONS, "k1"));
        }
    }
}
