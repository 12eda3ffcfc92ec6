package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A gateway stops, and its clients go on at another one: not all at once, and without missing anything.
@Timeout(300)
class DrainTest {
    private static final int DRAIN_SECONDS = Seeded.isLong() ? 20 : 6;

    @Test
    void clientsGoOnElsewhereAtAnEvenPaceAndMissNothing(@TempDir Path dir) throws InterruptedException {
        try (var cluster = Crowd.cluster(dir);
                var crowd = new Crowd("DrainTest", cluster);
                var old = TestGateway.route(cluster, Crowd.TOPIC)
                        .drain(Duration.ofSeconds(DRAIN_SECONDS))
                        .start();
                var other = TestGateway.route(cluster, Crowd.TOPIC).start()) {
            var nodes = new CopyOnWriteArrayList<>(List.of(old)); // where clients go
            crowd.come(nodes);
            nodes.set(0, other);
            long begin = System.nanoTime();
            old.stop();
            assertPace(crowd.clients(), other.port(), begin);
            crowd.assertNobodyMissesAnything();
        }
    }

    /// In no second more than thrice what an even pace brings, and some in almost all: a machine that is busy with
    /// other things may be late with some.
    private static void assertPace(List<Client> clients, int port, long begin) {
        var perSecond = new int[DRAIN_SECONDS + 60];
        for (var client : clients) {
            long arrival = Crowd.await().until(() -> client.arrival(port).orElse(0L), at -> at != 0);
            perSecond[(int) TimeUnit.NANOSECONDS.toSeconds(arrival - begin)]++;
        }
        var shown = new ArrayList<Integer>();
        int seconds = 0;
        for (int i = 0; i < DRAIN_SECONDS + 3; i++) {
            shown.add(perSecond[i]);
            seconds += perSecond[i] > 0 ? 1 : 0;
        }
        System.out.printf("%d clients moved over %d s, in each second: %s%n", Crowd.SIZE, DRAIN_SECONDS, shown);
        assertThat(shown).allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(3 * Crowd.SIZE / DRAIN_SECONDS));
        assertThat(seconds).as("seconds in which clients came: %s", shown).isGreaterThan(DRAIN_SECONDS / 2);
    }
}
