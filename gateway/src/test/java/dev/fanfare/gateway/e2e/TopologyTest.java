package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Partitions and topics that come while gateways and clients are there, or away.
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit calls the set-up methods
class TopologyTest {
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
    void partitionsThatAreAddedWhileTheClientIsThereAndWhileItIsAway(Stream.Kind kind) throws IOException {
        var topic = "grows-" + kind.name();
        cluster.create(topic, 1);
        try (var gateway = TestGateway.route(cluster, topic).start()) {
            var query = "channel=" + topic + ".**";
            try (var stream = kind.open(gateway.port(), query, null)) {
                received.addAll(Clients.until(stream, message -> message.cursor() != null));
                cluster.grow(topic, 2);
                publisher.publish(topic, 0, "k");
                received.addAll(Clients.until(stream, publisher.publish(topic, 1, "k")));
            }
            cluster.grow(topic, 4);
            publisher.publish(topic, 3, "k");
            publisher.publish(topic, 0, "k");
            var last = publisher.publish(topic, 2, "k");
            try (var stream = kind.open(gateway.port(), query, Clients.lastCursor(received))) {
                received.addAll(untilAll(stream, 5));
            }
            assertThat(last.number()).isEqualTo(1);
            assertThat(checker.faults(List.of(topic + ".**"), received, true)).isEmpty();
        }
    }

    /// Until so many have been received in all.
    private List<Message> untilAll(Stream stream, int events) throws IOException {
        return Clients.events(stream, events - Clients.numbers(received).size());
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void topicsThatAreCreatedAfterTheGatewayAndWhileTheClientIsAway(Stream.Kind kind) throws IOException {
        var topic = "first-" + kind.name();
        var later = "later-" + kind.name();
        var latest = "latest-" + kind.name();
        cluster.create(topic, 1);
        var patterns = List.of(topic + ".**", later + ".**", latest + ".**");
        var query = "channel=" + String.join("&channel=", patterns);
        try (var gateway = TestGateway.route(cluster, topic, later, latest).start()) {
            try (var stream = kind.open(gateway.port(), query, null)) {
                received.addAll(Clients.until(stream, message -> message.cursor() != null));
                cluster.create(later, 2);
                received.addAll(Clients.until(stream, publisher.publish(later, 1, "k")));
            }
            cluster.create(latest, 2);
            publisher.publish(topic, 0, "k");
            publisher.publish(later, 0, "k");
            publisher.publish(latest, 1, "k");
            try (var stream = kind.open(gateway.port(), query, Clients.lastCursor(received))) {
                received.addAll(untilAll(stream, 4));
            }
            assertThat(checker.faults(patterns, received, true)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void aTopicThatComesWhileNobodyIsThereIsReadFromItsStart(Stream.Kind kind) throws IOException {
        var topic = "there-" + kind.name();
        var later = "unborn-" + kind.name();
        cluster.create(topic, 1);
        var patterns = List.of("by-key.*");
        var query = "channel=by-key.*";
        try (var gateway = TestGateway.route(cluster, topic, later).start()) {
            received.add(new Message.Moved(Clients.cursor(kind, gateway.port(), query)));
        }
        cluster.create(later, 1);
        publisher.publish(later, 0, "k");
        var last = publisher.publish(topic, 0, "k");
        try (var gateway = TestGateway.route(cluster, topic, later)
                        .logs(10, 1 << 20, 0)
                        .start();
                var stream = kind.open(gateway.port(), query, Clients.lastCursor(received))) {
            received.addAll(untilAll(stream, 2));
        }
        assertThat(last.number()).isEqualTo(1);
        assertThat(checker.faults(patterns, received, true)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void aTopicThatIsDeletedIsToldAndDoesNotHoldUpTheOthers(Stream.Kind kind) throws IOException {
        var gone = "gone-" + kind.name();
        var stays = "stays-" + kind.name();
        cluster.create(gone, 1);
        cluster.create(stays, 1);
        var query = "channel=" + gone + ".k&channel=" + stays + ".k";
        try (var gateway =
                TestGateway.route(cluster, gone, stays).logs(1, 1 << 20, 1).start()) {
            var away = Clients.cursor(kind, gateway.port(), query);
            publisher.publish(3, gone, 0, "k", 0);
            publisher.publish(3, stays, 0, "k", 0);
            Awaitility.await().until(() -> gateway.metric("fanfare_events_in_total", "") == 6);
            cluster.delete(gone);
            try (var back = kind.open(gateway.port(), query, away)) {
                received.addAll(Clients.until(back, publisher.publish(stays, 0, "k")));
                if (Clients.gaps(received).isEmpty()) {
                    received.addAll(Clients.until(back, message -> message instanceof Message.Gap));
                }
            }
            assertThat(Clients.ranges(received)).containsExactly(gone + "-0[0,3) topic-deleted");
            assertThat(Clients.numbers(received)).containsExactly(1L, 2L, 3L, 4L);

            try (var since = kind.open(gateway.port(), query + "&since=1h", null)) {
                assertThat(Clients.numbers(Clients.events(since, 4))).containsExactly(1L, 2L, 3L, 4L);
            }
        }
    }

    /// The node that the client comes to has not seen yet what the other has: it must neither drop the client's
    /// positions there nor deliver twice when it sees it.
    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void aNodeThatLooksForPartitionsLaterRepeatsNothing(Stream.Kind kind) throws IOException {
        var topic = "shared-" + kind.name();
        var later = "news-" + kind.name();
        cluster.create(topic, 1);
        var patterns = List.of("by-key.*");
        var query = "channel=by-key.*";
        try (var quick = TestGateway.route(cluster, topic, later).start();
                var slow = TestGateway.route(cluster, topic, later)
                        .refresh(Duration.ofSeconds(4))
                        .start()) {
            try (var stream = kind.open(quick.port(), query, null)) {
                received.addAll(Clients.until(stream, message -> message.cursor() != null));
                cluster.grow(topic, 2);
                cluster.create(later, 1);
                publisher.publish(3, topic, 1, "k", 0);
                publisher.publish(3, later, 0, "k", 0);
                received.addAll(untilAll(stream, 6));
            }
            var cursor = Clients.lastCursor(received);
            int events = 6;
            boolean sent = false;
            while (events < 8) { // the node may send the client away in between
                try (var stream = kind.open(slow.port(), query, cursor)) {
                    if (!sent) {
                        sent = true;
                        publisher.publish(topic, 1, "k");
                        publisher.publish(later, 0, "k");
                    }
                    for (var message = stream.next(); message != null; message = stream.next()) {
                        received.add(message);
                        cursor = Clients.lastCursor(received);
                        events = Clients.numbers(received).size();
                        if (events == 8) {
                            break;
                        }
                    }
                }
            }
            received.addAll(afterwards(kind, slow.port(), query, cursor));
            assertThat(checker.faults(patterns, received, true)).isEmpty();
        }
    }

    private List<Message> afterwards(Stream.Kind kind, int port, String query, String cursor) throws IOException {
        var last = publisher.publish("shared-" + kind.name(), 0, "k");
        try (var stream = kind.open(port, query, cursor)) {
            return Clients.until(stream, last);
        }
    }
}
