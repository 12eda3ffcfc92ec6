package dev.fanfare.webhook.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An endpoint was away for long, and comes back.
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class BacklogTest {
    private static final int PARTITIONS = 3;

    private static final Duration PAUSE_MAX = Duration.ofSeconds(3); // live ones come each 20 ms

    @TempDir
    private Path dir;

    @Test
    void worksOffWhatIsParkedBesideLiveTraffic() throws Exception {
        int parked = Seeded.rounds(5_000, 100_000);
        var cluster = Cluster.shared();
        var topic = cluster.newTopic("backlog", PARTITIONS);
        var setup = Setup.of(dir, cluster.servers(), topic);
        try (var receiver = Receiver.start();
                var dispatcher = TestDispatcher.start(setup)) {
            dispatcher.endpoint(
                    receiver.url("/hook"),
                    Draft.retrying(49, Duration.ofSeconds(1)).concurrency(16).settings());
            Load.probe(cluster, topic, receiver);
            var away = new AtomicBoolean(true);
            var ramp = new Ramp();
            receiver.answer(call -> away.get() ? new Receiver.Reply(503, Map.of()) : ramp.take(call));
            List<String> before;
            try (var load = Load.start(cluster, topic, PARTITIONS, 10, 5000, "parked")) {
                await().atMost(Duration.ofMinutes(5)).until(() -> load.count() >= parked);
                before = load.stop();
            }
            await().atMost(Duration.ofMinutes(10)).until(() -> setup.parked() >= before.size());
            away.set(false);

            var ledger = new Ledger(receiver, "/hook");
            try (var live = Load.start(cluster, topic, PARTITIONS, 10, 50, "live")) {
                await().atMost(Duration.ofMinutes(10))
                        .untilAsserted(() -> assertThat(ledger.missing(before)).isEmpty());
                var sent = live.stop();
                await().atMost(Duration.ofMinutes(1))
                        .untilAsserted(() -> assertThat(ledger.missing(sent)).isEmpty());
            }
            System.out.printf(
                    "BacklogTest: %d parked deliveries in %d ms, %d live ones before the last of them, %d ms without one"
                            + " at most; calls at a time: %s%n",
                    before.size(),
                    ramp.millis(),
                    ramp.liveBeforeLastParked(),
                    ramp.longestPause().toMillis(),
                    ramp.widths());
            assertThat(ramp.widths().getFirst()).isEqualTo(1); // a probe alone
            assertThat(ramp.liveBeforeLastParked()).isPositive();
            assertThat(ramp.longestPause()).isLessThan(PAUSE_MAX);
            assertThat(ledger.doubles()).isZero();
            await().atMost(Duration.ofMinutes(1)).until(() -> setup.parked() == 0);
        }
    }

    /// What the receiver sees once it answers again.
    private static final class Ramp {
        private final AtomicInteger running = new AtomicInteger();
        private final List<Integer> widths = new ArrayList<>(); // each new highest number of calls at a time
        private long first;
        private long last;
        private long lastLive;
        private long pause; // between two live ones at most, in ns
        private long pauseBefore; // the last parked one
        private int live;
        private int liveBefore;

        Receiver.Reply take(Receiver.Call call) throws InterruptedException {
            note(running.incrementAndGet(), call.body());
            try {
                TimeUnit.MILLISECONDS.sleep(2);
                return new Receiver.Reply(204, Map.of());
            } finally {
                running.decrementAndGet();
            }
        }

        private synchronized void note(int width, String body) {
            if (widths.isEmpty()) {
                first = System.nanoTime();
            }
            if (widths.isEmpty() || width > widths.getLast()) {
                widths.add(width);
            }
            long now = System.nanoTime();
            if (body.startsWith("live")) {
                pause = live == 0 ? 0 : Math.max(pause, now - lastLive);
                lastLive = now;
                live++;
            } else {
                last = now;
                liveBefore = live;
                pauseBefore = pause;
            }
        }

        synchronized List<Integer> widths() {
            return List.copyOf(widths);
        }

        synchronized long millis() {
            return (last - first) / 1_000_000;
        }

        synchronized Duration longestPause() {
            return Duration.ofNanos(pauseBefore);
        }

        synchronized int liveBeforeLastParked() {
            return liveBefore;
        }
    }
}
