package dev.fanfare.gateway.ingest;

import dev.fanfare.events.UndecodableException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/// What the feed and the replays count. Thread-safe.
public final class FeedMetrics {
    private static final Duration LAG_SAMPLED = Duration.ofSeconds(1);

    public final LongAdder events = new LongAdder();
    public final LongAdder bytes = new LongAdder();
    public final LongAdder unrouted = new LongAdder();
    public final LongAdder confluentFramed = new LongAdder();
    public final LongAdder deadLettered = new LongAdder();
    public final LongAdder deadLetterFailures = new LongAdder();
    public final LongAdder misplaced = new LongAdder();
    public final LongAdder chunkReads = new LongAdder();
    public final LongAdder historyBytes = new LongAdder();
    private final Map<UndecodableException.Reason, LongAdder> undecodable =
            new EnumMap<>(UndecodableException.Reason.class);
    private final Map<TopicPartition, Long> lag = new ConcurrentHashMap<>();

    private volatile java.util.function.Consumer<TopicPartition> newPartition = _ -> {};
    private long lagSampledNanos;

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

    /// The same of all partitions together.
    public long lagOfAll() {
        return lag.values().stream().mapToLong(Long::longValue).sum();
    }

    /// Has each partition announced when its lag is first known.
    public void onNewPartition(java.util.function.Consumer<TopicPartition> listener) {
        newPartition = listener;
    }

    /// Looks at the lags once a second. Feed thread only.
    void sampleLag(Consumer<?, ?> feed, long nowNanos) {
        if (nowNanos - lagSampledNanos > LAG_SAMPLED.toNanos()) {
            lagSampledNanos = nowNanos;
            var read = feed.assignment();
            lag.replaceAll((partition, records) -> read.contains(partition) ? records : 0L);
            for (var partition : read) {
                feed.currentLag(partition).ifPresent(records -> {
                    if (lag.put(partition, records) == null) {
                        newPartition.accept(partition);
                    }
                });
            }
        }
    }
}
