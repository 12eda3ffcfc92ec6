package dev.fanfare.webhook.journal;

import dev.fanfare.webhook.delivery.DeliveryId;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/// How far the events of partitions are settled, as the store knows it: what is read when Kafka's group has no offsets.
///
/// Every method blocks, and throws a RuntimeException while the store is away.
public interface Positions {
    /// Takes down where a topic stood when it was first seen; nothing if it is known already, whoever was first.
    ///
    /// @param heads by partition, the offset of the next record
    void introduce(Uuid topicId, String topic, Map<Integer, Long> heads);

    /// From where a partition of a known topic is to be read; empty for one that has come since: from its beginning.
    OptionalLong stored(Uuid topicId, int partition);

    /// Takes down that everything before is settled. A position never goes back.
    ///
    /// @param nextOffsets by partition
    void store(Uuid topicId, String topic, Map<Integer, Long> nextOffsets);

    /// The deliveries of events from that offset on that are delivered, parked or ended.
    Set<DeliveryId> settled(Uuid topicId, int partition, long from);
}
