package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Clients that come back, over each transport.
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit calls the set-up methods
class ResumeTest {
    private static Cluster cluster;

    private final Published published = new Published();
    private final Checker checker = new Checker(published);
    private final List<Message> received = new ArrayList<>();
    private Publisher publisher;

    @BeforeAll
    static void broker(@TempDir Path dir) {
        cluster = Cluster.start(dir);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void open() {
        publisher = new Publisher(cluster, published);
    }

    @AfterEach
    void close() {
        publisher.close();
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void aClientThatGotNothingButItsCursorGetsWhatCameToPartitionsItNeverSaw(Stream.Kind kind) throws IOException {
        var topic = "quiet-" + kind.name();
        cluster.create(topic, 5);
        try (var gateway = TestGateway.route(cluster, topic).start()) {
            var query = "channel=" + topic + ".**";
            String cursor;
            try (var stream = kind.open(gateway.port(), query, null)) {
                received.addAll(Clients.until(stream, message -> message.cursor() != null));
                cursor = Clients.lastCursor(received);
                stream.cut();
            }
            for (int partition = 4; partition >= 0; partition--) {
                publisher.publish(topic, partition, "k");
            }
            publisher.publish(topic, 3, "k");
            try (var stream = kind.open(gateway.port(), query, cursor)) {
                received.addAll(Clients.events(stream, 6));
            }
            assertThat(checker.faults(List.of(topic + ".**"), received, true)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void aCursorIsGoodAtEveryEventOnEveryTransportAndOnAnotherNode(Stream.Kind kind) throws IOException {
        var topic = "every-" + kind.name();
        cluster.create(topic, 2);
        var query = "channel=by-key.*&channel=" + topic + ".a";
        try (var first = TestGateway.route(cluster, topic).logs(2, 1 << 20, 3).start();
                var second = TestGateway.route(cluster, topic).logs(4, 4000, 3).start()) {
            try (var stream = kind.open(first.port(), query, null)) {
                received.addAll(Clients.until(stream, message -> message.cursor() != null));
                for (int i = 0; i < 5; i++) {
                    publisher.publish(3, topic, i % 2, "a", 10);
                    publisher.publish(2, topic, (i + 1) % 2, "b", 10);
                }
                publisher.publish(topic, 0, "c");
                received.addAll(Clients.events(stream, 26));
            }
            assertThat(checker.faults(List.of("by-key.*", topic + ".a"), received, true))
                    .isEmpty();
            for (int cut = 1; cut <= received.size(); cut++) {
                var before = received.subList(0, cut);
                if (before.getLast().cursor() == null) {
                    continue;
                }
                var other = List.of(Stream.Kind.values()).get(cut % 3);
                var both = new ArrayList<>(before);
                publisher.publish(topic, cut % 2, "b");
                int missing = (int) published.count() - Clients.numbers(before).size();
                try (var stream = other.open(second.port(), query, Clients.lastCursor(before))) {
                    both.addAll(Clients.events(stream, missing));
                }
                assertThat(checker.faults(List.of("by-key.*", topic + ".a"), both, true))
                        .as("went on over %s after %d messages", other, cut)
                        .isEmpty();
            }
        }
    }

    /// A block of more bytes than are read at a time, and more records than a block has.
    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void largeBlocksAreReadBackWhole(Stream.Kind kind) throws IOException {
        var topic = "blocks-" + kind.name();
        cluster.create(topic, 1);
        var query = "channel=" + topic + ".**";
        try (var gateway = TestGateway.route(cluster, topic).logs(1, 1 << 20, 1).start()) {
            received.add(new Message.Moved(Clients.cursor(kind, gateway.port(), query)));
            publisher.publish(12, topic, 0, "k", 200_000);
            publisher.publish(1100, topic, 0, "k", 0);
            Awaitility.await().until(() -> gateway.metric("fanfare_events_in_total", "") == 1112);
            try (var stream = kind.open(gateway.port(), query, Clients.lastCursor(received))) {
                received.addAll(Clients.events(stream, 1112));
            }
            assertThat(gateway.metric("fanfare_history_reads_total", "")).isBetween(4L, 8L);
            assertThat(checker.faults(List.of(topic + ".**"), received, true)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void patternsMatchChannelsThatAppearLater(Stream.Kind kind) throws IOException {
        var topic = "later-" + kind.name();
        cluster.create(topic, 2);
        try (var gateway = TestGateway.route(cluster, topic).start()) {
            var query = "channel=" + topic + ".*";
            String cursor;
            try (var stream = kind.open(gateway.port(), query, null)) {
                received.addAll(Clients.until(stream, message -> message.cursor() != null));
                publisher.publish(topic, 0, "first");
                received.addAll(Clients.until(stream, publisher.publish(topic, 1, "second")));
                cursor = Clients.lastCursor(received);
                stream.cut();
            }
            publisher.publish(topic, 0, "third");
            var last = publisher.publish(topic, 1, "fourth");
            try (var stream = kind.open(gateway.port(), query, cursor)) {
                received.addAll(Clients.until(stream, last));
                received.addAll(Clients.until(stream, publisher.publish(topic, 0, "fifth")));
            }
            assertThat(checker.faults(List.of(topic + ".*"), received, true)).isEmpty();
            assertThat(Clients.numbers(received)).hasSize(5);
        }
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void transactionsAndTheirMarkersAreNoGaps(Stream.Kind kind) throws IOException {
        var topic = "tx-" + kind.name();
        cluster.create(topic, 1);
        try (var warm = TestGateway.route(cluster, topic).start();
                var cold = TestGateway.route(cluster, topic).logs(2, 1 << 20, 1).start()) {
            var query = "channel=" + topic + ".**";
            var cursor = Clients.cursor(kind, warm.port(), query);
            received.add(new Message.Moved(cursor));
            for (int i = 0; i < 12; i++) {
                publisher.transaction(i % 3 != 0, () -> {
                    publisher.add(topic, 0, "a", 0);
                    publisher.add(topic, 0, "b", 0);
                });
            }
            publisher.transaction(false, () -> publisher.add(topic, 0, "a", 0));
            var last = publisher.publish(topic, 0, "end");
            for (var gateway : List.of(warm, cold)) {
                var all = new ArrayList<>(received);
                try (var stream = kind.open(gateway.port(), query, cursor)) {
                    all.addAll(Clients.until(stream, last));
                }
                assertThat(checker.faults(List.of(topic + ".**"), all, true)).isEmpty();
                assertThat(Clients.numbers(all)).hasSize(17);
                assertThat(Clients.gaps(all)).isEmpty();
            }
        }
    }

    @Test
    @SuppressWarnings("FutureReturnValueIgnored") // flushed, and counted afterwards
    void aCompactedTopicHasNoGaps() throws IOException {
        var topic = "compacted";
        cluster.create(
                topic,
                1,
                Map.of(
                        "cleanup.policy", "compact",
                        "segment.ms", "50",
                        "min.cleanable.dirty.ratio", "0.01"));
        var query = "channel=" + topic + ".**";
        String cursor;
        try (var gateway = TestGateway.route(cluster, topic).start()) {
            cursor = Clients.cursor(Stream.Kind.SSE, gateway.port(), query);
        }
        try (var producer = cluster.producer(null)) {
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
                for (int i = 0; i < 20; i++) {
                    producer.send(new ProducerRecord<>(topic, 0, "k" + i % 4, "{\"p\":\"x\",\"n\":" + i + "}"));
                }
                producer.flush();
                var there = offsets(topic);
                return there.getLast() >= there.size() + 15; // at least so many are compacted away
            });
        }
        var last = publisher.publish(topic, 0, "end");
        try (var cold = TestGateway.route(cluster, topic).logs(2, 1 << 20, 1).start()) {
            var there = offsets(topic);
            try (var stream = Stream.Kind.SSE.open(cold.port(), query, cursor)) {
                received.addAll(Clients.until(stream, last));
            }
            assertThat(Clients.gaps(received)).isEmpty();
            assertThat(Clients.numbers(received)).hasSizeLessThanOrEqualTo(there.size());
            assertThat(Clients.numbers(received)).hasSizeGreaterThanOrEqualTo(5);
        }
    }

    /// What is left of partition 0.
    private static List<Long> offsets(String topic) {
        var settings = Map.<String, Object>of("bootstrap.servers", cluster.servers());
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            var place = new TopicPartition(topic, 0);
            consumer.assign(Set.of(place));
            consumer.seekToBeginning(Set.of(place));
            long end = consumer.endOffsets(Set.of(place)).getOrDefault(place, 0L);
            var offsets = new ArrayList<Long>();
            while (consumer.position(place) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> offsets.add(record.offset()));
            }
            return offsets;
        }
    }

    @Test
    void anEventSourceThatKeepsItsUrlWithLastRepeatsNothing() throws IOException {
        var topic = "last";
        cluster.create(topic, 3);
        try (var gateway = TestGateway.route(cluster, topic).start()) {
            try (var witness = Stream.Kind.SSE.open(gateway.port(), "channel=" + topic + ".**", null)) {
                for (int i = 0; i < 30; i++) {
                    publisher.publish(topic, i % 3, "k");
                }
                Clients.events(witness, 30); // the feed is there
            }
            var query = "channel=" + topic + ".**&last=10";
            try (var stream = Stream.Kind.SSE.open(gateway.port(), query, null)) {
                received.addAll(Clients.events(stream, 10));
                received.addAll(Clients.until(stream, publisher.publish(topic, 0, "k")));
                stream.cut();
            }
            assertThat(Clients.numbers(received)).hasSize(11);
            publisher.publish(topic, 1, "k");
            publisher.publish(topic, 2, "k");
            try (var stream = Stream.Kind.SSE.open(gateway.port(), query, Clients.lastCursor(received))) {
                received.addAll(Clients.events(stream, 2));
            }
            assertThat(checker.faults(List.of(topic + ".**"), received, true)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void theLastEventsComeFromKafkaWhereTheLogsAreTooShort(Stream.Kind kind) throws IOException {
        var topic = "lastcold-" + kind.name();
        cluster.create(topic, 3);
        for (int i = 0; i < 60; i++) {
            publisher.publish(topic, i % 3, i % 2 == 0 ? "even" : "odd");
        }
        var end = publisher.publish(topic, 0, "even");
        try (var gateway = TestGateway.route(cluster, topic).logs(2, 1 << 20, 1).start()) {
            var query = "wait=1s&last=10&channel=" + topic + ".even";
            try (var stream = kind.open(gateway.port(), query, null)) {
                received.addAll(Clients.events(stream, 10));
                assertThat(received).anyMatch(Clients.is(end));
                var eleventh = publisher.publish(topic, 1, "even");
                assertThat(Clients.events(stream, 1)).last().matches(Clients.is(eleventh));
            }
        }
    }

    @Test
    void aHeartbeatMovesTheCursorOverWhatDoesNotMatch() throws IOException {
        var topic = "hearts";
        cluster.create(topic, 2);
        try (var gateway = TestGateway.route(cluster, topic).start();
                var stream = Stream.Kind.SSE.open(gateway.port(), "heartbeat=200ms&channel=" + topic + ".mine", null)) {
            received.addAll(Clients.until(stream, message -> message instanceof Message.Ready));
            publisher.publish(100, topic, 0, "others", 0);
            received.addAll(Clients.until(stream, message -> message instanceof Message.Moved));
            received.addAll(Clients.until(stream, publisher.publish(topic, 1, "mine")));
            assertThat(checker.faults(List.of(topic + ".mine"), received, true)).isEmpty();
        }
    }
}
