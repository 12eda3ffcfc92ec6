package dev.fanfare.gateway.session;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.Comparator;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Who may read from Kafka now: so many replays at once, each for one turn. Of those that wait, the one that has the
/// longest way to go is next, so that many that come back together walk through the log together, and the blocks that
/// the last of them need are still there. Nobody is passed over for ever: whoever has waited long goes first. While
/// they are held, nobody gets one: those who wait go on waiting, and those who have one keep it.
///
/// Threads: everything may be called by any thread. A turn that is free costs a short lock.
final class Turns {
    private static final long LONG_WAIT_NANOS = Duration.ofSeconds(2).toNanos();

    private final int max;

    @GuardedBy("this")
    private final TreeSet<Waiting> byDistance =
            new TreeSet<>(Comparator.comparingLong(Waiting::distance).reversed().thenComparing(Waiting.OLDEST));

    @GuardedBy("this")
    private final TreeSet<Waiting> byAge = new TreeSet<>(Waiting.OLDEST);

    @GuardedBy("this")
    private int taken;

    @GuardedBy("this")
    private long asked;

    @GuardedBy("this")
    private boolean held;

    /// One that waits.
    ///
    /// @param number makes it different from all others
    private record Waiting(long distance, long sinceNanos, long number, CountDownLatch granted) {
        static final Comparator<Waiting> OLDEST = ((Comparator<Waiting>)
                        (a, b) -> Long.signum(a.sinceNanos - b.sinceNanos)) // as `nanoTime` wants to be compared
                .thenComparingLong(Waiting::number);
    }

    /// @param max turns that may be taken at once
    Turns(int max) {
        this.max = max;
    }

    /// How many are taken.
    synchronized int taken() {
        return taken;
    }

    /// Takes a turn, to be given back soon; waits for it for a while if there is none.
    ///
    /// @param distance how far the replay has to go; asked for only if it has to wait
    /// @param sinceNanos when it began to wait ([System#nanoTime]), if this is not its first try
    /// @return whether it has got one
    boolean take(LongSupplier distance, long sinceNanos, Duration patience) throws InterruptedException {
        if (tryTake()) {
            return true;
        }
        var waiting = line(distance.getAsLong(), sinceNanos);
        try {
            return waiting.granted.await(patience.toNanos(), TimeUnit.NANOSECONDS) || !leave(waiting);
        } catch (InterruptedException stop) {
            if (!leave(waiting)) {
                giveBack();
            }
            throw stop;
        }
    }

    private synchronized boolean tryTake() {
        if (taken < max && !held) {
            taken++;
            return true;
        }
        return false;
    }

    private synchronized Waiting line(long distance, long sinceNanos) {
        var waiting = new Waiting(distance, sinceNanos, asked++, new CountDownLatch(1));
        if (tryTake()) {
            waiting.granted.countDown();
        } else {
            byDistance.add(waiting);
            byAge.add(waiting);
        }
        return waiting;
    }

    /// False if it has been given a turn meanwhile.
    private synchronized boolean leave(Waiting waiting) {
        byAge.remove(waiting);
        return byDistance.remove(waiting);
    }

    /// Hands a turn on to the next, so that nobody who comes just now gets it first.
    synchronized void giveBack() {
        taken--;
        handOn();
    }

    /// Holds the turns back, or lets those that wait have them.
    synchronized void hold(boolean back) {
        held = back;
        while (taken < max && handOn()) {}
    }

    synchronized boolean isHeld() {
        return held;
    }

    /// Whether one that waited has a turn now.
    @CanIgnoreReturnValue
    @GuardedBy("this")
    private boolean handOn() {
        if (held || byAge.isEmpty()) {
            return false;
        }
        taken++;
        var oldest = byAge.first();
        var next = System.nanoTime() - oldest.sinceNanos > LONG_WAIT_NANOS ? oldest : byDistance.first();
        leave(next);
        next.granted.countDown();
        return true;
    }
}
