package dev.fanfare.webhook.ingest;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/// What the intake counts. Thread-safe.
public final class IntakeMetrics {
    public final LongAdder records = new LongAdder();
    public final LongAdder undecodable = new LongAdder();
    public final LongAdder unrouted = new LongAdder();
    public final LongAdder unmatched = new LongAdder();
    public final LongAdder jobs = new LongAdder();
    public final LongAdder rematched = new LongAdder();
    public final LongAdder commits = new LongAdder();
    public final LongAdder lostRanges = new LongAdder();
    private final Set<TopicPartition> known = new HashSet<>(); // intake thread only
    private volatile Consumer<TopicPartition> newPartition = _ -> {};

    /// Has each partition announced when this node reads it for the first time.
    public void onNewPartition(Consumer<TopicPartition> listener) {
        newPartition = listener;
    }

    void reads(TopicPartition partition) {
        if (known.add(partition)) {
            newPartition.accept(partition);
        }
    }
}
