package dev.fanfare.webhook.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The broker goes away under load and comes back.
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class KafkaAwayTest {
    private static final int PARTITIONS = 3;
    private static final int WINDOW = 200;

    @TempDir
    private Path dir;

    @Test
    void losesNothingWhileTheBrokerStopsAndStarts() throws Exception {
        var seeded = Seeded.print("KafkaAwayTest");
        var random = seeded.random(1);
        var failing = seeded.random(2);
        int outages = Seeded.rounds(2, 20);
        try (var cluster = Cluster.start();
                var receiver = Receiver.start()) {
            var setup = Setup.of(dir, cluster.servers(), cluster.newTopic("away", PARTITIONS))
                    .window(WINDOW);
            receiver.answer(call -> {
                synchronized (failing) {
                    return new Receiver.Reply(failing.nextInt(10) == 0 ? 500 : 204, Map.of());
                }
            });
            try (var dispatcher = TestDispatcher.start(setup)) {
                var draft = Draft.retrying(49, Duration.ofMillis(500));
                dispatcher.endpoint(receiver.url("/hook"), draft.settings());
                Load.probe(cluster, setup.topic(), receiver);
                try (var load = Load.start(cluster, setup.topic(), PARTITIONS, 7, 100)) {
                    for (int outage = 0; outage < outages; outage++) {
                        TimeUnit.MILLISECONDS.sleep(random.nextInt(3000)); // the moment is the point
                        cluster.stop();
                        TimeUnit.MILLISECONDS.sleep(random.nextInt(9000)); // shorter and longer than a session
                        cluster.startAgain();
                        int before = load.count();
                        await().atMost(Duration.ofMinutes(1)).until(() -> load.count() > before + 100);
                    }
                    var sent = load.stop();
                    receiver.answer(204);
                    var ledger = new Ledger(receiver, "/hook");
                    await().atMost(Duration.ofMinutes(2))
                            .untilAsserted(
                                    () -> assertThat(ledger.missing(sent)).isEmpty());
                    ledger.hasOneIdPerEvent();
                    System.out.printf(
                            "KafkaAwayTest: %d events, %d twice, in %d outages%n",
                            sent.size(), ledger.doubles(), outages);
                    assertThat(ledger.doubles()).isLessThanOrEqualTo(outages * PARTITIONS * WINDOW);
                    await().atMost(Duration.ofMinutes(1))
                            .until(() -> cluster.isCommitted(setup.group(), setup.topic(), PARTITIONS));
                    await().atMost(Duration.ofSeconds(30)).until(() -> setup.parked() == 0);
                }
            }
        }
    }
}
