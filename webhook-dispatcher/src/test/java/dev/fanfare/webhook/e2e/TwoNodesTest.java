package dev.fanfare.webhook.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.webhook.store.Postgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two dispatchers share a group and a store.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class TwoNodesTest {
    private static final int PARTITIONS = 4;
    private static final int WINDOW = 500;
    private static final Duration SEEN = Duration.ofSeconds(10); // it takes two, unless the machine is busy
    private static final List<String> PATHS = List.of("/good", "/failing", "/slow");

    @TempDir
    private Path dir;

    @Test
    void handsOverInOrderWithoutDoubles() throws Exception {
        var cluster = Cluster.shared();
        var topic = cluster.newTopic("hand-over", PARTITIONS);
        var setup = setup(cluster, topic);
        try (var receiver = Receiver.start()) {
            answer(receiver, Seeded.print("TwoNodesTest graceful"));
            try (var stays = TestDispatcher.start(setup)) {
                PATHS.forEach(path -> stays.endpoint(receiver.url(path), draft().settings()));
                Load.probe(cluster, topic, receiver);
                try (var load = Load.start(cluster, topic, PARTITIONS, 8, 80)) {
                    for (int i = 0; i < Seeded.rounds(1, 20); i++) {
                        var comesAndGoes = TestDispatcher.start(setup);
                        try {
                            await().atMost(Duration.ofSeconds(60)).until(() -> isShared(cluster, setup));
                            int before = load.count();
                            await().atMost(Duration.ofSeconds(30)).until(() -> load.count() > before + 160);
                        } finally {
                            comesAndGoes.close();
                        }
                        assertThat(setup.shards()).as("leases are given back").hasSize(1);
                        await().atMost(Duration.ofSeconds(30)).until(() -> isAlone(cluster, setup));
                    }
                    var sent = load.stop();
                    arrives(receiver, sent, "graceful");
                    for (var path : PATHS) {
                        assertThat(new Ledger(receiver, path).doubles())
                                .as(path)
                                .isZero();
                    }
                }
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> cluster.isCommitted(setup.group(), topic, PARTITIONS));
                await().atMost(Duration.ofMinutes(1)).until(() -> setup.parked() == 0);
            }
        }
    }

    @Test
    void takesOverFromANodeThatWasKilled() throws Exception {
        var cluster = Cluster.shared();
        var topic = cluster.newTopic("take-over", PARTITIONS);
        var setup = setup(cluster, topic);
        try (var receiver = Receiver.start()) {
            answer(receiver, Seeded.print("TwoNodesTest killed"));
            PATHS.forEach(path -> setup.endpoint(receiver.url(path), draft().settings()));
            try (var dies = Child.start(setup, dir);
                    var _ = TestDispatcher.start(setup)) {
                Load.probe(cluster, topic, receiver);
                dies.ready();
                try (var load = Load.start(cluster, topic, PARTITIONS, 8, 80)) {
                    await().atMost(Duration.ofSeconds(60)).until(() -> isShared(cluster, setup));
                    int before = load.count();
                    await().atMost(Duration.ofSeconds(30)).until(() -> load.count() > before + 240);
                    dies.kill();
                    await().atMost(Duration.ofSeconds(30)).until(() -> isAlone(cluster, setup));
                    var sent = load.stop();
                    arrives(receiver, sent, "killed");
                    for (var path : PATHS) {
                        assertThat(new Ledger(receiver, path).doubles())
                                .as(path)
                                .isLessThanOrEqualTo(PARTITIONS * WINDOW);
                    }
                }
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> cluster.isCommitted(setup.group(), topic, PARTITIONS));
                await().atMost(Duration.ofMinutes(1)).until(() -> setup.parked() == 0);
            }
        }
    }

    /// Retries are made by one of the nodes alone, so each second change is made through the other one.
    @Test
    void seesWhatIsChangedThroughTheOther() throws Exception {
        var cluster = Cluster.shared();
        var topic = cluster.newTopic("change", PARTITIONS);
        var setup = setup(cluster, topic);
        try (var receiver = Receiver.start();
                var one = TestDispatcher.start(setup);
                var other = TestDispatcher.start(setup)) {
            receiver.answer(500);
            var endpoint = one.endpoint(receiver.url("/0"), draft().settings());
            await().atMost(Duration.ofSeconds(60)).until(() -> isShared(cluster, setup));
            Load.probe(cluster, topic, receiver);
            for (int i = 1; i <= 4; i++) {
                var path = "/" + i;
                var changed = (i % 2 == 0 ? one : other)
                        .api()
                        .call("PATCH", "/v1/endpoints/" + endpoint.id(), "{'url':'%s'}".formatted(receiver.url(path)));
                assertThat(changed.status()).as(changed.toString()).isEqualTo(200);
                await().atMost(SEEN)
                        .until(() -> receiver.calls().stream()
                                .anyMatch(call -> call.path().equals(path)));
            }
        }
    }

    private static boolean isShared(Cluster cluster, Setup setup) {
        return cluster.isShared(setup.group(), 2, PARTITIONS) && setup.shards().equals(List.of(32, 32));
    }

    private static boolean isAlone(Cluster cluster, Setup setup) {
        return cluster.isShared(setup.group(), 1, PARTITIONS) && setup.shards().equals(List.of(64));
    }

    private Setup setup(Cluster cluster, String topic) {
        return Setup.of(dir, cluster.servers(), topic, Postgres.shared().database())
                .window(WINDOW);
    }

    private static Draft draft() {
        return Draft.retrying(49, Duration.ofMillis(500))
                .timeout(Duration.ofSeconds(6))
                .concurrency(32);
    }

    private static void answer(Receiver receiver, Seeded seeded) {
        var random = seeded.random(1);
        var before = ConcurrentHashMap.<String>newKeySet();
        receiver.answer(call -> {
            int number;
            synchronized (random) {
                number = random.nextInt(100);
            }
            if (call.path().equals("/slow")) {
                TimeUnit.MILLISECONDS.sleep(number == 0 ? 1500 : number);
            } else if (call.path().equals("/failing") && !before.add(call.id())) {
                TimeUnit.MILLISECONDS.sleep(3000 + 15 * number); // retries are under way at any moment
            }
            return new Receiver.Reply(call.path().equals("/failing") && number < 4 ? 500 : 204, Map.of());
        });
    }

    private static void arrives(Receiver receiver, List<String> sent, String how) {
        for (var path : PATHS) {
            var ledger = new Ledger(receiver, path);
            await().atMost(Duration.ofMinutes(2))
                    .untilAsserted(
                            () -> assertThat(ledger.missing(sent)).as(path).isEmpty());
            ledger.hasOneIdPerEvent();
            System.out.printf(
                    "TwoNodesTest: %s, %s took %d events, %d twice%n", how, path, sent.size(), ledger.doubles());
        }
    }
}
