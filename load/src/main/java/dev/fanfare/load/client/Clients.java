package dev.fanfare.load.client;

import dev.fanfare.load.check.Measured;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/// All sessions of a run. Its methods may be called by one thread, while the loops run.
public final class Clients {
    private final List<EventLoop> loops;

    private Clients(List<EventLoop> loops) {
        this.loops = loops;
    }

    /// Begins to connect.
    public static Clients start(Target target, Crowd crowd, InetSocketAddress server) {
        var loops = IntStream.range(0, crowd.loops())
                .mapToObj(number -> new EventLoop(number, target, crowd, server))
                .toList();
        loops.forEach(EventLoop::start);
        return new Clients(loops);
    }

    public Crowded count() {
        return all(EventLoop::count).stream().reduce(new Crowded(0, 0, 0, 0, 0), Crowded::plus);
    }

    /// From now on these events are measured, and the loops themselves.
    public void measure(Measured measured) {
        all(loop -> {
            loop.measure(measured);
            return true;
        });
    }

    /// The loops themselves no longer are.
    public void stopTicks() {
        all(loop -> {
            loop.stopTicks();
            return true;
        });
    }

    /// Events that were acknowledged, by channel, and have not come yet.
    public long missing(long[] ends) {
        return all(loop -> loop.missing(ends)).stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    public Map<String, Long> tails(long[] ends) {
        var sums = new TreeMap<String, Long>();
        all(loop -> loop.tails(ends))
                .forEach(tails -> tails.forEach((label, tail) -> sums.merge(label, tail, Long::sum)));
        return sums;
    }

    /// So many special sessions end their connections, without a word, in turn. How many have.
    public int leave(int atMost) {
        int left = 0;
        for (int i = 0; i < loops.size(); i++) {
            var loop = loops.get(i);
            int part = (atMost - left + loops.size() - i - 1) / (loops.size() - i);
            left += loop.ask(() -> loop.leave(part)).join();
        }
        return left;
    }

    /// Those that have left connect again, so many per second, and go on behind their cursors.
    public void comeBack(double perSecond) {
        all(loop -> {
            loop.comeBack(perSecond);
            return true;
        });
    }

    /// The special sessions read so many bytes per second from now on.
    public void slow(long bytesPerSecond) {
        all(loop -> {
            loop.slow(bytesPerSecond);
            return true;
        });
    }

    /// They read as fast as they can again.
    public void fast() {
        all(loop -> {
            loop.fast();
            return true;
        });
    }

    /// What each loop's thread has taken so far, in nanoseconds of CPU.
    public List<Long> cpuNanos() {
        var threads = ManagementFactory.getThreadMXBean();
        return loops.stream()
                .map(loop -> threads.getThreadCpuTime(loop.threadId()))
                .toList();
    }

    /// Ends all sessions. What follows may be asked afterwards only.
    public void stop() throws InterruptedException {
        for (var loop : loops) {
            loop.stop();
        }
    }

    public List<Tally> tallies() {
        return loops.stream().flatMap(loop -> loop.tallies().stream()).toList();
    }

    /// How late the loops' own timers were, in microseconds.
    public Histogram delay() {
        var sum = new Histogram(60_000_000L, 3);
        loops.forEach(loop -> sum.add(loop.delay()));
        return sum;
    }

    private <T> List<T> all(Function<EventLoop, T> question) {
        var answers = new ArrayList<CompletableFuture<T>>();
        loops.forEach(loop -> answers.add(loop.ask(() -> question.apply(loop))));
        return answers.stream().map(CompletableFuture::join).toList();
    }
}
