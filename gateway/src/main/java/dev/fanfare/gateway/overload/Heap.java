package dev.fanfare.gateway.overload;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.util.List;

/// What collections leave in the heap. Between two of them nobody knows what is garbage, so what counts is what the
/// last one left in the pools of what stays: the old generation, or the whole heap where there are no generations.
///
/// Not thread-safe.
final class Heap {
    private static final long STALE_NANOS = Duration.ofMinutes(1).toNanos();

    private final List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .filter(pool -> pool.isUsageThresholdSupported() && pool.getCollectionUsage() != null)
            .toList();
    private long left; // bytes
    private long changedNanos = System.nanoTime();

    /// In percent of what may be there; 0 before the first collection.
    double percent() {
        long used = 0;
        long max = 0;
        for (var pool : pools) {
            var usage = pool.getCollectionUsage();
            used += usage.getUsed();
            max += usage.getMax() < 0 ? Runtime.getRuntime().maxMemory() : usage.getMax();
        }
        if (used != left) {
            left = used;
            changedNanos = System.nanoTime();
        }
        return max == 0 ? 0 : 100.0 * used / max;
    }

    /// Has what is left counted anew if that was long ago: with less to do, the collector may not do it by itself for
    /// hours, and nobody would notice that there is room again. Blocks as long as a collection does.
    void refresh() {
        if (System.nanoTime() - changedNanos > STALE_NANOS) {
            changedNanos = System.nanoTime();
            System.gc();
        }
    }
}
