package dev.fanfare.gateway.ingest;

import dev.fanfare.gateway.channel.PositionVector;
import dev.fanfare.gateway.channel.Topology;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// Where Kafka ended when the feed began, in the partitions of which it reads something older. Feed thread only.
final class Beginning {
    private final Map<TopicPartition, Long> ends = new HashMap<>(); // last stable offsets

    void at(TopicPartition partition, long end) {
        ends.put(partition, end);
    }

    void forget(TopicPartition partition) {
        ends.remove(partition);
    }

    /// Whether a record was there before: every node reads it that starts.
    boolean isOld(ConsumerRecord<?, ?> record) {
        var end = ends.get(new TopicPartition(record.topic(), record.partition()));
        return end != null && record.offset() < end;
    }

    /// Whether nothing that is older is still to be read.
    boolean isReached(Topology topology, PositionVector vector) {
        return ends.entrySet().stream().allMatch(e -> {
            int index = topology.index(e.getKey().topic(), e.getKey().partition());
            return index < 0 || vector.offset(index) >= e.getValue();
        });
    }
}
