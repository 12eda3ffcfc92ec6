package dev.fanfare.load.hook;

import dev.fanfare.load.check.Fields;
import dev.fanfare.load.check.Interval;
import dev.fanfare.load.check.Measured;
import dev.fanfare.load.wire.Loops;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/// The HTTP server that the dispatcher calls: one address for all endpoints, `/hook/N` for the Nth. Asked by any
/// thread, while the loops run.
public final class Receiver implements AutoCloseable {
    private static final int BACKLOG = 4096;

    private final ServerSocketChannel listener;
    private final Loops<HookLoop> loops;
    private volatile int served; // endpoints

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
        this.loops = new Loops<>(IntStream.range(0, loops)
                .mapToObj(number -> new HookLoop(number, fields))
                .toList());
        this.loops.all().getFirst().accept(listener, this.loops.all());
    }

    public int port() {
        return listener.socket().getLocalPort();
    }

    /// From now on these are called.
    public void serve(List<Endpoint> endpoints) {
        loops.tell(loop -> loop.judge().serve(endpoints));
        served = endpoints.size();
    }

    /// From now on these events are measured, and the loops themselves.
    public void measure(Measured measured) {
        loops.tell(loop -> loop.judge().measure(measured));
        loops.countTicks(true);
    }

    /// The loops themselves no longer are.
    public void stopTicks() {
        loops.countTicks(false);
    }

    /// What has come since this was last asked: deliveries that were accepted, and endpoints in place of sessions.
    public Interval interval() {
        var sum = loops.ask(loop -> loop.judge().interval()).stream().reduce(Interval.NOTHING, Interval::plus);
        return sum.plus(new Interval(Map.of(), List.of(), 0, served, 0));
    }

    /// Calls so far.
    public long receipts() {
        return loops.ask(loop -> loop.judge().receipts()).stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /// What each loop's thread has taken so far, in nanoseconds of CPU.
    public List<Long> cpuNanos() {
        return loops.cpuNanos();
    }

    /// Ends all connections. What follows may be asked afterwards only.
    public void stop() throws InterruptedException {
        loops.stop();
    }

    /// By label.
    public Map<String, HookTally> tallies() {
        var sums = new TreeMap<String, HookTally>();
        loops.all()
                .forEach(loop ->
                        loop.judge().tallies().forEach(tally -> sums.merge(tally.label(), tally, HookTally::plus)));
        return sums;
    }

    /// How late the loops' own timers were, in microseconds.
    public Histogram delay() {
        return loops.delay();
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
}
