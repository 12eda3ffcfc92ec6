package dev.fanfare.webhook.lane;

import dev.fanfare.webhook.endpoint.Endpoint;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// This node's share of the calls a second that an endpoint gets: the lower of what its owner and its handshake allow.
/// Handed out in tenths of a second, so in no second more than 1.1 times the rate.
///
/// Threads: guarded by the lane.
final class Rate {
    private static final double PERIODS_PER_SECOND = 10;

    private final double perSecond;
    private final RateLimiter limiter;

    private Rate(double perSecond, Time time) {
        this.perSecond = perSecond;
        int perPeriod = (int) Math.max(1, perSecond / PERIODS_PER_SECOND);
        var config = RateLimiterConfig.custom()
                .limitForPeriod(perPeriod)
                .limitRefreshPeriod(Duration.ofNanos((long) (perPeriod / perSecond * 1e9)))
                .timeoutDuration(Duration.ZERO)
                .build();
        this.limiter = RateLimiter.of("lane", config, time.nanos()::getAsLong);
    }

    /// The rate that holds from now on; null if there is none.
    ///
    /// @param before kept if it is the same
    /// @param nodes that share it
    static @Nullable Rate of(Endpoint endpoint, int nodes, @Nullable Rate before, Time time) {
        var owner = endpoint.settings().ratePerSecond();
        var receiver = endpoint.allowedRate();
        if (owner.isEmpty() && receiver.isEmpty()) {
            return null;
        }
        double whole = Math.min(
                owner.isPresent() ? owner.getAsInt() : Double.MAX_VALUE,
                receiver.isPresent() ? receiver.getAsInt() / 60.0 : Double.MAX_VALUE);
        double perSecond = whole / nodes;
        return before != null && before.perSecond == perSecond ? before : new Rate(perSecond, time);
    }

    double perSecond() {
        return perSecond;
    }

    boolean tryCall() {
        return limiter.acquirePermission();
    }
}
