package dev.fanfare.load.run;

import dev.fanfare.load.client.Clients;
import dev.fanfare.load.publish.Source;
import dev.fanfare.load.report.Particulars;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// The special sessions leave at once, and come back at once. What the others notice of it is told apart.
///
/// @param after when they leave, from the measured time's start
/// @param away how long they are away
/// @param rate how many connect per second when they come back
/// @param limit how long they may take to have all that was published while they were away
public record Storm(Duration after, Duration away, double rate, Duration limit) implements Disturbance {
    private static final Duration LOOK = Duration.ofMillis(10);

    @Override
    public Particulars run(Clients clients, Source source, Duration duration) throws InterruptedException {
        Thread.sleep(after);
        var before = clients.latencyOfOthers();
        int left = clients.leave(Integer.MAX_VALUE);
        Thread.sleep(away);
        var ends = source.acknowledgements().ends();
        long missing = clients.missing(ends);
        var untilBack = clients.latencyOfOthers();
        long start = System.nanoTime();
        clients.comeBack(rate);
        boolean caughtUp = false;
        while (!caughtUp && System.nanoTime() - start < limit.toNanos()) {
            Thread.sleep(LOOK);
            caughtUp = clients.count().away() == 0 && clients.missing(ends) == 0;
        }
        long end = System.nanoTime();
        var sent = source.acknowledgements().ends();
        Aside.await(limit, () -> clients.missing(sent) == 0); // what was sent meanwhile counts, however late it comes
        var meanwhile = clients.latencyOfOthers();
        meanwhile.subtract(untilBack);
        var said = new LinkedHashMap<String, Object>();
        said.put("left", left);
        said.put("deliveriesBehind", missing);
        said.put("caughtUp", caughtUp);
        said.put("caughtUpSeconds", Math.round((end - start) / 1e6) / 1e3);
        return Particulars.of(said, latencies(before, meanwhile));
    }

    private static Map<String, Histogram> latencies(Histogram before, Histogram meanwhile) {
        var latencies = new LinkedHashMap<String, Histogram>();
        if (before.getTotalCount() > 0) {
            latencies.put("before", before);
        }
        if (meanwhile.getTotalCount() > 0) {
            latencies.put("meanwhile", meanwhile);
        }
        return latencies;
    }
}
