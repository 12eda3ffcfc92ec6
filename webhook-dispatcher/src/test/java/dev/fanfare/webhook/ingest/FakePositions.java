package dev.fanfare.webhook.ingest;

import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.journal.Positions;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.Uuid;

/// A store's table of positions, as far as reading needs it.
final class FakePositions implements Positions {
    final Map<String, Long> offsets = new ConcurrentHashMap<>();
    final Set<Uuid> known = ConcurrentHashMap.newKeySet();
    final Set<DeliveryId> settled = ConcurrentHashMap.newKeySet();

    @Override
    public void introduce(Uuid topicId, String name, Map<Integer, Long> heads) {
        if (known.add(topicId)) {
            heads.forEach((partition, head) -> offsets.put(topicId + "/" + partition, head));
        }
    }

    @Override
    public OptionalLong stored(Uuid topicId, int partition) {
        var offset = offsets.get(topicId + "/" + partition);
        return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
    }

    @Override
    public void store(Uuid topicId, String name, Map<Integer, Long> next) {
        next.forEach((partition, offset) -> offsets.merge(topicId + "/" + partition, offset, Math::max));
    }

    @Override
    public Set<DeliveryId> settled(Uuid topicId, int partition, long from) {
        return new HashSet<>(settled);
    }
}
