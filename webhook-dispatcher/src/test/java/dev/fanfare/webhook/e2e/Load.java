package dev.fanfare.webhook.e2e;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;

/// Writes numbered events: `KEY NUMBER`, of each key in the order of their numbers, each key in a partition of its own
/// choice. What Kafka has taken counts as sent.
///
/// Threads: one of its own writes.
final class Load implements AutoCloseable {
    private final String topic;
    private final int partitions;
    private final int keys;
    private final int perSecond;
    private final String prefix;
    private final KafkaProducer<String, String> producer;
    private final ConcurrentLinkedQueue<String> sent = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().name("load").daemon().unstarted(this::run);

    private Load(Cluster cluster, String topic, int partitions, int keys, int perSecond, String prefix) {
        this.prefix = prefix;
        this.topic = topic;
        this.partitions = partitions;
        this.keys = keys;
        this.perSecond = perSecond;
        this.producer = cluster.producer();
    }

    /// Sends until somebody gets it: from then on nothing that is sent is passed over.
    static void probe(Cluster cluster, String topic, Receiver receiver) {
        probe(cluster, topic, receiver, "/");
    }

    /// The same for one path, or what is under it. An endpoint that is new may first get what was sent shortly before.
    static void probe(Cluster cluster, String topic, Receiver receiver, String path) {
        try (var producer = cluster.producer()) {
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                var _ = producer.send(new ProducerRecord<>(topic, 0, "probe", "probe"));
                return receiver.calls().stream().anyMatch(call -> call.path().startsWith(path));
            });
        }
    }

    static Load start(Cluster cluster, String topic, int partitions, int keys, int perSecond) {
        return start(cluster, topic, partitions, keys, perSecond, "k");
    }

    /// @param prefix of keys, where there are several loads
    static Load start(Cluster cluster, String topic, int partitions, int keys, int perSecond, String prefix) {
        var load = new Load(cluster, topic, partitions, keys, perSecond, prefix);
        load.thread.start();
        return load;
    }

    private void run() {
        long start = System.nanoTime();
        try {
            for (int i = 0; ; i++) {
                long due = start + i * SECONDS.toNanos(1) / perSecond;
                if (stopping.await(due - System.nanoTime(), NANOSECONDS)) {
                    return;
                }
                send(i % keys, i / keys);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(int key, int number) {
        var body = prefix + key + " " + number;
        var _ = producer.send(new ProducerRecord<>(topic, key % partitions, prefix + key, body), (_, refused) -> {
            if (refused == null) {
                sent.add(body);
            } else {
                failure.compareAndSet(null, refused);
            }
        });
    }

    /// What Kafka has.
    List<String> sent() {
        return List.copyOf(sent);
    }

    int count() {
        return sent.size();
    }

    /// Stops, and waits until Kafka has taken all.
    ///
    /// @return all that was sent
    List<String> stop() throws InterruptedException {
        stopping.countDown();
        thread.join(Duration.ofMinutes(3));
        producer.flush();
        if (failure.get() != null) {
            throw new IllegalStateException("the load itself failed", failure.get());
        }
        return sent();
    }

    @Override
    public void close() {
        stopping.countDown();
        thread.interrupt();
        producer.close(Duration.ZERO);
    }
}
