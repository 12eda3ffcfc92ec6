package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three gateways are restarted in turn, as a deploy does, while all their clients are there and events flow.
@Timeout(900)
class RollingRestartTest {
    private static final int DRAIN_SECONDS = Seeded.isLong() ? 20 : 2;

    @Test
    void nobodyMissesAnythingAndNobodyComesInACrowd(@TempDir Path dir) throws InterruptedException {
        try (var cluster = Crowd.cluster(dir);
                var crowd = new Crowd("RollingRestartTest", cluster);
                var one = gateway(cluster);
                var two = gateway(cluster);
                var three = gateway(cluster)) {
            var nodes = List.of(one, two, three);
            crowd.come(nodes);
            var clients = crowd.clients();
            for (var node : nodes) {
                long connected = connects(clients);
                int port = node.port();
                long sessions =
                        clients.stream().filter(client -> client.port() == port).count();
                long begin = System.nanoTime();
                node.stop();
                Crowd.await()
                        .untilAsserted(() -> assertThat(connects(clients) - connected)
                                .as("clients that came back")
                                .isGreaterThanOrEqualTo(sessions));
                assertPace(clients, begin, sessions);
                node.startAgain();
                node.awaitReady();
            }
            crowd.assertNobodyMissesAnything();
        }
    }

    private static TestGateway gateway(Cluster cluster) {
        return TestGateway.route(cluster, Crowd.TOPIC)
                .drain(Duration.ofSeconds(DRAIN_SECONDS))
                .start();
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
