package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nothing lost, nothing twice, all in order, whatever happens: clients that are cut anywhere, read slowly, change
/// transports and nodes; logs far too small; gateways and the broker restarted.
class DeliveryPropertyTest {
    private static final List<String> TOPICS = List.of("a", "b", "c");
    private static final int[] PARTITIONS = {3, 1, 4};
    private static final int KEYS = 6;
    private static final Duration CATCH_UP = Duration.ofSeconds(60);

    private final Published published = new Published();
    private final Checker checker = new Checker(published);
    private final ReentrantReadWriteLock brokerThere = new ReentrantReadWriteLock(); // publishing holds the read lock
    private final List<Throwable> failures = new ArrayList<>();
    private volatile boolean publishing = true;

    @Test
    void everyClientGetsEverythingOnceInOrderWhateverHappens(@TempDir Path dir) throws InterruptedException {
        var seed = Seeded.print("DeliveryPropertyTest");
        var chaos = seed.random(0);
        int actions = Seeded.isLong() ? 400 : 30;
        try (var cluster = cluster(dir);
                var one = setup(cluster).start();
                var two = setup(cluster).start()) {
            var nodes = List.of(one, two);
            var clients = clients(seed, Seeded.isLong() ? 60 : 14, nodes);
            var publishers = publishers(seed, cluster);
            for (int i = 0; i < actions; i++) {
                Thread.sleep(100 + chaos.nextInt(400)); // lets things happen
                if (i == actions / 3 || chaos.nextInt(60) == 0) {
                    restartBroker(cluster);
                } else if (i == actions / 2) {
                    restartWhileAway(nodes, clients);
                } else if (chaos.nextInt(6) == 0) {
                    restart(nodes.get(chaos.nextInt(2)));
                } else {
                    clients.get(chaos.nextInt(clients.size())).cut();
                }
            }
            publishing = false;
            join(publishers);
            allCatchUp(clients, seed);
        }
        assertThat(failures).as("publishers, with %s", seed).isEmpty();
    }

    @Test
    void aGatewayThatWasRestartedWithLogsOfTenEventsWhileAllWereAwayLosesNothing(@TempDir Path dir)
            throws InterruptedException {
        var seed = Seeded.print("DeliveryPropertyTest, all away");
        try (var cluster = cluster(dir);
                var node = setup(cluster).start()) {
            var clients = clients(seed, 9, List.of(node));
            var publishers = publishers(seed, cluster);
            for (int round = 0; round < (Seeded.isLong() ? 30 : 2); round++) {
                Thread.sleep(1500); // lets things happen
                restartWhileAway(List.of(node), clients);
            }
            Thread.sleep(500);
            publishing = false;
            join(publishers);
            allCatchUp(clients, seed);
        }
        assertThat(failures).as("publishers, with %s", seed).isEmpty();
    }

    private static Cluster cluster(Path dir) {
        var cluster = Cluster.start(dir);
        for (int t = 0; t < TOPICS.size(); t++) {
            cluster.create(TOPICS.get(t), PARTITIONS[t]);
        }
        return cluster;
    }

    /// Logs of ten events and little memory, a short look back at start, stalls noticed soon.
    private static TestGateway.Setup setup(Cluster cluster) {
        return TestGateway.route(cluster, TOPICS.toArray(String[]::new))
                .logs(10, 100_000, 20)
                .writeStall(Duration.ofSeconds(2));
    }

    private static List<Client> clients(Seeded seed, int count, List<TestGateway> nodes) {
        var clients = new ArrayList<Client>();
        for (int i = 0; i < count; i++) {
            var random = seed.random(1000 + i);
            var client = new Client(patterns(random), nodes, random);
            clients.add(client);
            client.start();
        }
        for (var client : clients) { // whose first cursor is where it has to get everything from
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> client.received().stream().anyMatch(message -> message.cursor() != null));
        }
        return clients;
    }

    private static List<String> patterns(Random random) {
        var patterns = new ArrayList<String>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            var topic = TOPICS.get(random.nextInt(TOPICS.size()));
            var key = "k" + random.nextInt(KEYS);
            var pattern = List.of("**", topic + ".**", topic + ".*", topic + "." + key, "by-key." + key, "*." + key)
                    .get(random.nextInt(6));
            if (!patterns.contains(pattern)) {
                patterns.add(pattern);
            }
        }
        return patterns;
    }

    private List<Thread> publishers(Seeded seed, Cluster cluster) {
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < TOPICS.size(); t++) {
            int topic = t;
            threads.add(Thread.ofPlatform().start(() -> {
                try (var publisher = new Publisher(cluster, published)) {
                    var random = seed.random(100 + topic);
                    while (publishing) {
                        burst(publisher, random, TOPICS.get(topic), PARTITIONS[topic]);
                        Thread.sleep(random.nextInt(120));
                    }
                } catch (InterruptedException | RuntimeException failure) {
                    synchronized (failures) {
                        failures.add(failure);
                    }
                }
            }));
        }
        return threads;
    }

    private void burst(Publisher publisher, Random random, String topic, int partitions) {
        Runnable events = () -> {
            int count = random.nextInt(10) == 0 ? 60 : 1 + random.nextInt(8);
            for (int i = 0; i < count; i++) {
                int padding = random.nextInt(20) == 0 ? 4000 : random.nextInt(200);
                publisher.add(topic, random.nextInt(partitions), "k" + random.nextInt(KEYS), padding);
            }
        };
        brokerThere.readLock().lock();
        try {
            switch (random.nextInt(6)) {
                case 0 -> publisher.transaction(true, events);
                case 1 -> publisher.transaction(false, events);
                default -> {
                    events.run();
                    publisher.flush();
                }
            }
        } finally {
            brokerThere.readLock().unlock();
        }
    }

    private void restartBroker(Cluster cluster) {
        brokerThere.writeLock().lock();
        try {
            cluster.stop();
            cluster.startAgain();
        } finally {
            brokerThere.writeLock().unlock();
        }
    }

    private static void restart(TestGateway node) {
        node.stop();
        node.startAgain();
    }

    private static void restartWhileAway(List<TestGateway> nodes, List<Client> clients) throws InterruptedException {
        clients.forEach(Client::goAway);
        nodes.forEach(TestGateway::stop);
        Thread.sleep(500); // lets events pass that nobody sees
        nodes.forEach(TestGateway::startAgain);
        clients.forEach(Client::comeBack);
    }

    private static void join(List<Thread> publishers) throws InterruptedException {
        for (var publisher : publishers) {
            publisher.join(TimeUnit.SECONDS.toMillis(60));
            assertThat(publisher.isAlive()).isFalse();
        }
    }

    private void allCatchUp(List<Client> clients, Seeded seed) throws InterruptedException {
        long events = 0;
        clients.forEach(Client::calmDown);
        for (var client : clients) {
            try {
                Awaitility.await()
                        .atMost(CATCH_UP)
                        .pollInterval(Duration.ofMillis(200))
                        .untilAsserted(() -> assertThat(checker.faults(client.patterns(), client.received(), true))
                                .as("%s, with %s", client.patterns(), seed)
                                .isEmpty());
            } finally {
                client.close();
            }
            assertThat(client.refusals()).as("refusals, with %s", seed).isEmpty();
            assertThat(Clients.gaps(client.received()))
                    .as("gaps, with %s", seed)
                    .isEmpty();
            events += Clients.numbers(client.received()).size();
        }
        System.out.printf(
                "%s: %d events published, %d delivered to %d clients%n",
                seed, published.count(), events, clients.size());
        assertThat(events).isPositive();
    }
}
