package dev.fanfare.load.check;

import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// Latencies that one loop counts under one label, in microseconds. They are given away each second, so that who looks
/// at them costs the loop nothing, and are kept in sum. Owned by the loop until it has ended.
public final class Latencies {
    private static final long MAX_MICROS = 3_600_000_000L;

    private final Histogram givenAway = histogram();
    private Histogram measured = histogram(); // since then
    private Histogram others = histogram(); // likewise

    /// To add up what others have counted.
    public static Histogram none() {
        return histogram();
    }

    private static Histogram histogram() {
        return new Histogram(MAX_MICROS, 3);
    }

    /// Of an event that was to be sent within the measured time.
    public void measure(long micros) {
        measured.recordValue(Math.clamp(micros, 0, MAX_MICROS));
    }

    /// Of any other.
    public void pass(long micros) {
        others.recordValue(Math.clamp(micros, 0, MAX_MICROS));
    }

    public void add(Latencies more) {
        measured.add(more.measured());
    }

    /// All that were measured.
    public Histogram measured() {
        var all = givenAway.copy();
        all.add(measured);
        return all;
    }

    /// What has come since this was last asked. The histograms are given away: the next ones are new.
    ///
    /// @param label whose they are
    /// @param receipts as [Interval] has them, and so on
    public Interval interval(String label, long receipts, int open, long wrong) {
        var these = Map.<String, Histogram>of();
        if (measured.getTotalCount() > 0) {
            givenAway.add(measured);
            these = Map.of(label, measured);
            measured = histogram();
        }
        var rest = List.<Histogram>of();
        if (others.getTotalCount() > 0) {
            rest = List.of(others);
            others = histogram();
        }
        return new Interval(these, rest, receipts, open, wrong);
    }
}
