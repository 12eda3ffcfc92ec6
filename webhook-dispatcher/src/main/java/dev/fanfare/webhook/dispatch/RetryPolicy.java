package dev.fanfare.webhook.dispatch;

import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.endpoint.RetrySchedule;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// When a failed delivery is tried again: after the schedule's delay, a fifth more or less at random, so that what
/// failed
/// together does not come back together; never sooner than the receiver asked for, and not within a minute if it shows
/// that it gets too much. Thread-safe if its source of randomness is.
final class RetryPolicy {
    /// After 429 and timeouts.
    static final Duration OVERLOAD_MIN = Duration.ofSeconds(60);

    private static final double JITTER = 0.2;

    private final RandomGenerator random;

    RetryPolicy(RandomGenerator random) {
        this.random = random;
    }

    /// The wait after a failed attempt; empty if the schedule has ended.
    ///
    /// @param attempt the number of the one that failed, from 1
    Optional<Duration> after(int attempt, Result result, RetrySchedule schedule) {
        return schedule.before(attempt + 1).map(delay -> {
            var wait = jittered(delay);
            if (result.reason().isOverload()) {
                wait = longer(wait, OVERLOAD_MIN);
            }
            return longer(wait, result.retryAfter().orElse(Duration.ZERO));
        });
    }

    private Duration jittered(Duration delay) {
        return Duration.ofMillis((long) (delay.toMillis() * random.nextDouble(1 - JITTER, 1 + JITTER)));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
