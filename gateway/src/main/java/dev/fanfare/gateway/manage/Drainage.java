package dev.fanfare.gateway.manage;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Sends all clients of this node to the others, and takes that back. Thread-safe.
public interface Drainage {
    /// Begins, unless it has begun: then it goes on as it is.
    ///
    /// @param notice how long the node is not ready, and lets clients in all the same
    /// @param over how long it then takes to send them away
    Progress begin(Duration notice, Duration over);

    /// Stops if it goes on. Either way clients are let in again.
    Progress cancel();

    Progress progress();

    /// How far it has come.
    enum State {
        /// It has not begun, or was cancelled before anything came of it.
        NONE,
        /// Not ready, and clients are let in all the same.
        NOTICE,
        /// Sessions end one after the other, and nobody is let in.
        DRAINING,
        /// All are gone, and nobody is let in.
        DONE,
        CANCELLED
    }

    /// A look at it.
    ///
    /// @param total sessions that there were when the first was sent away
    /// @param left sessions that are open now
    /// @param ends when the last is sent away, while it goes on
    record Progress(State state, int total, int left, Optional<Instant> begun, Optional<Instant> ends) {}
}
