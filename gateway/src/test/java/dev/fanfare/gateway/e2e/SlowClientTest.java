package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A client that does not read costs nobody else anything, and loses nothing itself.
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit calls the set-up methods
class SlowClientTest {
    private static final int EVENTS = 1500;
    private static final int BYTES = 4000; // together far more than all buffers on the way

    private static Cluster cluster;

    @BeforeAll
    static void broker(@TempDir Path dir) {
        cluster = Cluster.start(dir);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Stream.Kind.class,
            names = {"SSE", "WS"})
    void whoDoesNotReadIsCutDelaysNobodyAndCanGoOn(Stream.Kind kind) throws IOException {
        var topic = "slow-" + kind.name();
        cluster.create(topic, 2);
        var published = new Published();
        var checker = new Checker(published);
        var patterns = List.of(topic + ".**");
        var query = "channel=" + topic + ".**";
        try (var gateway = TestGateway.route(cluster, topic)
                        .logs(100, 400_000, 100)
                        .writeStall(Duration.ofSeconds(1))
                        .start();
                var publisher = new Publisher(cluster, published);
                var slow = kind.open(gateway.port(), query, null);
                var quick = kind.open(gateway.port(), query, null)) {
            var bySlow = new ArrayList<>(Clients.until(slow, message -> message instanceof Message.Ready));
            var byQuick = new ArrayList<>(Clients.until(quick, message -> message instanceof Message.Ready));
            for (int burst = 0; burst < EVENTS / 50; burst++) {
                publisher.publish(50, topic, burst % 2, "k", BYTES);
                byQuick.addAll(Clients.events(quick, 50));
            }
            assertThat(checker.faults(patterns, byQuick, true)).isEmpty();

            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> gateway.metric("fanfare_sessions_ended_total", "reason=\"too-slow\"") == 1);
            readAll(slow, bySlow);
            assertThat(Clients.numbers(bySlow)).hasSizeLessThan(EVENTS);
            while (Clients.numbers(bySlow).size() < EVENTS) {
                try (var again = kind.open(gateway.port(), query, Clients.lastCursor(bySlow))) {
                    bySlow.addAll(Clients.events(
                            again, EVENTS - Clients.numbers(bySlow).size()));
                }
            }
            assertThat(checker.faults(patterns, bySlow, true)).isEmpty();
        }
    }

    private static void readAll(Stream cut, List<Message> into) {
        try {
            for (var message = cut.next(); message != null; message = cut.next()) {
                into.add(message);
            }
        } catch (IOException reset) {
            // cut, as it should be
        }
    }
}
