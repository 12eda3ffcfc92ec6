package dev.fanfare.gateway.session;

import java.time.Instant;

/// Where a client asks to begin.
public sealed interface StartPoint {
    /// After everything that there is.
    record Live() implements StartPoint {}

    /// With the newest value of each key.
    record State() implements StartPoint {}

    /// Where another session of the client's was.
    ///
    /// @param token as the client sent it
    /// @param state whether it wants the rest of a state, if it was in the middle of one
    record AtCursor(String token, boolean state) implements StartPoint {
        public AtCursor(String token) {
            this(token, false);
        }
    }

    /// With the first event at or after a time.
    record Since(Instant time) implements StartPoint {}

    /// With the last so many events.
    record Last(int events) implements StartPoint {}
}
