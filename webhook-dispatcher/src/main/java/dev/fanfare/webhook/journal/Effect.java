package dev.fanfare.webhook.journal;

import dev.fanfare.webhook.delivery.EndpointId;
import java.time.Instant;

/// What an attempt changes about its endpoint.
public sealed interface Effect {
    EndpointId endpoint();

    /// No events any more, until somebody enables it again.
    ///
    /// @param version that was called: of what somebody has changed since, this says nothing
    /// @param reason code, such as `gone`
    record Disable(EndpointId endpoint, long version, String reason) implements Effect {}

    /// Nothing is sent before that time. A later time that is stored already stays.
    ///
    /// @param version that was called: of what somebody has changed since, this says nothing
    record Pause(EndpointId endpoint, long version, Instant until) implements Effect {}

    /// Failures only, from now on; the first of them counts.
    record Failing(EndpointId endpoint, Instant since) implements Effect {}

    /// A success after failures.
    record Recovered(EndpointId endpoint) implements Effect {}
}
