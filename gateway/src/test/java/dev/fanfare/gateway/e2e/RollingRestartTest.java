package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three gateways are restarted in turn, as a deploy does, while all their clients are there and events flow.
@Timeout(900)
class RollingRestartTest {
    private static final int CLIENTS = Seeded.isLong() ? 5000 : 300;
    private static final int DRAIN_SECONDS = Seeded.isLong() ? 20 : 2;
    private static final String TOPIC = "t";
    private static final int PARTITIONS = 3;
    private static final int KEYS = 50;

    private final Published published = new Published();
    private final Checker checker = new Checker(published);
    private volatile boolean publishing = true;

    @Test
    void nobodyMissesAnythingAndNobodyComesInACrowd(@TempDir Path dir) throws InterruptedException {
        var seed = Seeded.print("RollingRestartTest");
        var clients = new ArrayList<Client>();
        try (var cluster = cluster(dir);
                var one = gateway(cluster);
                var two = gateway(cluster);
                var three = gateway(cluster)) {
            var nodes = List.of(one, two, three);
            for (int i = 0; i < CLIENTS; i++) {
                var client = new Client(List.of("t.k" + i % KEYS), nodes, seed.random(i));
                client.calmDown();
                client.start();
                clients.add(client);
            }
            for (var client : clients) {
                await().until(() -> client.received().stream().anyMatch(message -> message.cursor() != null));
            }
            var publisher = Thread.ofPlatform().start(() -> publish(cluster));
            for (var node : nodes) {
                long connected = connects(clients);
                int port = node.port();
                long sessions =
                        clients.stream().filter(client -> client.port() == port).count();
                long begin = System.nanoTime();
                node.stop();
                await().untilAsserted(() -> assertThat(connects(clients) - connected)
                        .as("clients that came back")
                        .isGreaterThanOrEqualTo(sessions));
                assertPace(clients, begin, sessions);
                node.startAgain();
                node.awaitReady();
            }
            publishing = false;
            publisher.join();
            for (var client : clients) {
                await().untilAsserted(() -> assertThat(checker.faults(client.patterns(), client.received(), true))
                        .as("%s, with %s", client.patterns(), seed)
                        .isEmpty());
                assertThat(client.refusals()).isEmpty();
                assertThat(Clients.gaps(client.received())).isEmpty();
            }
            System.out.printf(
                    "%d clients, %d events published, %d delivered, none lost or doubled%n",
                    CLIENTS,
                    published.count(),
                    clients.stream().mapToLong(Client::delivered).sum());
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

    private static TestGateway gateway(Cluster cluster) {
        return TestGateway.route(cluster, TOPIC)
                .drain(Duration.ofSeconds(DRAIN_SECONDS))
                .start();
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

    private static long connects(List<Client> clients) {
        return clients.stream().mapToLong(client -> client.connects().size()).sum();
    }

    /// In no half second more than thrice what an even pace brings: a machine that is busy with other things may be
    /// late with some.
    private static void assertPace(List<Client> clients, long begin, long sessions) {
        var came = new int[2 * DRAIN_SECONDS + 240];
        for (var client : clients) {
            for (long at : client.connects()) {
                if (at > begin) {
                    came[(int) (TimeUnit.NANOSECONDS.toMillis(at - begin) / 500)]++;
                }
            }
        }
        var shown = Arrays.copyOf(came, 2 * DRAIN_SECONDS + 4);
        System.out.printf(
                "%d clients left over %d s, in each half second came: %s%n",
                sessions, DRAIN_SECONDS, Arrays.toString(shown));
        assertThat(Arrays.stream(came).max().orElse(0))
                .as("at most in half a second")
                .isLessThanOrEqualTo((int) Math.max(20, 3 * sessions / (2L * DRAIN_SECONDS)));
    }
}
