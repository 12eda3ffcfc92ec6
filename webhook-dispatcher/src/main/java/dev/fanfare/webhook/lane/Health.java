package dev.fanfare.webhook.lane;

import dev.fanfare.webhook.delivery.Reason;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// How an endpoint fares, and how much it is asked for that reason: breaker, limit, ceiling, retry budget.
///
/// Threads: guarded by the lane.
final class Health {
    /// How long the breaker stays open the first time; twice as long each time that its probe fails.
    static final Duration OPEN_MIN = Duration.ofSeconds(5);

    static final Duration OPEN_MAX = Duration.ofMinutes(1);
    private static final float STRUGGLING_PERCENT = 10;

    /// How much more backlog waits than may run, so that the store is not asked for every job.
    private static final int BACKLOG_PER_CALL = 16;

    private static final int BACKLOG_MAX = 512;

    private final CircuitBreaker breaker;
    private final Limit limit;
    private final Ceiling ceiling = new Ceiling();
    private final RetryBudget budget;
    private boolean struggling;

    Health(CircuitBreakerConfig config, int concurrency, long now) {
        this.breaker = CircuitBreaker.of("lane", config);
        this.limit = new Limit(concurrency, now);
        this.budget = new RetryBudget(now);
    }

    /// Opens when half of the last 20 calls have failed, or of the first 5; one probe decides.
    static CircuitBreakerConfig breakerConfig(Time time) {
        return CircuitBreakerConfig.custom()
                .slidingWindowSize(20)
                .minimumNumberOfCalls(5)
                .failureRateThreshold(50)
                .permittedNumberOfCallsInHalfOpenState(1)
                .waitIntervalFunctionInOpenState(IntervalFunction.ofExponentialBackoff(OPEN_MIN, 2, OPEN_MAX))
                .recordResult(reason -> reason instanceof Reason of && of.isFailure())
                .clock(time.monotone())
                .writableStackTraceEnabled(false)
                .build();
    }

    LaneState.Breaker breaker() {
        return switch (breaker.getState()) {
            case CLOSED, DISABLED, METRICS_ONLY -> LaneState.Breaker.CLOSED;
            case OPEN, FORCED_OPEN -> LaneState.Breaker.OPEN;
            case HALF_OPEN -> LaneState.Breaker.HALF_OPEN;
        };
    }

    boolean isClosed() {
        return breaker.getState() == CircuitBreaker.State.CLOSED;
    }

    boolean isStruggling() {
        return struggling;
    }

    /// Nothing that a new lane would not know.
    boolean isForgettable(long now) {
        return isClosed() && !struggling && limit.isFull() && ceiling.isGone(now);
    }

    Limit limit() {
        return limit;
    }

    Ceiling ceiling() {
        return ceiling;
    }

    /// Whether the breaker has been open for long enough and nobody is finding out yet.
    private boolean wantsProbe() {
        boolean wants = breaker.tryAcquirePermission();
        if (wants) {
            breaker.releasePermission();
        }
        return wants;
    }

    boolean allowsRetry(long now) {
        return !struggling || budget.allowsRetry(now);
    }

    /// How much backlog may wait.
    ///
    /// @param running calls
    /// @param rate calls a second that the endpoint gets at most
    int backlogMax(int running, double rate, boolean batch, long now) {
        int calls = limit.calls();
        if (!isClosed()) {
            return running < calls && wantsProbe() ? 1 : 0;
        }
        int most = Math.min(BACKLOG_MAX, calls * (batch ? 2 * Waiting.BATCH_JOBS_MAX : BACKLOG_PER_CALL));
        return (int) Math.clamp(2 * Math.min(ceiling.perSecond(now), rate), 1, most);
    }

    /// How many of so many jobs may be retries.
    ///
    /// @param waiting retries that wait already
    int retriesAmong(int jobs, int waiting) {
        return struggling ? Math.clamp((long) limit.calls() - waiting, 0, jobs) : jobs;
    }

    /// Takes the breaker's permission, which [#record] or [#cancelCall] gives back.
    boolean tryCall() {
        return breaker.tryAcquirePermission();
    }

    void cancelCall() {
        breaker.releasePermission();
    }

    void started(boolean retry, long now) {
        budget.attempted(retry, now);
    }

    /// Counts a call. Those that end while the breaker is open began before that, and change nothing; a probe runs
    /// alone.
    ///
    /// @param pace calls a second that came to a good end of late
    void record(Reason reason, int pace, long startedAt, long now) {
        breaker.onResult(now - startedAt, TimeUnit.NANOSECONDS, reason);
        if (reason.isOverload()) {
            if (limit.overloaded(startedAt, now)) {
                ceiling.lower(pace, now);
            }
        } else if (reason.isFailure()) {
            limit.failed();
        } else {
            limit.succeeded();
        }
        if (!isClosed()) {
            struggling = true;
            limit.restart();
        } else if (struggling || reason.isFailure()) {
            float failed = breaker.getMetrics().getFailureRate();
            struggling = failed < 0 ? struggling : failed >= STRUGGLING_PERCENT; // below 0: too few calls to say
        }
    }
}
