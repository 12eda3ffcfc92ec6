package dev.fanfare.gateway.session;

import dev.fanfare.gateway.protocol.Policy;
import dev.fanfare.gateway.protocol.Priority;
import java.time.Duration;

/// How one subscription is served.
///
/// @param interval of [Policy#SAMPLE]; zero for the others
public record Terms(Policy policy, Duration interval, Priority priority) {
    /// Those of nearly all.
    public static final Terms USUAL = new Terms(Policy.RESUME, Duration.ZERO, Priority.NORMAL);
}
