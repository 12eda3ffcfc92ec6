package dev.fanfare.webhook.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.webhook.store.Postgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// PostgreSQL goes away under load and comes back. A database in a file cannot.
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class StoreAwayTest {
    private static final int PARTITIONS = 3;
    private static final int WINDOW = 150;

    @TempDir
    private Path dir;

    @Test
    void deliversUntilTheWindowIsFullAndLosesNothing() throws Exception {
        var seeded = Seeded.print("StoreAwayTest");
        var random = seeded.random(1);
        var failing = seeded.random(2);
        int outages = Seeded.rounds(1, 20);
        var cluster = Cluster.shared();
        try (var postgres = new Postgres();
                var receiver = Receiver.start()) {
            var topic = cluster.newTopic("store-away", PARTITIONS);
            var setup =
                    Setup.of(dir, cluster.servers(), topic, postgres.database()).window(WINDOW);
            receiver.answer(call -> {
                synchronized (failing) {
                    return new Receiver.Reply(
                            call.path().equals("/failing") && failing.nextInt(20) == 0 ? 500 : 204, Map.of());
                }
            });
            try (var dispatcher = TestDispatcher.start(setup)) {
                var draft = Draft.retrying(49, Duration.ofMillis(500));
                var paths = List.of("/good", "/failing");
                paths.forEach(path -> dispatcher.endpoint(receiver.url(path), draft.settings()));
                Load.probe(cluster, topic, receiver);
                var good = new Ledger(receiver, "/good");
                var observed = dispatcher.observed();
                try (var load = Load.start(cluster, topic, PARTITIONS, 7, 200)) {
                    for (int outage = 0; outage < outages; outage++) {
                        TimeUnit.MILLISECONDS.sleep(random.nextInt(2000)); // the moment is the point
                        await().atMost(Duration.ofMinutes(1)).until(() -> inFlight(observed) < WINDOW);
                        postgres.stop();
                        int taken = receiver.taken("/good").size();
                        // deliveries go on, but not without end
                        await().atMost(Duration.ofSeconds(30))
                                .until(() -> receiver.taken("/good").size() > taken + WINDOW);
                        await().atMost(Duration.ofSeconds(30)).until(() -> isFull(observed));
                        await().atMost(Duration.ofSeconds(30)).until(() -> !observed.isReady());
                        assertThat(dispatcher
                                        .api()
                                        .call("GET", "/v1/endpoints", "")
                                        .status())
                                .isEqualTo(503);
                        double read = observed.metric("fanfare_webhook_records_in_total");
                        int sent = load.count();
                        await().atMost(Duration.ofSeconds(30)).until(() -> load.count() > sent + WINDOW);
                        assertThat(observed.metric("fanfare_webhook_records_in_total"))
                                .isEqualTo(read);
                        assertThat(good.missing(load.sent())).isNotEmpty();
                        postgres.start();
                        await().atMost(Duration.ofMinutes(1)).until(observed::isReady);
                        await().atMost(Duration.ofMinutes(3))
                                .until(() -> receiver.taken("/good").size() > load.count() - WINDOW);
                    }
                    var sent = load.stop();
                    receiver.answer(204);
                    for (var path : paths) {
                        var ledger = new Ledger(receiver, path);
                        await().atMost(Duration.ofMinutes(2))
                                .untilAsserted(() -> assertThat(ledger.missing(sent))
                                        .as(path)
                                        .isEmpty());
                        ledger.hasOneIdPerEvent();
                        System.out.printf(
                                "StoreAwayTest: %s took %d events, %d twice, in %d outages%n",
                                path, sent.size(), ledger.doubles(), outages);
                        assertThat(ledger.doubles()).as(path).isLessThanOrEqualTo(outages * WINDOW);
                    }
                    await().atMost(Duration.ofMinutes(1))
                            .until(() -> cluster.isCommitted(setup.group(), topic, PARTITIONS));
                    await().atMost(Duration.ofSeconds(60)).until(() -> setup.parked() == 0);
                }
            }
        }
    }

    private static boolean isFull(Observed observed) {
        return inFlight(observed) >= PARTITIONS * WINDOW;
    }

    private static double inFlight(Observed observed) {
        return observed.metric("fanfare_webhook_events_in_flight");
    }
}
