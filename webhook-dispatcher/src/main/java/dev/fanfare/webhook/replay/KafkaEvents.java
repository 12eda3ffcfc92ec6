package dev.fanfare.webhook.replay;

import dev.fanfare.events.UndecodableException;
import dev.fanfare.service.kafka.KafkaClients;
import dev.fanfare.webhook.api.Events;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.ingest.RecordTaker;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/// Single events, each read by a consumer of its own that lives as long as the question. Any thread.
public final class KafkaEvents implements Events, AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Kafka kafka;
    private final RecordTaker taker;

    public KafkaEvents(KafkaClients clients, RecordTaker taker) {
        this.kafka = new Kafka(clients);
        this.taker = taker;
    }

    @Override
    public Found find(String topic, int partition, long offset) {
        try {
            var description = kafka.describe(Set.of(topic)).get(topic);
            if (description == null) {
                return new Absent("Kafka has no topic '%s'.".formatted(topic));
            }
            int partitions = description.partitions().size();
            if (partition >= partitions) {
                return new Absent("The topic '%s' has no partition %d: it has %d, counted from 0."
                        .formatted(topic, partition, partitions));
            }
            try (var reader = kafka.open(1)) {
                return find(reader.consumer(), description.topicId(), new TopicPartition(topic, partition), offset);
            }
        } catch (KafkaException failure) {
            throw Kafka.away();
        }
    }

    private Found find(Consumer<byte[], byte[]> consumer, Uuid topicId, TopicPartition place, long offset) {
        long first = consumer.beginningOffsets(List.of(place)).getOrDefault(place, 0L);
        if (offset < first) {
            return gone(place, offset, first);
        }
        long head = consumer.endOffsets(List.of(place)).getOrDefault(place, 0L);
        if (offset >= head) {
            return new Absent("Offset %d of %s is not written or not committed yet: the next one is %d."
                    .formatted(offset, place, head));
        }
        consumer.assign(List.of(place));
        consumer.seek(place, offset);
        long end = System.nanoTime() + ANSWER_NANOS;
        try {
            while (System.nanoTime() < end) {
                for (var record : consumer.poll(POLL)) {
                    return record.offset() == offset ? read(topicId, record) : hole(place, offset);
                }
                if (consumer.position(place) > offset) {
                    return hole(place, offset);
                }
            }
        } catch (OffsetOutOfRangeException meanwhile) {
            return gone(place, offset, consumer.beginningOffsets(List.of(place)).getOrDefault(place, 0L));
        }
        throw Kafka.away();
    }

    private Found read(Uuid topicId, ConsumerRecord<byte[], byte[]> record) {
        try {
            return taker.read(topicId, record)
                    .<Found>map(Routed::new)
                    .orElseGet(() -> unrouted(topicId, record, "No routing rule puts the event on a channel."));
        } catch (UndecodableException failure) {
            return unrouted(topicId, record, "The record is no event: %s.".formatted(failure.getMessage()));
        }
    }

    private static Found unrouted(Uuid topicId, ConsumerRecord<byte[], byte[]> record, String detail) {
        return new Unrouted(new MessageId(topicId, record.partition(), record.offset()), detail);
    }

    private static Found gone(TopicPartition place, long offset, long first) {
        return new Absent("Offset %d of %s is no longer kept: the first one is %d.".formatted(offset, place, first));
    }

    private static Found hole(TopicPartition place, long offset) {
        return new Absent(
                "Offset %d of %s holds no event: it was compacted away, was rolled back, or marks a transaction."
                        .formatted(offset, place));
    }

    @Override
    public void close() {
        kafka.close();
    }
}
