package dev.fanfare.load.client;

import dev.fanfare.load.check.Interval;
import dev.fanfare.load.check.Latencies;
import dev.fanfare.load.check.Measured;
import dev.fanfare.load.wire.Loops;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/// All sessions of a run. Asked by any thread, while the loops run.
public final class Clients {
    private final Loops<EventLoop> loops;

    private Clients(Loops<EventLoop> loops) {
        this.loops = loops;
    }

    /// Begins to connect.
    public static Clients start(Target target, Crowd crowd, InetSocketAddress server) {
        var loops = IntStream.range(0, crowd.loops())
                .mapToObj(number -> new EventLoop(number, target, crowd, server))
                .toList();
        return new Clients(new Loops<>(loops));
    }

    public Crowded count() {
        return loops.ask(EventLoop::count).stream().reduce(new Crowded(0, 0, 0, 0, 0), Crowded::plus);
    }

    /// What has come since this was last asked.
    public Interval interval() {
        return loops.ask(EventLoop::interval).stream().reduce(Interval.NOTHING, Interval::plus);
    }

    /// From now on these events are measured, and the loops themselves.
    public void measure(Measured measured) {
        loops.tell(loop -> loop.measure(measured));
        loops.countTicks(true);
    }

    /// The loops themselves no longer are.
    public void stopTicks() {
        loops.countTicks(false);
    }

    /// Events that were acknowledged, by channel, and have not come yet.
    public long missing(long[] ends) {
        return loops.ask(loop -> loop.missing(ends)).stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    public Map<String, Long> tails(long[] ends) {
        var sums = new TreeMap<String, Long>();
        loops.ask(loop -> loop.tails(ends))
                .forEach(tails -> tails.forEach((label, tail) -> sums.merge(label, tail, Long::sum)));
        return sums;
    }

    /// Receipt less intended time of what has come so far to sessions that nothing special is done to, and was to be
    /// sent within the measured time, in microseconds. The asker's own.
    public Histogram latencyOfOthers() {
        var sum = Latencies.none();
        loops.ask(EventLoop::latencyOfOthers).forEach(sum::add);
        return sum;
    }

    /// So many special sessions end their connections, without a word, in turn. How many have.
    public int leave(int atMost) {
        int left = 0;
        var all = loops.all();
        for (int i = 0; i < all.size(); i++) {
            var one = all.get(i);
            int part = (atMost - left + all.size() - i - 1) / (all.size() - i);
            left += one.loop().ask(() -> one.leave(part)).join();
        }
        return left;
    }

    /// Those that have left connect again, so many per second, and go on behind their cursors.
    public void comeBack(double perSecond) {
        loops.tell(loop -> loop.comeBack(perSecond));
    }

    /// The special sessions read so many bytes per second from now on.
    public void slow(long bytesPerSecond) {
        loops.tell(loop -> loop.slow(bytesPerSecond));
    }

    /// They read as fast as they can again.
    public void fast() {
        loops.tell(loop -> loop.fast());
    }

    /// What each loop's thread has taken so far, in nanoseconds of CPU.
    public List<Long> cpuNanos() {
        return loops.cpuNanos();
    }

    /// Ends all sessions. What follows may be asked afterwards only.
    public void stop() throws InterruptedException {
        loops.stop();
    }

    public List<Tally> tallies() {
        return loops.all().stream().flatMap(loop -> loop.tallies().stream()).toList();
    }

    /// How late the loops' own timers were, in microseconds.
    public Histogram delay() {
        return loops.delay();
    }
}
