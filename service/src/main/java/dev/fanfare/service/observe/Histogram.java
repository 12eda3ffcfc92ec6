package dev.fanfare.service.observe;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// How long something took, counted in buckets that are the same on every node, so that nodes can be added up.
///
/// Threads: any. What is recorded costs two additions to striped counters, and no allocation.
public final class Histogram {
    private final long[] boundsMillis;
    private final LongAdder[] counts; // of each bucket alone; the last is for what is above all bounds
    private final LongAdder sumMillis = new LongAdder();

    /// @param bounds of the buckets, each inclusive, in ascending order; what is longer is counted, too
    public Histogram(List<Duration> bounds) {
        boundsMillis = bounds.stream().mapToLong(Duration::toMillis).toArray();
        counts = new LongAdder[boundsMillis.length + 1];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /// Records that something took so long.
    ///
    /// @param millis below 0 is 0, as when a clock was set back
    /// @param times how often
    public void record(long millis, int times) {
        int bucket = 0;
        while (bucket < boundsMillis.length && millis > boundsMillis[bucket]) {
            bucket++;
        }
        counts[bucket].add(times);
        sumMillis.add(Math.max(0, millis) * times);
    }

    /// How many buckets have a bound.
    int bounds() {
        return boundsMillis.length;
    }

    /// Of a bucket, in seconds.
    double bound(int bucket) {
        return boundsMillis[bucket] / 1000.0;
    }

    /// What one bucket holds, without those below it.
    long count(int bucket) {
        return counts[bucket].sum();
    }

    double sumSeconds() {
        return sumMillis.sum() / 1000.0;
    }
}
