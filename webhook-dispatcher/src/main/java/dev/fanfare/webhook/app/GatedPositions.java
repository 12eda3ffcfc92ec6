package dev.fanfare.webhook.app;

import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.journal.Positions;
import dev.fanfare.webhook.park.Gate;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/// Positions that shut the gate before a partition is read: what is on record of it includes the keys that wait.
record GatedPositions(Positions positions, Gate gate) implements Positions {
    @Override
    public void introduce(Uuid topicId, String topic, Map<Integer, Long> heads) {
        positions.introduce(topicId, topic, heads);
    }

    @Override
    public OptionalLong stored(Uuid topicId, int partition) {
        return positions.stored(topicId, partition);
    }

    @Override
    public void store(Uuid topicId, String topic, Map<Integer, Long> nextOffsets) {
        positions.store(topicId, topic, nextOffsets);
    }

    @Override
    public Set<DeliveryId> settled(Uuid topicId, int partition, long from) {
        gate.load(topicId, partition);
        return positions.settled(topicId, partition, from);
    }
}
