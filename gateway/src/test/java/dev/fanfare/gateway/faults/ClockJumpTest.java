package dev.fanfare.gateway.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.e2e.Cluster;
import dev.fanfare.gateway.e2e.Message;
import dev.fanfare.gateway.e2e.Stream;
import dev.fanfare.gateway.e2e.Target;
import dev.fanfare.gateway.e2e.Trial;
import dev.fanfare.gateway.testing.Issuer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A gateway's wall clock is set forward and back, by more than anything waits for. What only waits goes by the
/// monotonic clock, and does not notice; what says when, such as a token, goes by the wall clock.
@Timeout(900)
class ClockJumpTest {
    private static final String QUIET = "channel=by-key.nobody";

    @Test
    void deliveriesAndHeartbeatsGoOnAndTokensGoByTheNewTime(@TempDir Path dir)
            throws IOException, InterruptedException {
        var clock = FakeClock.create(dir);
        try (var issuer = Issuer.start("https://id.example.com/");
                var cluster = Cluster.start(dir.resolve("broker"))) {
            Trial.topics(cluster);
            try (var gateway = new GatewayProcess(
                                    dir,
                                    "gateway",
                                    settings(cluster, issuer),
                                    "127.0.0.1",
                                    List.of(),
                                    clock.environment())
                            .start();
                    var trial = Trial.begin("ClockJumpTest", cluster, List.of(gateway))) {
                var token = issuer.allowing("u1", List.of("by-key.*"), List.of());
                try (var streams = new Streams(gateway, token)) {
                    trial.deliver();
                    streams.assertAlive();

                    clock.jump(Duration.ofHours(1));
                    streams.assertExpired(); // its token lasts five minutes
                    await().atMost(Duration.ofSeconds(30)).until(() -> status(gateway, token) == 401);
                    trial.deliver();
                    streams.assertAlive();

                    clock.jump(Duration.ofHours(-1)); // two hours at once
                    var early = issuer.allowing("u1", List.of("by-key.*"), List.of(), "nbf", issuer.now());
                    await().atMost(Duration.ofSeconds(30)).until(() -> status(gateway, early) == 401);
                    trial.deliver();
                    streams.assertAlive();

                    clock.jump(Duration.ZERO);
                    await().atMost(Duration.ofSeconds(30)).until(() -> status(gateway, early) == 200);
                    trial.deliver();
                    streams.assertAlive();
                }
                for (var reason : List.of("maximum-life", "internal")) {
                    assertThat(gateway.metric("fanfare_sessions_ended_total", "reason=\"" + reason + "\""))
                            .as(reason)
                            .isZero();
                }
                trial.finish();
            }
        }
    }

    private static List<String> settings(Cluster cluster, Issuer issuer) {
        var settings = new ArrayList<>(Trial.configuration(cluster));
        settings.add("access.issuers: [%s]".formatted(issuer.configuration()));
        settings.add("access.query-token: true");
        return settings;
    }

    private static int status(GatewayProcess gateway, String token) throws IOException {
        var answer = gateway.get("/v1/events?channel=by-key.nobody&wait=0&access_token=" + token);
        return Integer.parseInt(answer.substring(0, 3));
    }

    /// Streams on which nothing comes but heartbeats: often, seldom, and one that goes by a token.
    private static final class Streams implements AutoCloseable {
        private final List<Stream> steady = new ArrayList<>();
        private final List<AtomicInteger> beats = new ArrayList<>(); // by transport
        private final AtomicBoolean steadyHasEnded = new AtomicBoolean();
        private final Stream tokens;
        private volatile boolean closed;

        Streams(GatewayProcess gateway, String token) throws IOException {
            var target = Target.of(gateway.address().orElseThrow());
            for (var kind : List.of(Stream.Kind.SSE, Stream.Kind.WS)) {
                var counted = new AtomicInteger();
                beats.add(counted);
                Thread.ofVirtual().start(() -> {
                    while (!closed) { // a machine that is busy may be taken for silent
                        count(kind, target, counted);
                    }
                });
                var seldom = kind.open(target.patience(Duration.ofMinutes(5)), QUIET + "&heartbeat=60s", null);
                steady.add(seldom);
                Thread.ofVirtual().start(() -> readToEnd(seldom));
            }
            tokens = Stream.Kind.SSE.open(target, QUIET + "&heartbeat=1s&access_token=" + token, null);
        }

        private void count(Stream.Kind kind, Target target, AtomicInteger counted) {
            try (var stream = kind.open(target, QUIET + "&heartbeat=1s", null)) {
                for (var message = stream.next(); message != null && !closed; message = stream.next()) {
                    if (message instanceof Message.Heartbeat || message instanceof Message.Moved) {
                        counted.incrementAndGet();
                    }
                }
            } catch (IOException cut) {
                // comes back
            }
        }

        private void readToEnd(Stream stream) {
            try {
                while (stream.next() != null) {
                    // heartbeats
                }
            } catch (IOException cut) {
                // the end as well
            }
            steadyHasEnded.set(true);
        }

        /// Heartbeats come, or cursors in their place; and nobody is taken for silent before its time.
        void assertAlive() {
            for (var counted : beats) {
                int before = counted.get();
                await().atMost(Duration.ofSeconds(60)).until(() -> counted.get() > before + 1);
            }
            assertThat(steadyHasEnded).isFalse();
        }

        void assertExpired() throws IOException {
            for (var message = tokens.next(); message != null; message = tokens.next()) {
                if (message instanceof Message.Other other && other.text().contains("token-expired")) {
                    return;
                }
            }
            throw new AssertionError("the stream has ended without a word");
        }

        @Override
        public void close() {
            closed = true;
            steady.forEach(Stream::close);
            tokens.close();
        }
    }
}
