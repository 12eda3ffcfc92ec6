package dev.fanfare.webhook.lane;

import java.time.Duration;

/// Bounds of lanes.
///
/// @param queuedMax live jobs that wait in a lane at most
/// @param waitMax how long they do
/// @param runningMax calls at a time, of all lanes
/// @param lanesMax lanes that are kept though nothing is in them
/// @param idleMax how long a healthy lane is kept though nothing is in it
public record LaneLimits(int queuedMax, Duration waitMax, int runningMax, int lanesMax, Duration idleMax) {
    public static final LaneLimits DEFAULT =
            new LaneLimits(256, Duration.ofSeconds(1), 2_000, 10_000, Duration.ofMinutes(10));
}
