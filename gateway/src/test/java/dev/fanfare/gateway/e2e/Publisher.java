package dev.fanfare.gateway.e2e;

import dev.fanfare.events.ChannelName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Writes numbered events to Kafka and notes what has been committed. One thread per partition at most.
final class Publisher implements AutoCloseable {
    private static final Map<TopicPartition, Long> NUMBERS = new ConcurrentHashMap<>(); // over all publishers

    private final Cluster cluster;
    private final Published published;
    private final KafkaProducer<String, String> producer;
    private @Nullable KafkaProducer<String, String> transactional;
    private final List<Sent> sent = new ArrayList<>();

    private record Sent(TopicPartition place, long number, String key, Future<RecordMetadata> future) {}

    Publisher(Cluster cluster, Published published) {
        this.cluster = cluster;
        this.published = published;
        this.producer = cluster.producer(null);
    }

    /// The channels of an event, as [TestGateway#route] has it.
    static List<ChannelName> channels(String topic, String key) {
        return List.of(ChannelName.of(topic + "." + key), ChannelName.of("by-key." + key));
    }

    /// Publishes one event and waits until it is written.
    Published.Entry publish(String topic, int partition, String key) {
        send(producer, topic, partition, key, 0);
        return note().getFirst();
    }

    /// Publishes events and waits until all are written.
    ///
    /// @param padding bytes added to each
    void publish(int count, String topic, int partition, String key, int padding) {
        for (int i = 0; i < count; i++) {
            send(producer, topic, partition, key, padding);
        }
        note();
    }

    /// Adds an event to the present burst.
    void add(String topic, int partition, String key, int padding) {
        send(producer, topic, partition, key, padding);
    }

    /// Ends a burst.
    void flush() {
        note();
    }

    /// Publishes events in a transaction.
    ///
    /// @param committed otherwise it is aborted
    void transaction(boolean committed, Runnable adding) {
        var inTransaction = transactional;
        if (inTransaction == null) {
            inTransaction = cluster.producer("publisher-" + System.identityHashCode(this));
            inTransaction.initTransactions();
            transactional = inTransaction;
        }
        inTransaction.beginTransaction();
        open = inTransaction;
        try {
            adding.run();
            inTransaction.flush();
            if (committed) {
                inTransaction.commitTransaction();
                note();
            } else {
                inTransaction.abortTransaction();
                sent.clear();
            }
        } finally {
            open = null;
        }
    }

    private @Nullable KafkaProducer<String, String> open;

    private void send(KafkaProducer<String, String> plain, String topic, int partition, String key, int padding) {
        var place = new TopicPartition(topic, partition);
        long number = NUMBERS.merge(place, 1L, Long::sum);
        var data = "{\"p\":\"%s\",\"n\":%d,\"pad\":\"%s\"}".formatted(place, number, "x".repeat(padding));
        var through = open == null ? plain : open;
        sent.add(new Sent(place, number, key, through.send(new ProducerRecord<>(topic, partition, key, data))));
    }

    private List<Published.Entry> note() {
        try {
            var entries = new ArrayList<Published.Entry>();
            for (var one : sent) {
                var entry = new Published.Entry(
                        one.place, one.future.get().offset(), one.number, channels(one.place.topic(), one.key));
                published.add(entry);
                entries.add(entry);
            }
            sent.clear();
            return entries;
        } catch (ExecutionException | InterruptedException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Override
    public void close() {
        producer.close();
        if (transactional != null) {
            transactional.close();
        }
    }
}
