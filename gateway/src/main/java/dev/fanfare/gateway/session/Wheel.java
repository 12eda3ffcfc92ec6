package dev.fanfare.gateway.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// When each of many is to be looked at next: a hashed timing wheel, in which whoever waits costs nothing.
///
/// Threads: any; one calls [#advance].
///
/// @param <T> who is looked at
final class Wheel<T> {
    static final Duration TICK = Duration.ofMillis(250);
    private static final int SLOTS = 256; // a turn of about a minute; longer waits go round again

    @GuardedBy("this")
    private final List<@Nullable Timer<T>> slots = new ArrayList<>(Collections.nCopies(SLOTS, null));

    @GuardedBy("this")
    private int now;

    /// Somebody's place in the wheel, of which there is one.
    ///
    /// @param <T> who
    static final class Timer<T> {
        private final T owner;
        private int slot = -1; // this and the next five: guarded by the wheel
        private int rounds;
        private @Nullable Timer<T> previous;
        private @Nullable Timer<T> next;
        private boolean cancelled;
        private boolean hastened;

        Timer(T owner) {
            this.owner = owner;
        }
    }

    /// Has somebody looked at in a while: once. Nothing happens to whoever is in the wheel already, or was cancelled.
    synchronized void schedule(Timer<T> timer, long delayNanos) {
        if (timer.cancelled || timer.slot >= 0) {
            return;
        }
        long ticks = timer.hastened ? 1 : Math.clamp(delayNanos / TICK.toNanos() + 1, 1, Integer.MAX_VALUE);
        timer.hastened = false;
        timer.slot = (int) ((now + ticks) % SLOTS);
        timer.rounds = (int) ((ticks - 1) / SLOTS);
        var first = slots.get(timer.slot);
        timer.next = first;
        if (first != null) {
            first.previous = timer;
        }
        slots.set(timer.slot, timer);
    }

    /// Has somebody looked at by the next tick, whatever was scheduled.
    synchronized void hasten(Timer<T> timer) {
        if (timer.slot >= 0) {
            remove(timer);
            schedule(timer, 0);
        } else {
            timer.hastened = true; // is being looked at, and has perhaps been already
        }
    }

    /// Takes somebody out for good.
    synchronized void cancel(Timer<T> timer) {
        timer.cancelled = true;
        if (timer.slot >= 0) {
            remove(timer);
        }
    }

    @GuardedBy("this")
    private void remove(Timer<T> timer) {
        var before = timer.previous;
        var after = timer.next;
        if (before == null) {
            slots.set(timer.slot, after);
        } else {
            before.next = after;
        }
        if (after != null) {
            after.previous = before;
        }
        timer.previous = null;
        timer.next = null;
        timer.slot = -1;
    }

    /// Turns the wheel by one tick, and answers whose time has come. They are no longer in it.
    synchronized List<T> advance() {
        now = (now + 1) % SLOTS;
        var due = new ArrayList<T>();
        for (var timer = slots.get(now); timer != null; ) {
            var following = timer.next;
            if (timer.rounds-- == 0) {
                remove(timer);
                due.add(timer.owner);
            }
            timer = following;
        }
        return due;
    }
}
