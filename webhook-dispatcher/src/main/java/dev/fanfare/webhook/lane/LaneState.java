package dev.fanfare.webhook.lane;

import java.time.Instant;
import java.util.Optional;

/// How a lane stands, for people and metrics.
///
/// @param limit calls at a time at present
/// @param struggling whether retries are rationed
/// @param queuedLive jobs that wait
/// @param queuedBacklog jobs from the store that wait
/// @param running calls
/// @param pausedUntil nothing is called before
public record LaneState(
        Breaker breaker,
        int limit,
        boolean struggling,
        int queuedLive,
        int queuedBacklog,
        int running,
        Optional<Instant> pausedUntil) {
    /// Of calls to an endpoint.
    public enum Breaker {
        /// They are made.
        CLOSED,
        /// None is made.
        OPEN,
        /// One is made, to see.
        HALF_OPEN
    }
}
