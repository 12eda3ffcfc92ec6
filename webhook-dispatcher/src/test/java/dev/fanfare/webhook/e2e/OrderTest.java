package dev.fanfare.webhook.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An endpoint that wants the events of a key in their order, and fails at random.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class OrderTest {
    private static final int PARTITIONS = 3;
    private static final int KEYS = 9;

    @TempDir
    private Path dir;

    @Test
    void deliversEachKeyInItsOrderWhileOneIsStuck() throws Exception {
        var cluster = Cluster.shared();
        var seeded = Seeded.print("OrderTest");
        var random = seeded.random(1);
        var topic = cluster.newTopic("order", PARTITIONS);
        try (var receiver = Receiver.start();
                var dispatcher = TestDispatcher.start(Setup.of(dir, cluster.servers(), topic))) {
            var draft = Draft.retrying(19, Duration.ofMillis(200))
                    .then(30, Duration.ofSeconds(Seeded.rounds(4, 20))) // for the one that is stuck
                    .concurrency(4)
                    .byKey();
            dispatcher.endpoint(receiver.url("/ordered"), draft.settings());
            Load.probe(cluster, topic, receiver);

            var ledger = new Ledger(receiver, "/ordered");
            receiver.answer(call -> reply(random, call, call.body().startsWith("k0 ")));
            try (var load = Load.start(cluster, topic, PARTITIONS, KEYS, 90)) {
                try (var burst = Load.start(cluster, topic, PARTITIONS, KEYS, 3000, "burst")) {
                    await().atMost(Duration.ofSeconds(20)).until(() -> burst.count() > 900); // more than a lane holds
                    burst.stop();
                }
                await().atMost(Duration.ofMinutes(3)).until(() -> load.count() > Seeded.rounds(700, 12_000));
                var sent = load.stop();
                var others =
                        sent.stream().filter(body -> !body.startsWith("k0 ")).toList();
                await().atMost(Duration.ofMinutes(1))
                        .untilAsserted(() -> assertThat(ledger.missing(others)).isEmpty());
                assertThat(ledger.missing(sent)).hasSize(sent.size() - others.size());

                receiver.answer(call -> reply(random, call, false));
                await().atMost(Duration.ofMinutes(3))
                        .untilAsserted(() -> assertThat(ledger.missing(sent)).isEmpty());
            }
            inOrder(receiver);
        }
    }

    private static Receiver.Reply reply(Random random, Receiver.Call call, boolean stuck) throws InterruptedException {
        boolean fails;
        synchronized (random) {
            fails = stuck || random.nextInt(30) == 0;
        }
        TimeUnit.MILLISECONDS.sleep(5);
        return new Receiver.Reply(fails && !call.body().equals("probe") ? 500 : 204, Map.of());
    }

    /// By first successful receipt.
    private static void inOrder(Receiver receiver) {
        var byKey = new LinkedHashMap<String, LinkedHashSet<Integer>>();
        for (var call : receiver.taken("/ordered")) {
            var parts = call.body().split(" ", -1);
            if (parts.length == 2) {
                byKey.computeIfAbsent(parts[0], _ -> new LinkedHashSet<>()).add(Integer.valueOf(parts[1]));
            }
        }
        byKey.forEach((key, numbers) -> assertThat(List.copyOf(numbers))
                .as("events of " + key)
                .isEqualTo(IntStream.range(0, numbers.size()).boxed().toList()));
    }
}
