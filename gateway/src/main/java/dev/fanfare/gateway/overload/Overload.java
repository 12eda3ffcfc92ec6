package dev.fanfare.gateway.overload;

import dev.fanfare.gateway.config.OverloadSettings;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/// Looks at the measures ten times a second, and says how much the gateway does without.
///
/// Threads: one virtual one, whose own lateness is one of the measures; [#level] may be asked by any.
public final class Overload implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Overload.class.getName());
    private static final Duration TICK = Duration.ofMillis(100);

    private final Ladder ladder;
    private final Heap heap = new Heap();
    private final Lateness lateness = new Lateness();
    private final DoubleSupplier unwrittenPercent;
    private final LongSupplier backlogNanos;
    private final Consumer<Level> change;
    private final OverloadMetrics metrics = new OverloadMetrics();
    private final Thread thread = Thread.ofVirtual().name("overload").unstarted(this::run);
    private volatile Level level = Level.NORMAL;

    private Overload(
            OverloadSettings settings,
            DoubleSupplier unwrittenPercent,
            LongSupplier backlogNanos,
            Consumer<Level> change) {
        this.ladder = new Ladder(settings);
        this.unwrittenPercent = unwrittenPercent;
        this.backlogNanos = backlogNanos;
        this.change = change;
    }

    /// Begins to look.
    ///
    /// @param unwrittenPercent what waits for clients to read it, in percent of its limit
    /// @param backlogNanos how long what is to be delivered waits for a thread; asked ten times a second,
    ///     by one thread
    /// @param change told each new level, one after the other; must not block
    public static Overload start(
            OverloadSettings settings,
            DoubleSupplier unwrittenPercent,
            LongSupplier backlogNanos,
            Consumer<Level> change) {
        var overload = new Overload(settings, unwrittenPercent, backlogNanos, change);
        if (settings.enabled()) {
            overload.thread.start();
        }
        return overload;
    }

    public Level level() {
        return level;
    }

    public OverloadMetrics metrics() {
        return metrics;
    }

    private void run() {
        try {
            while (true) {
                long due = System.nanoTime() + TICK.toNanos();
                Thread.sleep(TICK);
                try {
                    look(System.nanoTime() - due);
                } catch (RuntimeException | Error fault) { // without it the level would stay as it is for ever
                    LOG.log(System.Logger.Level.ERROR, "the load could not be looked at", fault);
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(long lateNanos) {
        long delay = lateness.add(Math.max(lateNanos, backlogNanos.getAsLong()));
        var now = new Measures(heap.percent(), unwrittenPercent.getAsDouble(), delay / 1e6);
        var before = level;
        var after = ladder.take(now, System.nanoTime());
        if (after != before) {
            enter(after, before, now);
        }
        if (ladder.isHeldByHeap(now)) {
            heap.refresh();
        }
    }

    private void enter(Level after, Level before, Measures now) {
        level = after;
        if (after.isAbove(before)) {
            metrics.entered(before, after);
        }
        LOG.log(
                after.isAbove(before) ? System.Logger.Level.WARNING : System.Logger.Level.INFO,
                "overload level {0}, was {1}: {2}",
                after.number(),
                before.number(),
                now);
        change.accept(after);
    }

    /// Stops looking. The level stays as it is.
    @Override
    public void close() {
        thread.interrupt();
    }
}
