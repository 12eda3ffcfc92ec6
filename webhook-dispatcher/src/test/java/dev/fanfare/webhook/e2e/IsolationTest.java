package dev.fanfare.webhook.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Endpoints in every kind of trouble beside a healthy one.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class IsolationTest {
    private static final int PER_SECOND = 100;

    @TempDir
    private Path dir;

    @Test
    void theHealthyEndpointNoticesNothing() throws Exception {
        var cluster = Cluster.shared();
        var topic = cluster.newTopic("isolation", 3);
        int events = Seeded.rounds(600, 10_000);
        var arrivals = new ConcurrentHashMap<String, Long>(); // ms, of the healthy one
        var setup = Setup.of(dir, cluster.servers(), topic);
        try (var receiver = Receiver.start();
                var dispatcher = TestDispatcher.start(setup)) {
            var draft = Draft.retrying(40, Duration.ofSeconds(1)).timeout(Duration.ofSeconds(2));
            receiver.answer(call -> answer(call, arrivals));
            // one call at a time: what arrives in order was called in order
            var healthy = dispatcher.endpoint(
                    receiver.url("/healthy"),
                    draft.concurrency(1).timeout(Duration.ofSeconds(30)).settings()); // no second attempt
            Load.probe(cluster, topic, receiver);

            var alone = load(cluster, topic, events, "alone", receiver);
            var before = lags(alone, arrivals);

            for (var path : List.of("/hanging", "/failing", "/dripping")) {
                dispatcher.endpoint(receiver.url(path), draft.settings());
            }
            for (var path : List.of("/hanging", "/failing", "/dripping")) {
                Load.probe(cluster, topic, receiver, path);
            }
            var beside = load(cluster, topic, events, "beside", receiver);
            var after = lags(beside, arrivals);
            System.out.printf(
                    "IsolationTest: %d events a second, p50 and p99: %d and %d ms alone, %d and %d beside three in"
                            + " trouble%n",
                    PER_SECOND,
                    percentile(before, 50),
                    percentile(before, 99),
                    percentile(after, 50),
                    percentile(after, 99));

            assertThat(percentile(after, 50))
                    .as("p50 in ms; a call of the others takes 2 s")
                    .isLessThanOrEqualTo(Math.max(200, 10 * percentile(before, 50)));
            var order = receiver.taken("/healthy").stream()
                    .map(Receiver.Call::body)
                    .filter(body -> body.startsWith("beside0 "))
                    .toList();
            assertThat(order).isSortedAccordingTo((one, other) -> Integer.compare(number(one), number(other)));
            assertThat(setup.parked(healthy.id())).isZero();
            for (var path : List.of("/hanging", "/failing", "/dripping")) {
                var missing = new Ledger(receiver, path).missing(beside);
                assertThat(missing).as(path).hasSizeGreaterThan(events / 2);
            }
            assertThat(setup.parked()).isGreaterThan(events);
        }
    }

    /// Of one key, so of one partition.
    private static List<String> load(Cluster cluster, String topic, int events, String prefix, Receiver receiver)
            throws InterruptedException {
        try (var load = Load.start(cluster, topic, 1, 1, PER_SECOND, prefix)) {
            await().atMost(Duration.ofMinutes(3)).until(() -> load.count() > events);
            var sent = new ArrayList<>(load.stop());
            var healthy = new Ledger(receiver, "/healthy");
            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(healthy.missing(sent)).isEmpty());
            return sent;
        }
    }

    private static Receiver.Reply answer(Receiver.Call call, Map<String, Long> arrivals) throws InterruptedException {
        return switch (call.path()) {
            case "/hanging" -> {
                new CountDownLatch(1).await();
                yield new Receiver.Reply(200, Map.of());
            }
            case "/failing" -> new Receiver.Reply(500, Map.of());
            case "/dripping" -> new Receiver.Reply(200, Map.of(), 100); // ten seconds
            default -> {
                arrivals.putIfAbsent(call.body(), System.currentTimeMillis());
                yield new Receiver.Reply(204, Map.of());
            }
        };
    }

    private static int number(String body) {
        return Integer.parseInt(body.substring(body.indexOf(' ') + 1));
    }

    /// In ms, from the moment at which each was due to be sent; the first one sets the clock.
    private static List<Long> lags(List<String> sent, Map<String, Long> arrivals) {
        var lags = new ArrayList<Long>();
        for (var body : sent) {
            var at = arrivals.get(body);
            if (at != null) {
                lags.add(at - number(body) * 1000L / PER_SECOND);
            }
        }
        lags.sort(null);
        return lags.stream().map(lag -> lag - lags.getFirst()).toList();
    }

    private static long percentile(List<Long> lags, int percentile) {
        return lags.get(lags.size() * percentile / 100);
    }
}
