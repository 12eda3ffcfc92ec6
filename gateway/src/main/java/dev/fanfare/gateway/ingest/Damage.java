package dev.fanfare.gateway.ingest;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Records that the feed cannot read, range by range. Kafka's consumer says of an offset that it is damaged, not how
/// far the batch goes that it is in: so the feed tries one offset after the other, one a poll while other partitions go
/// on, and a range is told when something behind it was read or nothing is there. Feed thread only.
final class Damage {
    private static final Duration WAIT = Duration.ofMillis(200);

    private final Consumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Range> ranges = new HashMap<>();

    /// @param to the offset after the range
    record Range(long from, long to) {}

    Damage(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    /// What is at the consumer's position is damaged: has it try the next offset.
    void passOver(TopicPartition partition) {
        long at = consumer.position(partition, WAIT);
        ranges.merge(partition, new Range(at, at + 1), (known, more) -> new Range(known.from, more.to));
        consumer.seek(partition, new OffsetAndMetadata(at + 1, Optional.empty(), ""));
    }

    /// Where a poll has found the end of a range.
    List<TopicPartition> ended(ConsumerRecords<byte[], byte[]> polled) {
        return ranges.keySet().stream()
                .filter(partition -> polled.nextOffsets().containsKey(partition)
                        || consumer.currentLag(partition).orElse(-1) == 0)
                .toList();
    }

    /// Forgets a partition's range, and answers it.
    @Nullable
    Range take(TopicPartition partition) {
        return ranges.remove(partition);
    }

    void clear() {
        ranges.clear();
    }
}
