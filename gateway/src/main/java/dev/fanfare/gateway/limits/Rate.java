package dev.fanfare.gateway.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.function.LongSupplier;

/// How much each of many may have a second: a [Bucket] for each who had some lately. Of more than can be remembered
/// those who come rarely are forgotten, which gives them a full bucket.
///
/// Threads: any.
///
/// @param <K> who
final class Rate<K> {
    private static final int REMEMBERED_MAX = 100_000;
    private static final Duration REMEMBERED = Duration.ofMinutes(1); // they are full by then, unless far overdrawn

    private final long perSecond;
    private final LongSupplier nanos;
    private final Cache<K, Bucket> buckets;

    /// @param perSecond 0: as much as they want
    /// @param nanos a clock such as [System#nanoTime]
    Rate(long perSecond, LongSupplier nanos) {
        this.perSecond = perSecond;
        this.nanos = nanos;
        this.buckets = Caffeine.newBuilder()
                .maximumSize(REMEMBERED_MAX)
                .expireAfterAccess(REMEMBERED)
                .ticker(nanos::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /// Takes one.
    ///
    /// @return in how many nanoseconds there is one; 0 if it was taken
    long take(K key) {
        return perSecond == 0 ? 0 : bucket(key).take(perSecond, nanos.getAsLong());
    }

    /// In how many nanoseconds there is anything; 0 if there is.
    long untilAny(K key) {
        return perSecond == 0 ? 0 : bucket(key).untilOne(perSecond, nanos.getAsLong());
    }

    /// Takes so much, also what is not there yet.
    void spend(K key, int amount) {
        if (perSecond != 0) {
            bucket(key).spend(amount, perSecond, nanos.getAsLong());
        }
    }

    private Bucket bucket(K key) {
        return buckets.get(key, _ -> new Bucket(nanos.getAsLong()));
    }
}
