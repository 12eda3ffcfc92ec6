package dev.fanfare.load.report;

import dev.fanfare.load.client.Tally;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/// The outcome of one transport, or of those of its sessions that something special was done to.
///
/// @param receipts within the measured time: as many as `latency` holds
/// @param missing acknowledged, and not there when the drain was over
/// @param latency in microseconds
public record Row(
        String transport,
        int sessions,
        int lost,
        long receipts,
        long gaps,
        long duplicates,
        long reorderings,
        long missing,
        long reportedGaps,
        long strays,
        long unmarked,
        long early,
        long bytes,
        long lastMicros,
        Histogram latency) {

    /// One per transport.
    public static List<Row> of(Collection<Tally> tallies, Map<String, Long> tails) {
        var rows = new TreeMap<String, Row>();
        for (var tally : tallies) {
            rows.merge(tally.label(), of(tally), (one, other) -> one.plus(one.transport, other));
        }
        tails.forEach((label, tail) -> rows.computeIfPresent(label, (_, row) -> row.missing(tail)));
        return List.copyOf(rows.values());
    }

    /// One per transport of several runs.
    static List<Row> sums(Collection<Row> rows) {
        var sums = new TreeMap<String, Row>();
        rows.forEach(row -> sums.merge(row.transport, row, (one, other) -> one.plus(one.transport, other)));
        return List.copyOf(sums.values());
    }

    public static Row total(Collection<Row> rows) {
        return rows.stream()
                .reduce((one, other) -> one.plus("all", other))
                .orElseThrow(() -> new IllegalArgumentException("no transport"));
    }

    /// How many deliveries are wrong in some way.
    public long wrong() {
        return gaps + duplicates + reorderings + missing + strays + reportedGaps;
    }

    private static Row of(Tally tally) {
        return new Row(
                tally.label(),
                tally.ready(),
                tally.lost(),
                tally.latency().getTotalCount(),
                tally.sequences().gaps(),
                tally.sequences().duplicates(),
                tally.sequences().reorderings(),
                0,
                tally.reportedGaps(),
                tally.strays(),
                tally.unmarked(),
                tally.early(),
                tally.bytes(),
                tally.lastMicros(),
                tally.latency());
    }

    private Row missing(long count) {
        return new Row(
                transport,
                sessions,
                lost,
                receipts,
                gaps,
                duplicates,
                reorderings,
                count,
                reportedGaps,
                strays,
                unmarked,
                early,
                bytes,
                lastMicros,
                latency);
    }

    private Row plus(String name, Row other) {
        var sum = new Histogram(latency);
        Arrays.asList(latency, other.latency).forEach(sum::add);
        return new Row(
                name,
                sessions + other.sessions,
                lost + other.lost,
                receipts + other.receipts,
                gaps + other.gaps,
                duplicates + other.duplicates,
                reorderings + other.reorderings,
                missing + other.missing,
                reportedGaps + other.reportedGaps,
                strays + other.strays,
                unmarked + other.unmarked,
                early + other.early,
                bytes + other.bytes,
                Math.max(lastMicros, other.lastMicros),
                sum);
    }
}
