package dev.fanfare.webhook.lane;

import dev.fanfare.webhook.endpoint.Endpoint;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// This node's share of the calls a second that an endpoint gets: the lower of what its owner and its handshake allow,
/// or as many as there are if neither says anything. Handed out in tenths of a second, so in no second more than 1.1
/// times the rate.
///
/// Threads: guarded by the lane.
final class Rate {
    private static final double PERIODS_PER_SECOND = 10;

    private final Time time;
    private Endpoint endpoint;
    private int nodes; // that share it
    private double perSecond = Double.MAX_VALUE;
    private @Nullable RateLimiter limiter; // null: there is no rate
    private long heldAt; // when a call last waited for it

    /// @param heldAt long ago
    Rate(Endpoint endpoint, int nodes, Time time, long heldAt) {
        this.time = time;
        this.endpoint = endpoint;
        this.nodes = nodes;
        this.heldAt = heldAt;
        limit();
    }

    void update(Endpoint newer) {
        endpoint = newer;
        limit();
    }

    void shareAmong(int newNodes) {
        if (newNodes != nodes) {
            nodes = newNodes;
            limit();
        }
    }

    private void limit() {
        var owner = endpoint.settings().ratePerSecond();
        var receiver = endpoint.allowedRate();
        double whole = Math.min(
                owner.isPresent() ? owner.getAsInt() : Double.MAX_VALUE,
                receiver.isPresent() ? receiver.getAsInt() / 60.0 : Double.MAX_VALUE);
        if (whole == Double.MAX_VALUE) {
            perSecond = whole;
            limiter = null;
        } else if (perSecond != whole / nodes) { // else what has been taken of it counts
            perSecond = whole / nodes;
            limiter = limiter();
        }
    }

    private RateLimiter limiter() {
        int perPeriod = (int) Math.max(1, perSecond / PERIODS_PER_SECOND);
        var config = RateLimiterConfig.custom()
                .limitForPeriod(perPeriod)
                .limitRefreshPeriod(Duration.ofNanos((long) (perPeriod / perSecond * 1e9)))
                .timeoutDuration(Duration.ZERO)
                .build();
        return RateLimiter.of("lane", config, time.nanos()::getAsLong);
    }

    /// No fewer than ever come, if there is none.
    double perSecond() {
        return perSecond;
    }

    boolean tryCall() {
        return limiter == null || limiter.acquirePermission();
    }

    /// A call waits for it.
    void holds(long now) {
        heldAt = now;
    }

    boolean hasHeldSince(long begin) {
        return limiter != null && heldAt - begin > 0;
    }
}
