package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.events.BadCursorException;
import dev.fanfare.events.Cursor;
import dev.fanfare.gateway.config.GatewaySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What cannot be delivered is told, with its exact range, on each transport.
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit calls the set-up methods
class GapTest {
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

    /// With another producer: the broker has lost count of what the former one wrote.
    private void publishAnew() {
        publisher.close();
        publisher = new Publisher(cluster, published);
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void retention(Stream.Kind kind) throws IOException {
        var topic = "retention-" + kind.name();
        cluster.create(topic, 2);
        publisher.publish(10, topic, 0, "k", 0);
        var query = "channel=" + topic + ".**";
        String cursor;
        try (var gateway = TestGateway.route(cluster, topic).start()) {
            cursor = Clients.cursor(kind, gateway.port(), query);
        }
        received.add(new Message.Moved(cursor));
        publisher.publish(40, topic, 0, "k", 0);
        publisher.publish(topic, 1, "k");
        cluster.deleteBefore(topic, 0, 30);
        try (var gateway =
                        TestGateway.route(cluster, topic).logs(10, 1 << 20, 5).start();
                var stream = kind.open(gateway.port(), query, cursor)) {
            received.addAll(Clients.until(stream, publisher.publish(topic, 1, "k")));
        }
        assertThat(Clients.ranges(received)).containsExactly(topic + "-0[10,30) retention");
        assertThat(checker.faults(List.of(topic + ".**"), received, true)).isEmpty();
        assertThat(Clients.numbers(received)).hasSize(22);
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void truncated(Stream.Kind kind) throws IOException, BadCursorException {
        var topic = "truncated-" + kind.name();
        cluster.create(topic, 2);
        publisher.publish(10, topic, 0, "k", 0);
        var query = "channel=" + topic + ".**";
        try (var gateway = TestGateway.route(cluster, topic).start()) {
            var cursor = Cursor.decode(Clients.cursor(kind, gateway.port(), query));
            cursor.topics().getFirst().nextOffsets()[0] += 5;
            try (var stream = kind.open(gateway.port(), query, cursor.encode())) {
                received.addAll(Clients.until(stream, message -> message instanceof Message.Gap));
                received.addAll(Clients.until(stream, publisher.publish(topic, 0, "k")));
            }
            assertThat(Clients.ranges(received)).containsExactly(topic + "-0[10,15) truncated");
        }
    }

    /// A replay waits for Kafka with a target that is no more when Kafka is back.
    @ParameterizedTest
    @EnumSource(value = Stream.Kind.class, names = "POLL", mode = EnumSource.Mode.EXCLUDE) // answered before the end
    void truncatedUnderAReplayAndUnderALiveClient(Stream.Kind kind) throws IOException {
        var topic = "cut-" + kind.name();
        cluster.create(topic, 2);
        var query = "channel=" + topic + ".**";
        try (var gateway = TestGateway.route(cluster, topic).logs(1, 1 << 20, 1).start();
                var live = kind.open(gateway.port(), query, null)) {
            var away = Clients.cursor(kind, gateway.port(), query);
            Clients.until(live, message -> message.cursor() != null);
            publisher.publish(topic, 1, "k"); // replayed after the partition that is cut
            var seen = new ArrayList<Message>();
            for (int i = 0; i < 20; i++) { // the log of a pattern keeps 8, so who waits for each needs no replay
                seen.addAll(Clients.until(live, publisher.publish(topic, 0, "k")));
            }
            cluster.stop();
            try (var replayed = kind.open(gateway.port(), query, away)) {
                Clients.until(replayed, message -> message.cursor() != null);
                cluster.truncate(topic, 0, 6);
                cluster.startAgain();
                publishAnew();
                received.addAll(Clients.until(replayed, message -> message instanceof Message.Gap));
                seen.addAll(Clients.until(live, message -> message instanceof Message.Gap));
                var next = publisher.publish(topic, 0, "k");
                received.addAll(Clients.until(replayed, next));
                seen.addAll(Clients.until(live, next));
            }
            assertThat(Clients.ranges(received)).containsExactly(topic + "-0[6,20) truncated");
            assertThat(Clients.numbers(received)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 1L, 21L);
            assertThat(Clients.ranges(seen)).containsExactly(topic + "-0[6,20) truncated");
            assertThat(Clients.numbers(seen)).endsWith(20L, 21L);
        }
    }

    @Test
    void whatWasReadBeforeATruncationIsNotTakenForWhatFollowsIt() throws IOException {
        var topic = "rewritten";
        cluster.create(topic, 1);
        var query = "channel=" + topic + ".**";
        try (var gateway = TestGateway.route(cluster, topic).logs(1, 1 << 20, 1).start()) {
            var start = Clients.cursor(Stream.Kind.SSE, gateway.port(), query);
            Published.Entry last = publisher.publish(topic, 0, "k");
            for (int i = 0; i < 19; i++) {
                last = publisher.publish(topic, 0, "k");
            }
            try (var before = Stream.Kind.SSE.open(gateway.port(), query, start)) {
                Clients.until(before, last);
                cluster.stop();
                cluster.truncate(topic, 0, 6);
                cluster.startAgain();
                publishAnew();
                Clients.until(before, message -> message instanceof Message.Gap);
                last = publisher.publish(topic, 0, "k");
                Clients.until(before, last);
            }
            try (var after = Stream.Kind.SSE.open(gateway.port(), query, start)) {
                received.addAll(Clients.until(after, last));
            }
            assertThat(Clients.ranges(received)).isEmpty();
            assertThat(Clients.numbers(received)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 21L);
        }
    }

    /// A damaged batch is one gap, for those who are there before anything follows it, and for those who come back.
    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void corrupt(Stream.Kind kind) throws IOException {
        var topic = "damaged-" + kind.name();
        cluster.create(topic, 1);
        var query = "channel=" + topic + ".**";
        try (var gateway = TestGateway.route(cluster, topic).start()) {
            var away = Clients.cursor(kind, gateway.port(), query);
            publisher.publish(topic, 0, "k");
            publisher.publish(topic, 0, "k");
            try (var live = kind.open(gateway.port(), query, away)) {
                received.addAll(Clients.events(live, 2));
                cluster.stop();
                cluster.appendDamaged(topic, 0, 1, 2, 30);
                cluster.startAgain();
                received.addAll(Clients.until(live, message -> message instanceof Message.Gap));
                received.addAll(Clients.until(live, publisher.publish(topic, 0, "k")));
            }
            assertThat(Clients.ranges(received)).containsExactly(topic + "-0[2,32) corrupt");
            assertThat(Clients.numbers(received)).containsExactly(1L, 2L, 3L);

            received.clear();
            try (var back = kind.open(gateway.port(), query, away)) {
                received.addAll(Clients.events(back, 3));
            }
            assertThat(Clients.ranges(received)).containsExactly(topic + "-0[2,32) corrupt");
            assertThat(Clients.numbers(received)).containsExactly(1L, 2L, 3L);
        }
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void tooLarge(Stream.Kind kind) throws IOException {
        var topic = "large-" + kind.name();
        cluster.create(topic, 1);
        var query = "channel=" + topic + ".**";
        try (var gateway = TestGateway.route(cluster, topic).eventMax(1000).start();
                var cold = TestGateway.route(cluster, topic)
                        .logs(1, 1 << 20, 1)
                        .eventMax(1000)
                        .start()) {
            var cursor = Clients.cursor(kind, gateway.port(), query);
            publisher.publish(topic, 0, "k");
            publisher.publish(1, topic, 0, "k", 1000);
            var last = publisher.publish(topic, 0, "k");
            for (var node : List.of(gateway, cold)) {
                received.clear();
                received.add(new Message.Moved(cursor));
                try (var stream = kind.open(node.port(), query, cursor)) {
                    received.addAll(Clients.until(stream, last));
                }
                assertThat(Clients.ranges(received)).containsExactly(topic + "-0[1,2) too-large");
                assertThat(checker.faults(List.of(topic + ".**"), received, true))
                        .isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void replayLimit(Stream.Kind kind) throws IOException {
        var topic = "limit-" + kind.name();
        cluster.create(topic, 2);
        var other = topic + "-other";
        cluster.create(other, 1);
        var query = "channel=" + topic + ".**";
        try (var gateway = TestGateway.route(cluster, topic, other)
                .logs(2, 1 << 20, 1)
                .replay(usual -> new GatewaySettings.Replay(
                        usual.readers(),
                        usual.sessions(),
                        usual.readsPerSecond(),
                        usual.cacheBytes(),
                        usual.permitWait(),
                        20,
                        usual.scanBytes(),
                        usual.scanTime()))
                .start()) {
            var cursor = Clients.cursor(kind, gateway.port(), query);
            received.add(new Message.Moved(cursor));
            publisher.publish(100, topic, 0, "k", 0);
            publisher.publish(100, topic, 1, "k", 0);
            publisher.publish(100, other, 0, "k", 0); // none of this client's business
            var last = publisher.publish(topic, 1, "k");
            try (var ahead = kind.open(gateway.port(), query + "&last=1&wait=1s", null)) {
                Clients.until(ahead, last); // the feed is there
            }
            try (var stream = kind.open(gateway.port(), query, cursor)) {
                received.addAll(Clients.until(stream, last));
            }
            assertThat(checker.faults(List.of(topic + ".**"), received, true)).isEmpty();
            assertThat(Clients.gaps(received))
                    .hasSize(2)
                    .allMatch(gap -> gap.reason().equals("replay-limit") && gap.from() == 0)
                    .allMatch(gap -> gap.topic().equals(topic));
            assertThat(Clients.numbers(received)).hasSizeBetween(19, 21);
        }
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void topicRecreatedWhileLiveAndWhileAway(Stream.Kind kind) throws IOException {
        var topic = "recreated-" + kind.name();
        cluster.create(topic, 2);
        publisher.publish(10, topic, 0, "k", 0);
        var query = "channel=" + topic + ".**";
        try (var gateway = TestGateway.route(cluster, topic).start();
                var stream = kind.open(gateway.port(), query, null)) {
            var away = Clients.cursor(kind, gateway.port(), query);
            Clients.until(stream, message -> message.cursor() != null);
            cluster.delete(topic);
            cluster.create(topic, 1);
            publisher.publish(topic, 0, "k");
            var last = publisher.publish(topic, 0, "k");
            received.addAll(Clients.until(stream, last));
            assertThat(Clients.ranges(received))
                    .contains(topic + "-0[10,0) topic-recreated approx.")
                    .allMatch(range -> range.contains("topic-recreated"));
            assertThat(Clients.numbers(received)).hasSize(2);

            received.clear();
            try (var back = kind.open(gateway.port(), query, away)) {
                received.addAll(Clients.until(back, last));
            }
            assertThat(Clients.ranges(received))
                    .containsExactly(
                            topic + "-0[10,0) topic-recreated approx.", topic + "-1[0,0) topic-recreated approx.");
            assertThat(Clients.numbers(received)).hasSize(2);
        }
    }

    /// The feed itself falls behind retention while a client is away: neither may lose the range silently.
    @Test
    void whatTheFeedLostIsToldToThoseWhoWereAwayToo() throws IOException {
        var topic = "feedlost";
        cluster.create(topic, 1);
        publisher.publish(10, topic, 0, "k", 0);
        var query = "channel=" + topic + ".**";
        try (var gateway = TestGateway.route(cluster, topic).start()) {
            var away = Clients.cursor(Stream.Kind.SSE, gateway.port(), query);
            received.add(new Message.Moved(away));
            cluster.stop();
            // what the broker has while the gateway cannot reach it
            cluster.startAgain();
            publisher.publish(20, topic, 0, "k", 0);
            cluster.deleteBefore(topic, 0, 25);
            var last = publisher.publish(topic, 0, "k");
            try (var stream = Stream.Kind.SSE.open(gateway.port(), query, away)) {
                received.addAll(Clients.until(stream, last));
            }
            assertThat(checker.faults(List.of(topic + ".**"), received, true)).isEmpty();
        }
    }
}
