package dev.fanfare.load.wire;

import dev.fanfare.load.check.Micros;
import org.HdrHistogram.Histogram;

/// A timer that measures how late its own thread comes to look at it: what the machine, or the loop's own work, adds to
/// each latency that the loop measures.
final class Ticks {
    private static final long PERIOD_MICROS = 10_000;

    private final Histogram delay = new Histogram(60_000_000L, 3);
    private long due = Micros.now();
    private boolean counts;

    /// From now on, or no longer.
    void count(boolean on, long now) {
        counts = on;
        due = now + PERIOD_MICROS;
    }

    /// How long the loop may wait, at least one millisecond.
    long waitMillis(long now) {
        return Math.clamp((due - now + 999) / 1000, 1, PERIOD_MICROS / 1000);
    }

    void look(long now) {
        if (now >= due) {
            if (counts) {
                delay.recordValue(Math.min(now - due, 60_000_000L));
            }
            due = now + PERIOD_MICROS;
        }
    }

    /// In microseconds.
    Histogram delay() {
        return delay;
    }
}
