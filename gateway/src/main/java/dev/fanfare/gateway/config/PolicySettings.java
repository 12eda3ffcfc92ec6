package dev.fanfare.gateway.config;

import dev.fanfare.gateway.protocol.Policy;
import java.time.Duration;
import java.util.List;

/// What clients may choose for subscriptions that they are too slow for.
///
/// @param allowed the policies that there are
/// @param standard the one where the client asks for none; one of those
/// @param interval of `sample`, where the client asks for none
/// @param intervalMin the least a client may ask for
/// @param intervalMax the most a client may ask for
/// @param waitingMax a policy acts when more events than these wait for the client
public record PolicySettings(
        List<Policy> allowed,
        Policy standard,
        Duration interval,
        Duration intervalMin,
        Duration intervalMax,
        int waitingMax) {
    public static final PolicySettings DEFAULT = new PolicySettings(
            List.of(Policy.values()),
            Policy.RESUME,
            Duration.ofSeconds(1),
            Duration.ofMillis(100),
            Duration.ofMinutes(1),
            500);

    public PolicySettings {
        allowed = List.copyOf(allowed);
    }
}
