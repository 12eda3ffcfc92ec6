package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Clients that come from a node to one that has not read as far: its feed is held back.
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit calls the set-up methods
class AheadTest {
    private static final String TOPIC = "ahead";
    private static final String OTHER = "elsewhere";
    private static Cluster cluster;
    private static TestGateway ahead;
    private static TestGateway behind;

    private final Published published = new Published();
    private final Checker checker = new Checker(published);
    private final List<Message> received = new ArrayList<>();
    private Publisher publisher;

    @BeforeAll
    static void start(@TempDir Path dir) {
        cluster = Cluster.start(dir);
        cluster.create(TOPIC, 2);
        cluster.create(OTHER, 1);
        ahead = TestGateway.route(cluster, TOPIC, OTHER).start();
        behind = HeldFeed.configured(TestGateway.route(cluster, TOPIC, OTHER).catchUp(Duration.ofSeconds(20)))
                .start();
    }

    @AfterAll
    static void stop() {
        HeldFeed.hold(false);
        ahead.close();
        behind.close();
        cluster.close();
    }

    @BeforeEach
    void open() {
        publisher = new Publisher(cluster, published);
    }

    @AfterEach
    void close() {
        HeldFeed.hold(false);
        publisher.close();
    }

    /// Has a client of the node that is ahead get events that the other one does not.
    private void goAhead(Stream.Kind kind, String query) throws IOException {
        HeldFeed.hold(true);
        try (var stream = kind.open(ahead.port(), query, null)) {
            received.addAll(Clients.until(stream, message -> message.cursor() != null));
            for (int i = 0; i < 20; i++) {
                publisher.publish(TOPIC, i % 2, "k");
            }
            received.addAll(Clients.events(stream, 20));
        }
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void aClientWaitsUntilTheNodeIsWhereItHasBeenAndGetsEachEventOnce(Stream.Kind kind) throws Exception {
        var query = "channel=" + TOPIC + ".**";
        goAhead(kind, query);
        var cursor = Clients.lastCursor(received);
        var begun = CompletableFuture.supplyAsync(() -> events(kind, query, cursor, 3));
        Awaitility.await().until(() -> behind.metric("fanfare_clients_ahead", "") == 1);
        publisher.publish(3, TOPIC, 1, "k", 0);
        assertThat(behind.metric("fanfare_clients_ahead", "")).isOne();
        assertThat(begun).isNotDone();

        HeldFeed.hold(false);

        received.addAll(begun.get());
        assertThat(checker.faults(List.of(TOPIC + ".**"), received, true)).isEmpty();
        assertThat(Clients.numbers(received)).hasSize(23);
        assertThat(behind.metric("fanfare_clients_ahead", "")).isZero();
    }

    private static List<Message> events(Stream.Kind kind, String query, String cursor, int n) {
        try (var stream = kind.open(behind.port(), query, cursor)) {
            return Clients.events(stream, n);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void aClientDoesNotWaitForPartitionsThatDoNotMatterToIt(Stream.Kind kind) throws IOException {
        goAhead(kind, "channel=" + TOPIC + ".**");
        var cursor = Clients.lastCursor(received);

        try (var stream = kind.open(behind.port(), "wait=0&channel=" + OTHER + ".k", cursor)) {
            assertThat(Clients.until(stream, message -> message.cursor() != null))
                    .last()
                    .extracting(Message::cursor)
                    .isEqualTo(cursor);
        }
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void aNodeThatStaysBehindSendsTheClientAway(Stream.Kind kind) throws IOException {
        try (var slow = HeldFeed.configured(
                        TestGateway.route(cluster, TOPIC, OTHER).catchUp(Duration.ofMillis(50)))
                .start()) {
            var query = "channel=" + TOPIC + ".**";
            goAhead(kind, query);
            var cursor = Clients.lastCursor(received);
            if (kind == Stream.Kind.SSE) {
                try (var stream = kind.open(slow.port(), query, cursor)) {
                    assertThat(stream.next()).isInstanceOf(Message.Retry.class);
                    assertThat(stream.next()).isNull();
                }
            } else {
                assertThatThrownBy(() -> {
                            try (var stream = kind.open(slow.port(), query, cursor)) {
                                stream.next();
                            }
                        })
                        .isInstanceOf(Stream.RefusedException.class)
                        .hasMessageContaining("503")
                        .hasMessageContaining("node-behind");
            }
            assertThat(slow.metric("fanfare_node_behind_total", "")).isOne();
            HeldFeed.hold(false);
        }
    }
}
