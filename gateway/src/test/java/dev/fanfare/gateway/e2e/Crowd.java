package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/// Many clients of a topic to which events flow all the time, while nodes come and go.
final class Crowd implements AutoCloseable {
    static final int SIZE = Seeded.isLong() ? 5000 : 300;
    static final String TOPIC = "t";
    private static final int PARTITIONS = 3;
    private static final int KEYS = 50;

    private final Cluster cluster;
    private final Seeded seed;
    private final Published published = new Published();
    private final Checker checker = new Checker(published);
    private final List<Client> clients = new ArrayList<>();
    private final Thread publisher = Thread.ofPlatform().unstarted(this::publish);
    private volatile boolean publishing = true;

    /// @param test its name, for the seed
    Crowd(String test, Cluster cluster) {
        this.seed = Seeded.print(test);
        this.cluster = cluster;
    }

    static Cluster cluster(Path dir) {
        var cluster = Cluster.start(dir);
        cluster.create(TOPIC, PARTITIONS);
        return cluster;
    }

    /// Looks at once: there are many.
    static ConditionFactory await() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(100));
    }

    /// All are there when it returns, and events flow.
    ///
    /// @param nodes where they go, each time that they connect
    void come(List<TestGateway> nodes) {
        for (int i = 0; i < SIZE; i++) {
            var client = new Client(List.of(TOPIC + ".k" + i % KEYS), nodes, seed.random(i));
            client.calmDown();
            client.start();
            clients.add(client);
        }
        for (var client : clients) {
            await().until(() -> client.received().stream().anyMatch(message -> message.cursor() != null));
        }
        publisher.start();
    }

    private void publish() {
        try (var out = new Publisher(cluster, published)) {
            for (int i = 0; publishing; i++) {
                out.publish(TOPIC, i % PARTITIONS, "k" + i % KEYS);
                Thread.sleep(5); // a rate, not synchronisation
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    List<Client> clients() {
        return clients;
    }

    /// Ends the flow of events and waits until each client has got all of its, once and in order.
    void assertNobodyMissesAnything() throws InterruptedException {
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
                SIZE,
                published.count(),
                clients.stream().mapToLong(Client::delivered).sum());
    }

    @Override
    public void close() {
        publishing = false;
        try {
            for (var client : clients) {
                client.close();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
