package dev.fanfare.webhook.ingest;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.webhook.journal.Positions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// Finds out what may be committed. First the frontiers are noted and stored, then the registry is brought up to date,
/// then events
/// that were matched with an older one are matched again; only what is settled even then is committed. So an event that
/// came after an endpoint was created is never committed without it.
///
/// Threads: one of its own, that waits for the store; the intake takes what it has found.
final class Settler implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Settler.class.getName());
    private static final Duration PAUSE = Duration.ofMillis(20); // between two, however much there is to do

    private final Duration every;
    private final Freshness freshness;
    private final Positions positions;
    private final Map<TopicPartition, Long> ready = new ConcurrentHashMap<>();
    private final Semaphore nudges = new Semaphore(0);
    private final Thread thread = Thread.ofPlatform().name("settler").daemon().unstarted(this::run);
    private volatile @Nullable Windows windows;
    private volatile boolean closing;

    @GuardedBy("this")
    private final Map<Place, Long> remembered = new HashMap<>(); // by this node

    private record Topic(Uuid id, String name) {}

    private record Place(Topic topic, int partition) {}

    /// @param every how often at the latest
    Settler(Duration every, Freshness freshness, Positions positions) {
        this.every = every;
        this.freshness = freshness;
        this.positions = positions;
    }

    void start(Windows all) {
        windows = all;
        thread.start();
    }

    /// Sooner than planned, please.
    void nudge() {
        nudges.release();
    }

    /// What was found to be ready since the last call: everything before that offset may be committed.
    Map<TopicPartition, Long> takeReady() {
        var taken = new HashMap<TopicPartition, Long>();
        for (var partition : List.copyOf(ready.keySet())) {
            var offset = ready.remove(partition);
            if (offset != null) {
                taken.put(partition, offset);
            }
        }
        return taken;
    }

    private void run() {
        boolean away = false;
        while (!closing) {
            try {
                nudges.tryAcquire(every.toMillis(), TimeUnit.MILLISECONDS);
                nudges.drainPermits();
                prepare();
                if (away) {
                    LOG.log(System.Logger.Level.INFO, "the store answers again");
                }
                away = false;
                Thread.sleep(PAUSE);
            } catch (InterruptedException stop) {
                return;
            } catch (RuntimeException storeAway) {
                if (!away) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "the store is away, nothing is committed: "
                                    + storeAway.getClass().getSimpleName());
                }
                away = true;
            }
        }
    }

    /// Blocks; any thread, one at a time.
    ///
    /// @throws RuntimeException while the store is away
    synchronized void prepare() {
        var all = windows;
        if (all == null) {
            return;
        }
        var frontiers = all.frontiers();
        // first, so that an endpoint that is stored from now on is told of a frontier that no commit is ahead of
        remember(all, frontiers);
        if (!frontiers.isEmpty()) {
            all.matchAgain(freshness.refresh());
        }
        var settled = new HashMap<TopicPartition, Long>();
        frontiers.forEach((partition, before) -> {
            var window = all.get(partition);
            if (window != null) {
                settled.put(partition, Math.min(before, window.frontier()));
            }
        });
        remember(all, settled);
        ready.putAll(settled);
    }

    /// For the day when Kafka has lost the group's offsets, and for those who ask how far all is settled.
    ///
    /// @param frontiers where they have moved
    @GuardedBy("this")
    private void remember(Windows all, Map<TopicPartition, Long> frontiers) {
        var moved = new HashMap<Topic, Map<Integer, Long>>();
        for (var partition : all.partitions()) {
            var window = all.get(partition);
            if (window != null) {
                long offset = frontiers.getOrDefault(partition, window.committed());
                var topic = new Topic(window.topicId, partition.topic());
                if (!Objects.equals(remembered.get(new Place(topic, partition.partition())), offset)) {
                    moved.computeIfAbsent(topic, _ -> new HashMap<>()).put(partition.partition(), offset);
                }
            }
        }
        for (var one : moved.entrySet()) {
            var topic = one.getKey();
            positions.store(topic.id, topic.name, one.getValue());
            for (var offset : one.getValue().entrySet()) {
                remembered.put(new Place(topic, offset.getKey()), offset.getValue());
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        nudge();
        try {
            thread.join(5_000); // unlike the other join, none for a thread that was not started
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
