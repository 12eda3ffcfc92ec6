package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What clients get that do not read for a while, by the policy that they have chosen.
@Timeout(90)
@SuppressWarnings("NullAway.Init") // JUnit calls the set-up methods
class PolicyTest {
    private static final int EVENTS = 3000;
    private static final int KEYS = 5;
    private static final int BYTES = 4000; // together far more than all buffers on the way
    private static final int WAITING_MAX = 100;
    private static final int RECEIVE_BUFFER = 8192;

    private static Cluster cluster;

    private final Published published = new Published();
    private final Checker checker = new Checker(published);

    @BeforeAll
    static void broker(@TempDir Path dir) {
        cluster = Cluster.start(dir);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static String topic(String policy, Stream.Kind kind) {
        var topic = policy + "-" + kind.name();
        cluster.create(topic, 1);
        return topic;
    }

    /// @param logEvents what the logs hold of the topic
    private static TestGateway start(String topic, int logEvents) {
        return TestGateway.route(cluster, topic)
                .logs(logEvents, 128 << 20, 100)
                .writeStall(Duration.ofMinutes(1))
                .policies(WAITING_MAX)
                .start();
    }

    private static Target slow(TestGateway gateway) {
        var usual = Target.local(gateway.port());
        return new Target(usual.gateway(), RECEIVE_BUFFER, usual.patience());
    }

    private static List<Message> ready(Stream stream) throws IOException {
        return new ArrayList<>(Clients.until(stream, message -> message.cursor() != null));
    }

    /// One event of each key after the other, and so on.
    private void publish(String topic, int count) {
        try (var publisher = new Publisher(cluster, published)) {
            for (int n = 0; n < count; n++) {
                publisher.add(topic, 0, "k" + n % KEYS, BYTES);
            }
            publisher.flush();
        }
    }

    /// Publishes everything while a client does not read; what it has read before.
    private List<Message> publishUnread(TestGateway gateway, Stream client, String topic) throws IOException {
        var got = ready(client);
        publish(topic, EVENTS);
        awaitFed(gateway, EVENTS);
        return got;
    }

    private void awaitFed(TestGateway gateway, int events) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> gateway.metric("fanfare_events_in_total", "") >= events);
    }

    private Published.Entry last() {
        return published.partitions().getFirst().getLast();
    }

    private static Map<String, Long> newestByChannel(List<Message> messages) {
        var newest = new HashMap<String, Long>();
        for (var message : messages) {
            if (message instanceof Message.Event event) {
                newest.put(event.channel(), event.number());
            }
        }
        return newest;
    }

    private Map<String, Long> newestPublished() {
        var newest = new HashMap<String, Long>();
        published
                .partitions()
                .getFirst()
                .forEach(entry -> newest.put(entry.channels().getFirst().value(), entry.number()));
        return newest;
    }

    @ParameterizedTest
    @EnumSource(
            value = Stream.Kind.class,
            names = {"SSE", "WS"})
    void conflationLeavesOutWhatHasASuccessorAndEndsOnTheNewest(Stream.Kind kind) throws IOException {
        var topic = topic("conflate", kind);
        try (var gateway = start(topic, EVENTS);
                var slow = kind.open(slow(gateway), "policy=conflate&channel=" + topic + ".*", null)) {
            var got = publishUnread(gateway, slow, topic);
            got.addAll(Clients.until(slow, last()));

            assertThat(newestByChannel(got)).isEqualTo(newestPublished());
            assertThat(Clients.numbers(got)).hasSizeLessThan(EVENTS).isSorted().doesNotHaveDuplicates();
            assertThat(Clients.gaps(got)).isEmpty();
            assertThat(gateway.metric("fanfare_withheld_total", "policy=\"conflate\""))
                    .isEqualTo(EVENTS - Clients.numbers(got).size());
        }
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void conflatesWhatItReadsBackFromKafkaBlockByBlock(Stream.Kind kind) throws IOException {
        var topic = topic("conflated-replay", kind);
        try (var gateway = start(topic, 20)) {
            var query = "policy=conflate&channel=" + topic + ".*";
            var cursor = Clients.cursor(kind, gateway.port(), query);
            publish(topic, EVENTS);
            awaitFed(gateway, EVENTS);
            try (var back = kind.open(slow(gateway), query, cursor)) {
                var got = Clients.until(back, last());

                assertThat(newestByChannel(got)).isEqualTo(newestPublished());
                assertThat(Clients.numbers(got)).hasSizeLessThan(EVENTS / 2).isSorted();
                assertThat(Clients.gaps(got)).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Stream.Kind.class,
            names = {"SSE", "WS"})
    void whoeverKeepsUpGetsEverythingUnderConflation(Stream.Kind kind) throws IOException {
        var topic = topic("conflate-quick", kind);
        try (var gateway = start(topic, EVENTS);
                var quick = kind.open(gateway.port(), "policy=conflate&channel=" + topic + ".*", null)) {
            var got = ready(quick);
            for (int burst = 0; burst < 5; burst++) {
                publish(topic, WAITING_MAX / 2);
                got.addAll(Clients.events(quick, WAITING_MAX / 2));
            }
            assertThat(checker.faults(List.of(topic + ".*"), got, true)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Stream.Kind.class,
            names = {"SSE", "WS"})
    void droppingNamesWhatItDropsAndKeepsTheNewest(Stream.Kind kind) throws IOException {
        droppingTells(kind, "drop-oldest", EVENTS);
        droppingTells(kind, "drop-oldest-beyond-the-logs", 20);
    }

    private void droppingTells(Stream.Kind kind, String name, int logEvents) throws IOException {
        var topic = topic(name, kind);
        try (var gateway = start(topic, logEvents);
                var slow = kind.open(slow(gateway), "policy=drop-oldest&channel=" + topic + ".*", null)) {
            var got = publishUnread(gateway, slow, topic);
            var end = published.partitions().stream()
                    .filter(partition -> partition.getFirst().place().topic().equals(topic))
                    .findFirst()
                    .orElseThrow()
                    .getLast();
            got.addAll(Clients.until(slow, end));

            assertThat(checker.faults(List.of(topic + ".*"), got, true)).isEmpty();
            assertThat(Clients.gaps(got))
                    .isNotEmpty()
                    .allMatch(gap -> gap.reason().equals("slow"));
            assertThat(Clients.numbers(got)).hasSizeLessThan(EVENTS);
            assertThat(gateway.metric("fanfare_gaps_total", "reason=\"slow\"")).isPositive();
            assertThat(gateway.metric("fanfare_replayed_total", "")).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Stream.Kind.class,
            names = {"SSE", "WS"})
    void disconnectionSaysWhyAndCanBeResumed(Stream.Kind kind) throws IOException {
        var topic = topic("disconnect", kind);
        var query = "policy=disconnect&channel=" + topic + ".*";
        try (var gateway = start(topic, EVENTS)) {
            var got = new ArrayList<Message>();
            try (var slow = kind.open(slow(gateway), query, null)) {
                got.addAll(publishUnread(gateway, slow, topic));
                for (var message = slow.next(); message != null; message = slow.next()) {
                    got.add(message);
                }
            }
            assertThat(got).anyMatch(message -> message.toString().contains("fell-behind"));
            assertThat(Clients.numbers(got)).hasSizeLessThan(EVENTS);
            assertThat(gateway.metric("fanfare_sessions_ended_total", "reason=\"fell-behind\""))
                    .isEqualTo(1);
            try (var again = kind.open(gateway.port(), query, Clients.lastCursor(got))) {
                got.addAll(Clients.until(again, last()));
            }
            assertThat(checker.faults(List.of(topic + ".*"), got, true)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void samplingWritesEachKeyOnceInAnIntervalAndTheLastAtItsEnd(Stream.Kind kind) throws IOException {
        var topic = topic("sample", kind);
        var interval = Duration.ofMillis(300);
        try (var gateway = start(topic, EVENTS);
                var sampled = kind.open(gateway.port(), "policy=sample&interval=300ms&channel=" + topic + ".*", null);
                var publisher = new Publisher(cluster, published)) {
            var got = ready(sampled);
            long begin = System.nanoTime();
            for (int n = 0; n < 200; n++) {
                publisher.publish(topic, 0, "k" + n % 2);
            }
            got.addAll(Clients.until(sampled, last()));
            long intervals = (System.nanoTime() - begin) / interval.toNanos() + 2;

            assertThat(newestByChannel(got)).isEqualTo(newestPublished());
            assertThat(Clients.numbers(got)).isSorted().doesNotHaveDuplicates();
            assertThat((long) Clients.numbers(got).size()).isLessThanOrEqualTo(2 * intervals);
            assertThat(gateway.metric("fanfare_withheld_total", "policy=\"sample\""))
                    .isEqualTo(200 - Clients.numbers(got).size());
        }
    }

    @Test
    void aSubscriptionHasItsOwnPolicyAndCanChangeIt() throws IOException {
        var topic = topic("own", Stream.Kind.WS);
        try (var gateway = start(topic, EVENTS);
                var client = WsClient.open(slow(gateway), "", null)) {
            var got = ready(client);
            client.send("{\"type\":\"subscribe\",\"channels\":[\"" + topic + ".*\"],\"policy\":\"conflate\"}");
            client.send("{\"type\":\"subscribe\",\"channels\":[\"" + topic + ".k0\"]}");
            got.addAll(Clients.until(client, message -> message.toString().contains("subscribed")));
            got.addAll(Clients.until(client, message -> message.toString().contains("subscribed")));
            publish(topic, EVENTS);
            awaitFed(gateway, EVENTS);

            got.addAll(Clients.until(client, last()));

            assertThat(newestByChannel(got)).isEqualTo(newestPublished());
            assertThat(Clients.numbers(got)).hasSizeLessThan(EVENTS).isSorted();
            assertThat(got.stream()
                            .filter(message -> message instanceof Message.Event event
                                    && event.channel().equals(topic + ".k0")))
                    .hasSize(EVENTS / KEYS);
        }
    }
}
