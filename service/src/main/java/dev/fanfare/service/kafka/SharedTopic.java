package dev.fanfare.service.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/// A topic in which nodes tell each other something: every node reads all of it, from its beginning, and may write to
/// it. Small, or compacted. While Kafka is away what was read stays as it is, and reading begins anew afterwards.
///
/// Threads: one platform thread reads and calls the [Reader]; everything else may be called by any.
public final class SharedTopic implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SharedTopic.class.getName());
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration LOOK = Duration.ofSeconds(10); // for new partitions
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final long AGAIN_MILLIS = 1000;

    private final KafkaClients clients;
    private final String client;
    private final String topic;
    private final String key;
    private final Reader reader;
    private final Producer<byte[], byte[]> producer;
    private final Thread thread;
    private volatile boolean ready;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean closing;
    private volatile @Nullable Consumer<byte[], byte[]> reading;
    private boolean reported; // the thread's own

    /// What becomes of the records. Called by one thread, which must not be held up for long.
    public interface Reader {
        /// Takes one record; the same may come again after Kafka was away.
        ///
        /// @param old whether it was there before this node was
        void take(ConsumerRecord<byte[], byte[]> record, boolean old);

        /// Called after some were taken, and at least every half second while Kafka answers.
        ///
        /// @param some whether any were
        void taken(boolean some);
    }

    /// Nothing is read before [#start].
    ///
    /// @param name of what the topic is for: the thread's name, and that of Kafka's clients behind `fanfare-`
    /// @param key of the setting that names the topic
    public SharedTopic(KafkaClients clients, String name, String topic, String key, Reader reader) {
        this.clients = clients;
        this.client = "fanfare-" + name;
        this.topic = topic;
        this.key = key;
        this.reader = reader;
        this.producer = clients.producer(client);
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    public String topic() {
        return topic;
    }

    /// Whether all that was there at start was taken.
    public boolean isReady() {
        return ready;
    }

    /// Writes a record and waits until Kafka has it.
    ///
    /// @param value null removes what the key had
    /// @return false if Kafka has not acknowledged it in time; it may have taken it nevertheless
    public boolean write(byte[] recordKey, byte @Nullable [] value) {
        try {
            producer.send(new ProducerRecord<>(topic, recordKey, value)).get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | TimeoutException | KafkaException away) {
            return false;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Writes a record, and calls back when Kafka has it or will not have it. May wait for the topic's metadata.
    public void send(byte[] recordKey, byte @Nullable [] value, Callback done) {
        try {
            var _ = producer.send(new ProducerRecord<>(topic, recordKey, value), done);
        } catch (KafkaException | IllegalStateException refused) { // or closed
            done.onCompletion(null, refused);
        }
    }

    // ---- the reading thread ----

    private void run() {
        boolean first = true;
        while (!closing) {
            try (var consumer = clients.consumer(client, Map.of())) {
                reading = consumer;
                first = read(consumer, first);
            } catch (WakeupException stop) {
                return;
            } catch (KafkaException away) {
                report(String.valueOf(away.getMessage()));
            }
            try {
                if (closed.await(AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (InterruptedException stop) {
                return;
            }
        }
    }

    private void report(String why) {
        if (!reported) {
            LOG.log(System.Logger.Level.WARNING, "the topic {0} of {1} cannot be read: {2}", topic, key, why);
        }
        reported = true;
    }

    /// Returns when there are more partitions, or none yet.
    ///
    /// @param first whether what is there now was there before
    /// @return whether nothing was read
    private boolean read(Consumer<byte[], byte[]> consumer, boolean first) {
        var partitions = partitions(consumer);
        if (partitions.isEmpty()) {
            report("there is no such topic: create it, with cleanup.policy=compact");
            return first;
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        var ends = consumer.endOffsets(partitions, ANSWER);
        long looked = System.nanoTime();
        while (!closing) {
            var records = consumer.poll(POLL);
            for (var one : records) {
                var end = ends.getOrDefault(new TopicPartition(one.topic(), one.partition()), 0L);
                reader.take(one, first && one.offset() < end);
            }
            if (!ready && partitions.stream().allMatch(p -> consumer.position(p) >= ends.getOrDefault(p, 0L))) {
                ready = true;
                LOG.log(System.Logger.Level.INFO, "{0} of {1} has been read", topic, key);
            }
            reported = reported && !ready;
            reader.taken(!records.isEmpty());
            if (System.nanoTime() - looked > LOOK.toNanos()) {
                looked = System.nanoTime();
                if (partitions(consumer).size() > partitions.size()) {
                    return false;
                }
            }
        }
        return false;
    }

    private List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer) {
        return Optional.ofNullable(consumer.partitionsFor(topic, ANSWER)).orElse(List.of()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }

    @Override
    public void close() {
        closing = true;
        var consumer = reading;
        if (consumer != null) {
            consumer.wakeup();
        }
        closed.countDown();
        producer.close(Duration.ofSeconds(1));
    }
}
