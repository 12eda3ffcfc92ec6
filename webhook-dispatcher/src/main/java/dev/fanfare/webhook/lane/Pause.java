package dev.fanfare.webhook.lane;

import dev.fanfare.webhook.endpoint.Endpoint;
import java.time.Duration;
import java.time.Instant;

/// Until when an endpoint is left alone: the later of what its row says and what it has just asked for, which is not in
/// the row yet.
///
/// Threads: guarded by the lane.
final class Pause {
    private final Time time;
    private long stored; // nanos; past: none
    private long asked;

    Pause(Endpoint endpoint, Time time) {
        this.time = time;
        this.stored = time.now();
        this.asked = stored;
        update(endpoint);
    }

    void update(Endpoint endpoint) {
        long now = time.now();
        long left = endpoint.pausedUntil()
                .map(until -> Duration.between(time.wall().instant(), until).toNanos())
                .orElse(0L);
        if (left <= 0 && stored - now > 0) {
            asked = now; // somebody has lifted it
        }
        stored = now + Math.max(0, left);
    }

    void ask(Duration wait, long now) {
        long until = now + wait.toNanos();
        if (until - asked > 0) {
            asked = until;
        }
    }

    boolean isOver(long now) {
        return left(now) <= 0;
    }

    /// Nanoseconds, not positive if there is none.
    long left(long now) {
        return Math.max(stored - now, asked - now);
    }

    Instant until(long now) {
        return time.wall().instant().plusNanos(left(now));
    }
}
