package dev.fanfare.webhook.ingest;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.endpoint.Registry;
import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.journal.Entry;
import dev.fanfare.webhook.journal.Journal;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// What is in flight of the partitions that this node reads, and how events become jobs. Thread-safe.
final class Windows {
    /// Bytes of data; a larger event is dead-lettered.
    static final int EVENT_MAX = 256 * 1024;

    private final IntakeSettings settings;
    private final Registry registry;
    private final Lanes lanes;
    private final Journal journal;
    private final IntakeMetrics metrics;
    private final Runnable pressure;
    private final Map<TopicPartition, Window> windows = new ConcurrentHashMap<>();

    /// @param pressure run when a window fills up
    Windows(
            IntakeSettings settings,
            Registry registry,
            Lanes lanes,
            Journal journal,
            IntakeMetrics metrics,
            Runnable pressure) {
        this.settings = settings;
        this.registry = registry;
        this.lanes = lanes;
        this.journal = journal;
        this.metrics = metrics;
        this.pressure = pressure;
    }

    void open(TopicPartition partition, Window window) {
        windows.put(partition, window);
    }

    @Nullable
    Window get(TopicPartition partition) {
        return windows.get(partition);
    }

    Collection<TopicPartition> partitions() {
        return List.copyOf(windows.keySet());
    }

    /// Lets go of a partition; its live jobs that are not being called are forgotten.
    void drop(TopicPartition partition) {
        var window = windows.remove(partition);
        if (window != null) {
            lanes.release(window.topicId, partition.partition());
        }
    }

    /// Forgets the partition's live jobs that are not being called.
    ///
    /// @return how many these were
    int release(TopicPartition partition) {
        var window = windows.get(partition);
        return window == null ? 0 : lanes.release(window.topicId, partition.partition());
    }

    /// Deliveries of a partition that are not settled.
    long pending(TopicPartition partition) {
        var window = windows.get(partition);
        return window == null ? 0 : window.pending();
    }

    /// Makes jobs of a message for whoever the registry matches.
    void take(Window window, Message message) {
        var match = registry.match(message);
        if (match.endpoints().isEmpty()) {
            metrics.unmatched.increment();
        }
        var event = new InFlight(message);
        offer(window, event, window.add(event, match.version(), match.endpoints()));
    }

    /// Makes jobs for endpoints that have come since events were matched.
    ///
    /// @param version that the registry has reached
    void matchAgain(long version) {
        for (var window : windows.values()) {
            for (var event : window.olderThan(version)) {
                var match = registry.match(event.message);
                var fresh = window.match(event, match.version(), match.endpoints());
                metrics.rematched.add(fresh.size());
                offer(window, event, fresh);
            }
        }
    }

    private void offer(Window window, InFlight event, List<EndpointId> endpoints) {
        Message message = event.message;
        boolean tooLarge = message.event().dataLength() > EVENT_MAX;
        for (var endpoint : endpoints) {
            metrics.jobs.increment();
            var job = Job.live(message, endpoint, _ -> {
                window.settle(event);
                if (isHalfFull(window)) {
                    pressure.run();
                }
            });
            if (tooLarge) {
                journal.write(Entry.of(job, new Disposition.Ended(Reason.TOO_LARGE, true)));
            } else {
                lanes.offerLive(job);
            }
        }
    }

    private boolean isHalfFull(Window window) {
        return 2 * window.events() > settings.events() || 2 * window.pending() > settings.deliveries();
    }

    /// Whether no more is to be read of a partition for now.
    boolean isFull(Window window) {
        return window.events() >= settings.events()
                || window.pending() >= settings.deliveries()
                || windows.values().stream().mapToLong(Window::bytes).sum() > settings.bytes();
    }

    /// The first offset of each partition that is not settled, where it has moved since the last commit.
    Map<TopicPartition, Long> frontiers() {
        var frontiers = new HashMap<TopicPartition, Long>();
        windows.forEach((partition, window) -> {
            long frontier = window.frontier();
            if (frontier > window.committed()) {
                frontiers.put(partition, frontier);
            }
        });
        return frontiers;
    }
}
