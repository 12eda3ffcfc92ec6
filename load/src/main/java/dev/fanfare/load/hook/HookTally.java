package dev.fanfare.load.hook;

import dev.fanfare.load.check.Interval;
import dev.fanfare.load.check.Latencies;
import java.util.List;
import org.HdrHistogram.Histogram;

/// What one loop has counted at the endpoints that fail alike. Owned by the loop until it has ended.
public final class HookTally {
    private static final long LATENCY_MAX_MICROS = 3_600_000_000L;

    private final String label;
    private final Latencies accepted = new Latencies();
    private final Histogram first = new Histogram(LATENCY_MAX_MICROS, 3);
    private long taken; // deliveries, also those that are not measured
    private long takenBefore; // when it was last asked
    long attempts;
    long retries;
    long duplicates;
    long repeated;
    long failures;
    long givenUp;
    long wrongSignatures;
    long changedIds;
    long strays;
    long unmarked;
    long early;
    long bytes;
    long lastMicros;

    HookTally(String label) {
        this.label = label;
    }

    /// As reports call the endpoints.
    public String label() {
        return label;
    }

    /// First accepted call less intended time, of what was to be sent within the measured time, in microseconds.
    public Histogram accepted() {
        return accepted.measured();
    }

    /// What has come since this was last asked.
    Interval interval() {
        long count = taken - takenBefore;
        takenBefore = taken;
        return accepted.interval(label, count, 0, wrongSignatures + changedIds + strays);
    }

    /// The same for the first call, whatever its answer.
    public Histogram first() {
        return first;
    }

    /// All calls.
    public long attempts() {
        return attempts;
    }

    /// Calls of events that were not accepted before.
    public long retries() {
        return retries;
    }

    /// Calls of events beside one that was open still, or behind one that was accepted late.
    public long duplicates() {
        return duplicates;
    }

    /// Calls of events that had been accepted at once.
    public long repeated() {
        return repeated;
    }

    /// Calls that were not taken as the script says, also those that were late.
    public long failures() {
        return failures;
    }

    /// Calls that the dispatcher has ended before their answer.
    public long givenUp() {
        return givenUp;
    }

    public long wrongSignatures() {
        return wrongSignatures;
    }

    /// Calls with another `webhook-id` than the event had before.
    public long changedIds() {
        return changedIds;
    }

    /// Calls of a channel, or an event, that the endpoint was not to get.
    public long strays() {
        return strays;
    }

    /// Calls without a marker: not ours, and not checked.
    public long unmarked() {
        return unmarked;
    }

    /// Events that came before they were sent: two clocks differ.
    public long early() {
        return early;
    }

    public long bytes() {
        return bytes;
    }

    /// When the last one within the measured time was accepted.
    public long lastMicros() {
        return lastMicros;
    }

    void accept(long latencyMicros, long now, boolean measured) {
        taken++;
        if (measured) {
            early += latencyMicros < 0 ? 1 : 0;
            accepted.measure(latencyMicros);
            lastMicros = now;
        } else {
            accepted.pass(latencyMicros);
        }
    }

    void first(long latencyMicros) {
        first.recordValue(Math.clamp(latencyMicros, 0, LATENCY_MAX_MICROS));
    }

    HookTally plus(HookTally other) {
        var sum = new HookTally(label);
        for (var one : List.of(this, other)) {
            sum.accepted.add(one.accepted);
            sum.first.add(one.first);
            sum.attempts += one.attempts;
            sum.retries += one.retries;
            sum.duplicates += one.duplicates;
            sum.repeated += one.repeated;
            sum.failures += one.failures;
            sum.givenUp += one.givenUp;
            sum.wrongSignatures += one.wrongSignatures;
            sum.changedIds += one.changedIds;
            sum.strays += one.strays;
            sum.unmarked += one.unmarked;
            sum.early += one.early;
            sum.bytes += one.bytes;
            sum.lastMicros = Math.max(sum.lastMicros, one.lastMicros);
        }
        return sum;
    }
}
