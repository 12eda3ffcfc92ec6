package dev.fanfare.load.client;

import dev.fanfare.load.check.Sequences;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// What one loop has counted on one transport. Owned by the loop until it has ended.
public final class Tally {
    private static final long LATENCY_MAX_MICROS = 3_600_000_000L;
    private static final int REASONS_MAX = 32;

    private final String label;
    private final Sequences sequences;
    private final Histogram handedOver = histogram();
    private Histogram latency = histogram(); // of what was measured since it was handed over
    private Histogram others = histogram(); // the same of all other events
    private final Map<String, Integer> reasons = new TreeMap<>();
    int ready;
    int open;
    int lost;
    long handedOverReceipts;
    long receipts;
    long bytes;
    long reportedGaps;
    long strays;
    long unmarked;
    long early;
    long lastMicros;

    Tally(String label, Sequences sequences) {
        this.label = label;
        this.sequences = sequences;
    }

    /// As reports call those whose it is.
    public String label() {
        return label;
    }

    /// Of the sessions, each channel of each: from a session's first on.
    public Sequences sequences() {
        return sequences;
    }

    /// Receipt less intended time of what was to be sent within the measured time, in microseconds.
    public Histogram latency() {
        var all = handedOver.copy();
        all.add(latency);
        return all;
    }

    /// What has come since this was last asked. The histograms are given away: the next ones are new.
    Interval interval() {
        long count = receipts - handedOverReceipts;
        handedOverReceipts = receipts;
        var measured = Map.<String, Histogram>of();
        if (latency.getTotalCount() > 0) {
            handedOver.add(latency);
            measured = Map.of(label, latency);
            latency = histogram();
        }
        var rest = List.<Histogram>of();
        if (others.getTotalCount() > 0) {
            rest = List.of(others);
            others = histogram();
        }
        return new Interval(measured, rest, count, open, wrong());
    }

    private long wrong() {
        return lost + sequences.gaps() + sequences.duplicates() + sequences.reorderings() + strays + reportedGaps;
    }

    private static Histogram histogram() {
        return new Histogram(LATENCY_MAX_MICROS, 3);
    }

    /// Sessions that were open.
    public int ready() {
        return ready;
    }

    /// Sessions that were refused, or ended before they were told to.
    public int lost() {
        return lost;
    }

    /// Why they were lost, and how many for each reason.
    public Map<String, Integer> reasons() {
        return reasons;
    }

    /// All events, also those outside of the measured time.
    public long receipts() {
        return receipts;
    }

    public long bytes() {
        return bytes;
    }

    /// Gaps that the server itself has told.
    public long reportedGaps() {
        return reportedGaps;
    }

    /// Events of a channel that the session does not subscribe to.
    public long strays() {
        return strays;
    }

    /// Events without a marker: not ours, and not checked.
    public long unmarked() {
        return unmarked;
    }

    /// Events that came before they were sent: two clocks differ.
    public long early() {
        return early;
    }

    /// When the last one within the measured time came.
    public long lastMicros() {
        return lastMicros;
    }

    void lose(@Nullable String reason) {
        lost++;
        var text = reason == null ? "unknown" : reason;
        reasons.merge(reasons.size() < REASONS_MAX || reasons.containsKey(text) ? text : "others", 1, Integer::sum);
    }

    void measure(long latencyMicros, long now) {
        if (latencyMicros < 0) {
            early++;
        }
        latency.recordValue(Math.clamp(latencyMicros, 0, LATENCY_MAX_MICROS));
        lastMicros = now;
    }

    /// An event that was not to be sent within the measured time.
    void pass(long latencyMicros) {
        others.recordValue(Math.clamp(latencyMicros, 0, LATENCY_MAX_MICROS));
    }
}
