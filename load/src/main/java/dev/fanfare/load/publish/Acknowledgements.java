package dev.fanfare.load.publish;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// What was taken over by whom the events were sent to, and so has to come. Safe for any thread.
public final class Acknowledgements {
    private static final long LATENCY_MAX_MICROS = 3_600_000_000L;

    @GuardedBy("this")
    private final long[] ends;

    @GuardedBy("this")
    private final Histogram latency = new Histogram(LATENCY_MAX_MICROS, 3);

    @GuardedBy("this")
    private long count;

    @GuardedBy("this")
    private long failures;

    @GuardedBy("this")
    private @Nullable String firstFailure;

    public Acknowledgements(int channels) {
        ends = new long[channels];
    }

    synchronized void acknowledge(int channel, long sequence, long latencyMicros) {
        ends[channel] = Math.max(ends[channel], sequence + 1);
        latency.recordValue(Math.clamp(latencyMicros, 0, LATENCY_MAX_MICROS));
        count++;
    }

    /// What another process has counted of a whole schedule.
    synchronized void acknowledge(Schedule schedule, Histogram latencies) {
        for (long event = Math.max(0, schedule.count() - ends.length); event < schedule.count(); event++) {
            int channel = schedule.channel(event);
            ends[channel] = Math.max(ends[channel], schedule.sequence(event) + 1);
        }
        latency.add(latencies);
        count += latencies.getTotalCount();
    }

    synchronized void fail(@Nullable String why) {
        failures++;
        firstFailure = firstFailure == null ? String.valueOf(why) : firstFailure;
    }

    /// By channel, behind the last event that was acknowledged.
    public synchronized long[] ends() {
        return ends.clone();
    }

    public synchronized long count() {
        return count;
    }

    /// Events that may come or not.
    public synchronized long failures() {
        return failures;
    }

    public synchronized Optional<String> firstFailure() {
        return Optional.ofNullable(firstFailure);
    }

    /// Acknowledgement less intended time, in microseconds.
    public synchronized Histogram latency() {
        return latency.copy();
    }
}
