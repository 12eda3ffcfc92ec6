package dev.fanfare.webhook.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.webhook.store.Postgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The dispatcher is killed again and again, at random moments and under load.
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class KillTest {
    private static final int PARTITIONS = 3;
    private static final int WINDOW = 200;
    private static final int PER_SECOND = 60;
    private static final Duration DRAINED = Duration.ofMinutes(2);

    @TempDir
    private Path dir;

    @Test
    void losesNothingWithItsDatabaseInAFile() throws Exception {
        var cluster = Cluster.shared();
        losesNothing(cluster, Setup.of(dir, cluster.servers(), cluster.newTopic("kill-h2", PARTITIONS)), "KillTest H2");
    }

    @Test
    void losesNothingWithPostgres() throws Exception {
        var cluster = Cluster.shared();
        var topic = cluster.newTopic("kill-postgres", PARTITIONS);
        var store = Postgres.shared().database();
        losesNothing(cluster, Setup.of(dir, cluster.servers(), topic, store), "KillTest PostgreSQL");
    }

    private void losesNothing(Cluster cluster, Setup whole, String name) throws Exception {
        var setup = whole.window(WINDOW);
        var seeded = Seeded.print(name);
        var random = seeded.random(1);
        int kills = Seeded.rounds(5, 50);
        try (var receiver = Receiver.start()) {
            var draft = Draft.retrying(49, Duration.ofMillis(500)).timeout(Duration.ofSeconds(2));
            var paths = List.of("/good", "/failing", "/slow");
            paths.forEach(path -> setup.endpoint(receiver.url(path), draft.settings()));
            receiver.answer(new Moody(seeded.random(2), seeded.random(3)));
            var child = Child.start(setup, dir).ready();
            try {
                Load.probe(cluster, setup.topic(), receiver);
                try (var load = Load.start(cluster, setup.topic(), PARTITIONS, 7, PER_SECOND)) {
                    for (int kill = 0; kill < kills; kill++) {
                        if (kill % 4 != 3) {
                            child.ready(); // every fourth may die while it starts
                        }
                        TimeUnit.MILLISECONDS.sleep(random.nextInt(6000)); // the moment is the point
                        child.kill();
                        child = Child.start(setup, dir);
                    }
                    child.ready();
                    var sent = load.stop();
                    receiver.answer(200);
                    for (var path : paths) {
                        var ledger = new Ledger(receiver, path);
                        await().atMost(DRAINED)
                                .untilAsserted(() -> assertThat(ledger.missing(sent))
                                        .as(path)
                                        .isEmpty());
                        ledger.hasOneIdPerEvent();
                        System.out.printf(
                                "%s: %s took %d events, %d twice, in %d kills%n",
                                name, path, sent.size(), ledger.doubles(), kills);
                        assertThat(ledger.doubles()).as("doubles of " + path).isLessThanOrEqualTo(kills * WINDOW);
                    }
                }
                await().atMost(DRAINED).until(() -> cluster.isCommitted(setup.group(), setup.topic(), PARTITIONS));
                child.stop();
                assertThat(setup.parked()).isZero();
            } catch (Throwable failure) {
                System.out.println(child.log());
                throw failure;
            } finally {
                child.close();
            }
        }
    }

    /// One path fails at random, one takes its time.
    private record Moody(Random failing, Random slow) implements Receiver.Answer {
        @Override
        public Receiver.Reply to(Receiver.Call call) throws InterruptedException {
            boolean fails;
            int millis;
            synchronized (this) {
                fails = call.path().equals("/failing") && failing.nextInt(10) == 0;
                millis = call.path().equals("/slow") ? 50 + slow.nextInt(200) : 0;
            }
            TimeUnit.MILLISECONDS.sleep(millis);
            return new Receiver.Reply(fails ? 500 : 204, Map.of());
        }
    }
}
