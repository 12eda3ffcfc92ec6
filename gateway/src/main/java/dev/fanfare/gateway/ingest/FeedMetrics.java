package dev.fanfare.gateway.ingest;

import dev.fanfare.events.UndecodableException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/// What the feed and the replays count. Thread-safe.
public final class FeedMetrics {
    public final LongAdder events = new LongAdder();
    public final LongAdder bytes = new LongAdder();
    public final LongAdder unrouted = new LongAdder();
    public final LongAdder confluentFramed = new LongAdder();
    public final LongAdder deadLettered = new LongAdder();
    public final LongAdder deadLetterFailures = new LongAdder();
    public final LongAdder chunkReads = new LongAdder();
    public final LongAdder historyBytes = new LongAdder();
    private final Map<UndecodableException.Reason, LongAdder> undecodable =
            new EnumMap<>(UndecodableException.Reason.class);
    private final Map<TopicPartition, Long> lag = new ConcurrentHashMap<>();

    private volatile Consumer<TopicPartition> newPartition = _ -> {};

    public FeedMetrics() {
        for (var reason : UndecodableException.Reason.values()) {
            undecodable.put(reason, new LongAdder());
        }
    }

    /// Records that could not be decoded, by reason.
    public LongAdder undecodable(UndecodableException.Reason reason) {
        return Objects.requireNonNull(undecodable.get(reason));
    }

    /// Records between the feed and the last stable offset, by partition.
    public Map<TopicPartition, Long> lag() {
        return lag;
    }

    /// Has each partition announced when its lag is first known.
    public void onNewPartition(Consumer<TopicPartition> listener) {
        newPartition = listener;
    }

    void lag(TopicPartition partition, long records) {
        if (lag.put(partition, records) == null) {
            newPartition.accept(partition);
        }
    }
}
