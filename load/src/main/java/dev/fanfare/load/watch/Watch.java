package dev.fanfare.load.watch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.load.check.Interval;
import dev.fanfare.load.check.Measured;
import dev.fanfare.load.check.Micros;
import dev.fanfare.load.publish.Acknowledgements;
import dev.fanfare.load.report.Latency;
import dev.fanfare.load.report.Second;
import dev.fanfare.load.report.TimeLine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/// Keeps the time line of a run: looks once at the end of each second of the wall clock, so that the lines of several
/// machines fit together. A second that was looked at late is longer, and none is lost.
///
/// The loops count into histograms of their own and hand them over when asked: a delivery costs no more than without.
public final class Watch implements AutoCloseable {
    private static final long PERIOD_MICROS = 1_000_000;
    private static final long SHORT_MICROS = 300_000; // too short for rates

    private final Loaded loaded;
    private final Acknowledgements published;
    private final ServerWatch server;
    private final Listener listener;
    private final Thread thread = Thread.ofPlatform().daemon().name("watch").unstarted(this::run);
    private volatile Times times = new Times(Long.MAX_VALUE, Measured.NOTHING, 0);

    @GuardedBy("this")
    private final List<Second> seconds = new ArrayList<>();

    @GuardedBy("this")
    private Look last;

    @GuardedBy("this")
    private boolean over;

    /// What is looked at.
    ///
    /// @param who is to be open, in the plural
    /// @param count of these
    /// @param interval what has come since it was last asked for
    /// @param cpuNanos of each loop, so far
    public record Loaded(String who, int count, Supplier<Interval> interval, Supplier<List<Long>> cpuNanos) {}

    /// What the counters said when this was last looked.
    private record Look(long micros, long published, List<Long> loops, Duration process, Duration server) {}

    private record Times(long startMicros, Measured measured, long drainMicros) {}

    private Watch(Loaded loaded, Acknowledgements published, ServerWatch server, Listener listener) {
        this.loaded = loaded;
        this.published = published;
        this.server = server;
        this.listener = listener;
        last = look(Micros.now());
    }

    /// Begins.
    public static Watch start(Loaded loaded, Acknowledgements published, ServerWatch server, Listener listener) {
        var watch = new Watch(loaded, published, server, listener);
        watch.thread.start();
        return watch;
    }

    /// All that connect have done so: when events are sent, measured, and waited for.
    public void measure(long startMicros, Measured measured, Duration drain) {
        times = new Times(startMicros, measured, Micros.of(drain));
    }

    /// The last look, while the loops still run.
    public TimeLine finish() {
        close();
        synchronized (this) {
            tick();
            return new TimeLine(times.measured.fromMicros(), times.measured.toMicros(), seconds);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        synchronized (this) {
            over = true; // whoever looks now has done so first
        }
    }

    private void run() {
        try {
            while (true) {
                long now = Micros.now();
                Thread.sleep(Duration.ofNanos((PERIOD_MICROS - now % PERIOD_MICROS) * 1000));
                synchronized (this) {
                    if (over) {
                        return;
                    }
                    tick();
                }
            }
        } catch (InterruptedException closed) {
            // as asked for
        } catch (RuntimeException failure) {
            listener.say("the time line ends here: " + failure);
        }
    }

    @GuardedBy("this")
    private void tick() {
        var interval = loaded.interval.get();
        var next = look(Micros.now());
        var second = second(interval, last, next);
        if (!seconds.isEmpty() && next.micros - last.micros < SHORT_MICROS) {
            seconds.add(seconds.removeLast().then(second));
        } else {
            seconds.add(second);
        }
        last = next;
        listener.second(moment(next.micros, interval.open()), second, interval.measured());
    }

    private Second second(Interval interval, Look before, Look after) {
        double taken = Math.max(1, after.micros - before.micros) / 1e6;
        double loopCpu = 0;
        for (int i = 0; i < before.loops.size(); i++) {
            loopCpu = Math.max(loopCpu, (after.loops.get(i) - before.loops.get(i)) / 1e9 / taken);
        }
        return new Second(
                after.micros,
                taken,
                interval.receipts(),
                after.published - before.published,
                interval.open(),
                interval.wrong() + published.failures(),
                Latency.of(sum(interval)),
                loopCpu,
                cpus(before.process, after.process, taken),
                server.seesProcess()
                        ? OptionalDouble.of(cpus(before.server, after.server, taken))
                        : OptionalDouble.empty(),
                server.residentKilobytes());
    }

    private Look look(long now) {
        return new Look(
                now,
                published.count(),
                List.copyOf(loaded.cpuNanos.get()),
                ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO),
                server.cpu());
    }

    private Moment moment(long now, int open) {
        var at = times;
        var measured = at.measured;
        if (at.startMicros == Long.MAX_VALUE) {
            return new Moment(Moment.Phase.CONNECTING, loaded.who, open, loaded.count);
        }
        if (now < measured.fromMicros()) {
            return moment(Moment.Phase.WARM_UP, now, at.startMicros, measured.fromMicros());
        }
        return now < measured.toMicros()
                ? moment(Moment.Phase.MEASURING, now, measured.fromMicros(), measured.toMicros())
                : moment(Moment.Phase.DRAINING, now, measured.toMicros(), measured.toMicros() + at.drainMicros);
    }

    private Moment moment(Moment.Phase phase, long now, long from, long to) {
        return new Moment(phase, loaded.who, Math.clamp((now - from) / 1e6, 0, (to - from) / 1e6), (to - from) / 1e6);
    }

    private static Histogram sum(Interval interval) {
        var all = Stream.of(interval.measured().values(), interval.others())
                .flatMap(Collection::stream)
                .toList();
        if (all.size() == 1) {
            return all.getFirst();
        }
        var sum = new Histogram(3);
        all.forEach(sum::add);
        return sum;
    }

    private static double cpus(Duration before, Duration after, double seconds) {
        return after.minus(before).toNanos() / 1e9 / seconds;
    }
}
