package dev.fanfare.webhook.observe;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.webhook.lane.LaneState;
import dev.fanfare.webhook.lane.Lanes;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/// How lanes stand, looked at once for all gauges of a scrape: there may be many thousands. Thread-safe.
final class LanesReading {
    private static final long KEPT_NANOS = Duration.ofMillis(100).toNanos();

    private final Lanes lanes;

    @GuardedBy("this")
    private Numbers last = new Numbers(Map.of(), 0, 0);

    @GuardedBy("this")
    private long readAt = System.nanoTime() - 2 * KEPT_NANOS;

    /// The first of these that is the case.
    enum Standing {
        /// Nothing is called, as the receiver has asked for.
        PAUSED,
        /// Nothing is called, as too many calls have failed.
        OPEN,
        /// One call is made to see.
        HALF_OPEN,
        /// The budget for retries is in force.
        STRUGGLING,
        /// Calls are made.
        CLOSED
    }

    private record Numbers(Map<Standing, Integer> lanes, long live, long backlog) {}

    LanesReading(Lanes lanes) {
        this.lanes = lanes;
    }

    int lanes(Standing standing) {
        return read().lanes.getOrDefault(standing, 0);
    }

    long queuedLive() {
        return read().live;
    }

    long queuedBacklog() {
        return read().backlog;
    }

    private synchronized Numbers read() {
        if (System.nanoTime() - readAt > KEPT_NANOS) {
            var counts = new EnumMap<Standing, Integer>(Standing.class);
            long live = 0;
            long backlog = 0;
            for (var lane : lanes.states()) {
                counts.merge(standing(lane), 1, Integer::sum);
                live += lane.queuedLive();
                backlog += lane.queuedBacklog();
            }
            last = new Numbers(counts, live, backlog);
            readAt = System.nanoTime();
        }
        return last;
    }

    private static Standing standing(LaneState lane) {
        if (lane.pausedUntil().isPresent()) {
            return Standing.PAUSED;
        }
        return switch (lane.breaker()) {
            case OPEN -> Standing.OPEN;
            case HALF_OPEN -> Standing.HALF_OPEN;
            case CLOSED -> lane.struggling() ? Standing.STRUGGLING : Standing.CLOSED;
        };
    }
}
