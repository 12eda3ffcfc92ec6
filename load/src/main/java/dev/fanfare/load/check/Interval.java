package dev.fanfare.load.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/// What has come since this was last asked for. The histograms are the asker's own.
///
/// @param measured latencies within the measured time, by label, in microseconds; none without events
/// @param others latencies of all other events
/// @param receipts events
/// @param open sessions that are
/// @param wrong all that is wrong since the beginning: a gap may close still
public record Interval(Map<String, Histogram> measured, List<Histogram> others, long receipts, int open, long wrong) {
    public static final Interval NOTHING = new Interval(Map.of(), List.of(), 0, 0, 0);

    public Interval plus(Interval more) {
        var all = new TreeMap<>(measured);
        more.measured.forEach((label, latency) -> all.merge(label, latency, (one, other) -> {
            one.add(other);
            return one;
        }));
        var rest = new ArrayList<>(others);
        rest.addAll(more.others);
        return new Interval(all, rest, receipts + more.receipts, open + more.open, wrong + more.wrong);
    }
}
