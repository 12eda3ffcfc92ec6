package dev.fanfare.load.client;

import dev.fanfare.load.check.Interval;
import dev.fanfare.load.check.Latencies;
import dev.fanfare.load.check.Sequences;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// What one loop has counted on one transport. Owned by the loop until it has ended.
public final class Tally {
    private static final int REASONS_MAX = 32;

    private final String label;
    private final Sequences sequences;
    private final Latencies latencies = new Latencies();
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
        return latencies.measured();
    }

    /// What has come since this was last asked. The histograms are given away: the next ones are new.
    Interval interval() {
        long count = receipts - handedOverReceipts;
        handedOverReceipts = receipts;
        return latencies.interval(label, count, open, wrong());
    }

    private long wrong() {
        return lost + sequences.gaps() + sequences.duplicates() + sequences.reorderings() + strays + reportedGaps;
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
        latencies.measure(latencyMicros);
        lastMicros = now;
    }

    /// An event that was not to be sent within the measured time.
    void pass(long latencyMicros) {
        latencies.pass(latencyMicros);
    }
}
