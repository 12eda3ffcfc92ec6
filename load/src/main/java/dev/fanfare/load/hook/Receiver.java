package dev.fanfare.load.hook;

import dev.fanfare.load.check.Fields;
import dev.fanfare.load.check.Measured;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/// The HTTP server that the dispatcher calls: one address for all endpoints, `/hook/N` for the Nth. Its methods may be
/// called by one thread, while the loops run.
public final class Receiver implements AutoCloseable {
    private static final int BACKLOG = 4096;

    private final ServerSocketChannel listener;
    private final List<HookLoop> loops;

    /// Listens at once.
    ///
    /// @param address where; port 0: any that is free
    /// @throws UncheckedIOException if it cannot
    public Receiver(InetSocketAddress address, int loops, Fields fields) {
        try {
            listener = ServerSocketChannel.open();
            listener.bind(address, BACKLOG);
            listener.configureBlocking(false);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        this.loops = IntStream.range(0, loops)
                .mapToObj(number -> new HookLoop(number, fields))
                .toList();
        this.loops.forEach(HookLoop::start);
        this.loops.getFirst().accept(listener, this.loops);
    }

    public int port() {
        return listener.socket().getLocalPort();
    }

    /// From now on these are called.
    public void serve(List<Endpoint> endpoints) {
        all(loop -> {
            loop.judge().serve(endpoints);
            return true;
        });
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

    /// Calls so far.
    public long receipts() {
        return all(loop -> loop.judge().receipts()).stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /// What each loop's thread has taken so far, in nanoseconds of CPU.
    public List<Long> cpuNanos() {
        var threads = ManagementFactory.getThreadMXBean();
        return loops.stream()
                .map(loop -> threads.getThreadCpuTime(loop.threadId()))
                .toList();
    }

    /// Ends all connections. What follows may be asked afterwards only.
    public void stop() throws InterruptedException {
        for (var loop : loops) {
            loop.stop();
        }
    }

    /// By label.
    public Map<String, HookTally> tallies() {
        var sums = new TreeMap<String, HookTally>();
        loops.forEach(
                loop -> loop.judge().tallies().forEach(tally -> sums.merge(tally.label(), tally, HookTally::plus)));
        return sums;
    }

    /// How late the loops' own timers were, in microseconds.
    public Histogram delay() {
        var sum = new Histogram(60_000_000L, 3);
        loops.forEach(loop -> sum.add(loop.delay()));
        return sum;
    }

    @Override
    public void close() {
        try {
            stop();
            listener.close();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private <T> List<T> all(Function<HookLoop, T> question) {
        var answers = new ArrayList<CompletableFuture<T>>();
        loops.forEach(loop -> answers.add(loop.ask(() -> question.apply(loop))));
        return answers.stream().map(CompletableFuture::join).toList();
    }
}
