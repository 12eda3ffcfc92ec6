package dev.fanfare.webhook.replay;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Events a second, handed out in tenths of a second, so that in no second there are more than 1.1 times as many. One
/// thread.
final class Throttle {
    private static final int PERIODS_PER_SECOND = 10;
    private static final Duration WAIT_MAX = Duration.ofSeconds(5);

    private final @Nullable RateLimiter limiter;

    Throttle(OptionalInt perSecond) {
        this.limiter = perSecond.isPresent() ? limiter(perSecond.getAsInt()) : null;
    }

    private static RateLimiter limiter(int perSecond) {
        int perPeriod = Math.max(1, perSecond / PERIODS_PER_SECOND);
        return RateLimiter.of(
                "replay",
                RateLimiterConfig.custom()
                        .limitForPeriod(perPeriod)
                        .limitRefreshPeriod(Duration.ofNanos((long) (1e9 * perPeriod / perSecond)))
                        .timeoutDuration(WAIT_MAX)
                        .build());
    }

    /// Takes one.
    ///
    /// @return nanoseconds until it may be used, a second at most
    long take() {
        return limiter == null ? 0 : Math.max(0, limiter.reservePermission());
    }
}
