package dev.fanfare.gateway.session;

import java.time.Instant;

/// Where a client asks to begin.
public sealed interface StartPoint {
    /// After everything that there is.
    record Live() implements StartPoint {}

    /// Where another session of the client's was.
    ///
    /// @param token as the client sent it
    record AtCursor(String token) implements StartPoint {}

    /// With the first event at or after a time.
    record Since(Instant time) implements StartPoint {}

    /// With the last so many events.
    record Last(int events) implements StartPoint {}
}
