package dev.fanfare.gateway.limits;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A token bucket that holds what a second brings, and may be overdrawn by what is larger than that. All its state is
/// when it will be full again (the virtual scheduling of ITU-T I.371's generic cell rate algorithm).
///
/// Threads: any; lock-free.
final class Bucket {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong fullAt;

    Bucket(long nowNanos) {
        this.fullAt = new AtomicLong(nowNanos);
    }

    /// Takes one, if there is one.
    ///
    /// @return in how many nanoseconds there is one; 0 if it was taken
    long take(long perSecond, long nowNanos) {
        while (true) {
            long full = fullAt.get();
            long wait = untilOne(full, perSecond, nowNanos);
            if (wait > 0 || fullAt.compareAndSet(full, after(full, 1, perSecond, nowNanos))) {
                return wait;
            }
        }
    }

    /// In how many nanoseconds there is one; 0 if there is.
    long untilOne(long perSecond, long nowNanos) {
        return untilOne(fullAt.get(), perSecond, nowNanos);
    }

    /// Takes so many, whether there are as many or not.
    ///
    /// @return how many nanoseconds it takes until there are none missing; 0 if there were as many
    long spend(long amount, long perSecond, long nowNanos) {
        long full = fullAt.updateAndGet(before -> after(before, amount, perSecond, nowNanos));
        return Math.max(0, full - nowNanos - SECOND);
    }

    private static long untilOne(long full, long perSecond, long nowNanos) {
        return Math.max(0, full - nowNanos + cost(1, perSecond) - SECOND);
    }

    private static long after(long full, long amount, long perSecond, long nowNanos) {
        return (full - nowNanos > 0 ? full : nowNanos) + cost(amount, perSecond);
    }

    private static long cost(long amount, long perSecond) {
        return amount * SECOND / perSecond; // an amount is an int's at most
    }
}
