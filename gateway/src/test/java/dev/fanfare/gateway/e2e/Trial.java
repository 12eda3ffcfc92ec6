package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/// Load while something else goes wrong: publishers that do not stop, and clients over all transports, half of which
/// stay where they are while the others come and go. In the end each client must have got everything once, in order,
/// without a gap.
///
/// Threads: one holds it.
@SuppressWarnings("try") // close waits, and tests may be interrupted
public final class Trial implements AutoCloseable {
    private static final List<String> TOPICS = List.of("a", "b");
    private static final int[] PARTITIONS = {3, 1}; // at first
    private static final int KEYS = 6;
    private static final int CLIENTS = Seeded.isLong() ? 36 : 12;
    private static final int STEP = Seeded.isLong() ? 30_000 : 2_000; // deliveries
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(Seeded.isLong() ? 240 : 60);

    private final String name;
    private final Seeded seed;
    private final Cluster cluster;
    private final Published published = new Published();
    private final List<Client> clients = new ArrayList<>();
    private final List<Thread> publishers = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>(); // guarded by itself
    private final AtomicIntegerArray partitions = new AtomicIntegerArray(PARTITIONS.clone());
    private volatile boolean publishing = true;

    private Trial(String name, Cluster cluster) {
        this.name = name;
        this.seed = Seeded.print(name);
        this.cluster = cluster;
    }

    /// Makes the topics, which gateways that start without them would have to find later.
    public static void topics(Cluster cluster) {
        for (int t = 0; t < TOPICS.size(); t++) {
            cluster.create(TOPICS.get(t), PARTITIONS[t]);
        }
    }

    /// A gateway that serves the topics.
    public static TestGateway.Setup gateway(Cluster cluster) {
        return TestGateway.route(cluster, TOPICS.toArray(String[]::new));
    }

    /// The same as lines of a configuration file.
    public static List<String> configuration(Cluster cluster) {
        return List.of(
                "kafka.bootstrap.servers: " + cluster.servers(),
                "kafka.reconnect.backoff.max.ms: 200",
                "routes: [{topics: " + TOPICS + ", channels: ['{topic}.{key}', 'by-key.{key}']}]",
                "session.heartbeat-min: 1s",
                "server.page: false");
    }

    public static Trial begin(String name, Cluster cluster, List<? extends Node> nodes) {
        return begin(name, cluster, nodes, client -> client);
    }

    /// Returns when all clients have got their first cursor, and publishing has begun.
    ///
    /// @param change of each client before it starts
    static Trial begin(String name, Cluster cluster, List<? extends Node> nodes, UnaryOperator<Client> change) {
        var trial = new Trial(name, cluster);
        try {
            trial.startClients(nodes, change);
            trial.startPublishers();
            return trial;
        } catch (RuntimeException | Error failure) {
            trial.close();
            throw failure;
        }
    }

    /// As [#begin(String,Cluster,List)], with clients that take a gateway for gone when nothing comes for so long.
    public static Trial begin(String name, Cluster cluster, List<? extends Node> nodes, Duration patience) {
        return begin(name, cluster, nodes, client -> client.patience(patience));
    }

    /// As [#begin(String,Cluster,List)], with clients that show a token.
    public static Trial begin(String name, Cluster cluster, List<? extends Node> nodes, String token) {
        return begin(name, cluster, nodes, client -> client.token(token));
    }

    private void startClients(List<? extends Node> nodes, UnaryOperator<Client> change) {
        for (int i = 0; i < CLIENTS; i++) {
            var random = seed.random(1000 + i);
            var client = change.apply(new Client(patterns(random, i), nodes, random));
            if (i % 2 == 0) {
                client.calmDown();
            }
            clients.add(client);
            client.start();
        }
        for (var client : clients) { // whose first cursor is where it has to get everything from
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .pollDelay(Duration.ZERO)
                    .until(() -> client.received().stream().anyMatch(message -> message.cursor() != null));
        }
    }

    private static List<String> patterns(Random random, int client) {
        var key = "k" + random.nextInt(KEYS);
        return switch (client % 4) {
            case 0 -> List.of("a.*");
            case 1 -> List.of("**");
            case 2 -> List.of("b.**", "a." + key);
            default -> List.of("by-key.*");
        };
    }

    private void startPublishers() {
        for (int t = 0; t < TOPICS.size(); t++) {
            int topic = t;
            publishers.add(Thread.ofPlatform().start(() -> {
                try (var publisher = new Publisher(cluster, published)) {
                    var random = seed.random(100 + topic);
                    while (publishing) {
                        for (int left = 1 + random.nextInt(20); left > 0; left--) {
                            publisher.add(
                                    TOPICS.get(topic),
                                    random.nextInt(partitions.get(topic)),
                                    "k" + random.nextInt(KEYS),
                                    random.nextInt(200));
                        }
                        publisher.flush(); // waits for as long as Kafka takes
                        Thread.sleep(random.nextInt(30)); // the load
                    }
                } catch (InterruptedException | RuntimeException failure) {
                    synchronized (failures) {
                        failures.add(failure);
                    }
                }
            }));
        }
    }

    /// Gives each topic one more partition, which is published to from then on.
    public void addPartitions() {
        for (int t = 0; t < TOPICS.size(); t++) {
            cluster.grow(TOPICS.get(t), partitions.get(t) + 1);
            partitions.incrementAndGet(t);
        }
    }

    /// Goes on until a number of further events has been delivered.
    public void deliver() {
        long goal = delivered() + STEP;
        Awaitility.await()
                .atMost(LONG_ENOUGH)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() ->
                        assertThat(delivered()).as("deliveries, with %s", seed).isGreaterThan(goal));
    }

    /// Events delivered to all clients together.
    public long delivered() {
        return clients.stream().mapToLong(Client::delivered).sum();
    }

    /// Ends publishing, lets all clients catch up, and checks what each has got.
    public void finish() throws InterruptedException {
        publishing = false;
        for (var publisher : publishers) {
            publisher.join(TimeUnit.SECONDS.toMillis(90));
            assertThat(publisher.isAlive()).as("still publishing").isFalse();
        }
        synchronized (failures) {
            assertThat(failures).as("publishers, with %s", seed).isEmpty();
        }
        clients.forEach(Client::calmDown);
        var checker = new Checker(published);
        for (var client : clients) {
            Awaitility.await()
                    .atMost(LONG_ENOUGH)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() -> assertThat(checker.faults(client.patterns(), client.received(), true))
                            .as("%s, with %s", client.patterns(), seed)
                            .isEmpty());
            assertThat(client.refusals()).as("refusals, with %s", seed).isEmpty();
            assertThat(Clients.gaps(client.received()))
                    .as("gaps, with %s", seed)
                    .isEmpty();
        }
        System.out.printf(
                "%s: %d events published, %d delivered to %d clients, none lost, doubled or out of order%n",
                name, published.count(), delivered(), clients.size());
    }

    @Override
    public void close() {
        publishing = false;
        for (var client : clients) {
            try {
                client.close();
            } catch (InterruptedException hurry) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
