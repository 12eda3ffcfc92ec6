package dev.fanfare.gateway.ingest;

import dev.fanfare.gateway.channel.HistoryUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Asks Kafka where the partitions end that the feed does not read: cursors name them all the same. Its thread only
/// asks; the feed takes what it has found.
final class HeadWatch implements AutoCloseable {
    private final Offsets offsets;
    private final Duration every;
    private final Runnable found;
    private final Semaphore hurry = new Semaphore(0);
    private final AtomicReference<@Nullable Map<TopicPartition, Long>> news = new AtomicReference<>();
    private volatile List<TopicPartition> watched = List.of();
    private final Thread thread = Thread.ofVirtual().name("head-watch").unstarted(this::run);

    /// @param found called when there is news
    HeadWatch(Offsets offsets, Duration every, Runnable found) {
        this.offsets = offsets;
        this.every = every;
        this.found = found;
        thread.start();
    }

    /// Which partitions to ask for.
    void watch(List<TopicPartition> partitions) {
        watched = partitions;
    }

    /// Asks at once.
    void hurry() {
        hurry.release();
    }

    /// The ends that were found since the last call; null if none were.
    @Nullable
    Map<TopicPartition, Long> takeNews() {
        return news.getAndSet(null);
    }

    private void run() {
        try {
            while (true) {
                if (hurry.tryAcquire(every.toNanos(), TimeUnit.NANOSECONDS)) {
                    hurry.drainPermits();
                }
                try {
                    news.set(offsets.ends(watched));
                    found.run();
                } catch (HistoryUnavailableException away) {
                    Thread.sleep(every); // TopicWatch says so; what was hurried for waits, and is told so
                    hurry.release();
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
