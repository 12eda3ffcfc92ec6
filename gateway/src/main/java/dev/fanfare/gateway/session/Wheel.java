package dev.fanfare.gateway.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// When each session is to be looked at next: a hashed timing wheel, in which whoever waits costs nothing.
///
/// Threads: any; one calls [#advance].
final class Wheel {
    static final Duration TICK = Duration.ofMillis(250);
    private static final int SLOTS = 256; // a turn of about a minute; longer waits go round again

    @GuardedBy("this")
    private final @Nullable Timer[] slots = new Timer[SLOTS];

    @GuardedBy("this")
    private int now;

    /// A session's place in the wheel, of which it has one.
    static final class Timer {
        private final Session session;
        private int slot = -1; // these: guarded by the wheel
        private int rounds;
        private @Nullable Timer previous;
        private @Nullable Timer next;

        private boolean cancelled;
        private boolean hastened;

        Timer(Session session) {
            this.session = session;
        }
    }

    /// Has a session looked at in a while, unless it was cancelled.
    synchronized void schedule(Timer timer, long delayNanos) {
        if (timer.cancelled || timer.slot >= 0) {
            return;
        }
        long ticks = timer.hastened ? 1 : Math.clamp(delayNanos / TICK.toNanos() + 1, 1, Integer.MAX_VALUE);
        timer.hastened = false;
        timer.slot = (int) ((now + ticks) % SLOTS);
        timer.rounds = (int) ((ticks - 1) / SLOTS);
        var first = slots[timer.slot];
        timer.next = first;
        if (first != null) {
            first.previous = timer;
        }
        slots[timer.slot] = timer;
    }

    /// Has a session looked at by the next tick, whatever was scheduled.
    synchronized void hasten(Timer timer) {
        if (timer.slot >= 0) {
            remove(timer);
            schedule(timer, 0);
        } else {
            timer.hastened = true; // is being looked at, and has perhaps been already
        }
    }

    /// The session has ended.
    synchronized void cancel(Timer timer) {
        timer.cancelled = true;
        if (timer.slot >= 0) {
            remove(timer);
        }
    }

    @GuardedBy("this")
    private void remove(Timer timer) {
        var before = timer.previous;
        var after = timer.next;
        if (before == null) {
            slots[timer.slot] = after;
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
    synchronized List<Session> advance() {
        now = (now + 1) % SLOTS;
        var due = new ArrayList<Session>();
        for (var timer = slots[now]; timer != null; ) {
            var following = timer.next;
            if (timer.rounds-- == 0) {
                remove(timer);
                due.add(timer.session);
            }
            timer = following;
        }
        return due;
    }
}
