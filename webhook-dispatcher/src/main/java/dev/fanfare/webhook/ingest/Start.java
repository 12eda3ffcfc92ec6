package dev.fanfare.webhook.ingest;

import dev.fanfare.service.kafka.KafkaClients;
import dev.fanfare.webhook.journal.Positions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/// Where a partition is read from: the group's offset; else where the store says that everything is settled; else, for
/// a
/// topic that is seen for the first time, its head, and for a partition that came later, its beginning. Never a silent
/// jump: what is no longer there is told as lost.
///
/// Intake thread only. Every call blocks, and throws a RuntimeException while Kafka or the store is away.
final class Start implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 5000;
    private static final Duration TIMEOUT = Duration.ofMillis(TIMEOUT_MILLIS);

    private final Admin admin;
    private final Consumer<byte[], byte[]> consumer;
    private final Positions positions;

    /// @param offset of the first record to be read
    /// @param wanted the offset that should have been read: less than `offset` if records are gone from the
    ///     beginning, more if they are gone from the end
    record Point(Uuid topicId, long offset, long wanted) {
        boolean isLoss() {
            return wanted != offset;
        }
    }

    Start(KafkaClients clients, Consumer<byte[], byte[]> consumer, Positions positions) {
        this.admin = clients.admin("fanfare-webhooks-topics", TIMEOUT_MILLIS);
        this.consumer = consumer;
        this.positions = positions;
    }

    /// Takes down the heads of topics that nobody has seen before.
    void introduce(Set<String> topics) {
        for (var topic : describe(topics).values()) {
            var partitions = topic.partitions().stream()
                    .map(one -> new TopicPartition(topic.name(), one.partition()))
                    .toList();
            var heads = new HashMap<Integer, Long>();
            consumer.endOffsets(partitions, TIMEOUT).forEach((one, head) -> heads.put(one.partition(), head));
            positions.introduce(topic.topicId(), topic.name(), heads);
        }
    }

    Point of(TopicPartition partition) {
        var topic = describe(Set.of(partition.topic())).get(partition.topic());
        if (topic == null) {
            throw new IllegalStateException("Kafka does not know the topic " + partition.topic());
        }
        long first = consumer.beginningOffsets(List.of(partition), TIMEOUT).getOrDefault(partition, 0L);
        var committed = consumer.committed(Set.of(partition), TIMEOUT).get(partition);
        long wanted = committed != null
                ? committed.offset()
                : positions.stored(topic.topicId(), partition.partition()).orElse(first);
        long head = consumer.endOffsets(List.of(partition), TIMEOUT).getOrDefault(partition, wanted);
        return new Point(topic.topicId(), Math.clamp(wanted, first, Math.max(first, head)), wanted);
    }

    private Map<String, TopicDescription> describe(Set<String> topics) {
        var found = new HashMap<String, TopicDescription>();
        for (var asked : admin.describeTopics(topics).topicNameValues().entrySet()) {
            try {
                found.put(asked.getKey(), asked.getValue().get());
            } catch (ExecutionException unknown) {
                if (!(unknown.getCause() instanceof org.apache.kafka.common.errors.UnknownTopicOrPartitionException)) {
                    throw new IllegalStateException("Kafka does not say what the topics are", unknown.getCause());
                }
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", stop);
            }
        }
        return found;
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
