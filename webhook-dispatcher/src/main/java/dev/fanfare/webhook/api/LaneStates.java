package dev.fanfare.webhook.api;

import dev.fanfare.webhook.delivery.EndpointId;
import java.time.Instant;
import java.util.Optional;

/// How endpoints' lanes stand on this node. Any thread.
@FunctionalInterface
public interface LaneStates {
    /// One lane's.
    ///
    /// @param breaker `closed`, `open`, `half-open`
    /// @param limit calls at a time at present
    /// @param struggling whether retries are rationed
    /// @param queuedLive deliveries of events just read that wait
    /// @param queuedBacklog parked deliveries in hand that wait
    /// @param pausedUntil nothing is called before
    record State(
            String breaker,
            int limit,
            boolean struggling,
            int running,
            int queuedLive,
            int queuedBacklog,
            Optional<Instant> pausedUntil) {}

    /// Empty if nothing was sent from here for a while.
    Optional<State> of(EndpointId endpoint);
}
