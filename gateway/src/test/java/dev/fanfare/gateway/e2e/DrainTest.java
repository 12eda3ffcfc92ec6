package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A gateway stops, and its clients go on at another one: not all at once, and without missing anything.
@Timeout(300)
class DrainTest {
    private static final int CLIENTS = Seeded.isLong() ? 5000 : 300;
    private static final int DRAIN_SECONDS = Seeded.isLong() ? 20 : 6;
    private static final String TOPIC = "t";
    private static final int PARTITIONS = 3;
    private static final int KEYS = 50;

    private final Published published = new Published();
    private final Checker checker = new Checker(published);
    private volatile boolean publishing = true;

    @Test
    void clientsGoOnElsewhereAtAnEvenPaceAndMissNothing(@TempDir Path dir) throws InterruptedException {
        var seed = Seeded.print("DrainTest");
        var clients = new ArrayList<Client>();
        try (var cluster = cluster(dir);
                var old = TestGateway.route(cluster, TOPIC)
                        .drain(Duration.ofSeconds(DRAIN_SECONDS))
                        .start();
                var other = TestGateway.route(cluster, TOPIC).start()) {
            var nodes = new CopyOnWriteArrayList<>(List.of(old)); // where clients go
            for (int i = 0; i < CLIENTS; i++) {
                var client = new Client(List.of("t.k" + i % KEYS), nodes, seed.random(i));
                client.calmDown();
                client.start();
                clients.add(client);
            }
            awaitCursors(clients);
            var publisher = Thread.ofPlatform().start(() -> publish(cluster));
            nodes.set(0, other);
            long begin = System.nanoTime();
            old.stop();
            assertPace(clients, other.port(), begin);
            publishing = false;
            publisher.join();
            for (var client : clients) {
                await().untilAsserted(() -> assertThat(checker.faults(client.patterns(), client.received(), true))
                        .as("%s, with %s", client.patterns(), seed)
                        .isEmpty());
                assertThat(client.refusals()).isEmpty();
                assertThat(Clients.gaps(client.received())).isEmpty();
            }
        } finally {
            for (var client : clients) {
                client.close();
            }
        }
    }

    private static Cluster cluster(Path dir) {
        var cluster = Cluster.start(dir);
        cluster.create(TOPIC, PARTITIONS);
        return cluster;
    }

    private static void awaitCursors(List<Client> clients) {
        for (var client : clients) {
            await().until(() -> client.received().stream().anyMatch(message -> message.cursor() != null));
        }
    }

    /// Looks at once: there are many.
    private static ConditionFactory await() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(100));
    }

    private void publish(Cluster cluster) {
        try (var publisher = new Publisher(cluster, published)) {
            for (int i = 0; publishing; i++) {
                publisher.publish(TOPIC, i % PARTITIONS, "k" + i % KEYS);
                Thread.sleep(5); // a rate, not synchronisation
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /// In no second more than thrice what an even pace brings, and some in almost all: a machine that is busy with
    /// other things may be late with some.
    private static void assertPace(List<Client> clients, int port, long begin) {
        var perSecond = new int[DRAIN_SECONDS + 60];
        for (var client : clients) {
            long arrival = await().until(() -> client.arrival(port).orElse(0L), at -> at != 0);
            perSecond[(int) TimeUnit.NANOSECONDS.toSeconds(arrival - begin)]++;
        }
        var shown = new ArrayList<Integer>();
        int seconds = 0;
        for (int i = 0; i < DRAIN_SECONDS + 3; i++) {
            shown.add(perSecond[i]);
            seconds += perSecond[i] > 0 ? 1 : 0;
        }
        System.out.printf("%d clients moved over %d s, in each second: %s%n", CLIENTS, DRAIN_SECONDS, shown);
        assertThat(shown).allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(3 * CLIENTS / DRAIN_SECONDS));
        assertThat(seconds).as("seconds in which clients came: %s", shown).isGreaterThan(DRAIN_SECONDS / 2);
    }
}
