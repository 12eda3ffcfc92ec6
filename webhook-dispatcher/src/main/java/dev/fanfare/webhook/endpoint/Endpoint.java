package dev.fanfare.webhook.endpoint;

import dev.fanfare.webhook.delivery.EndpointId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A third party's address for events, as stored.
///
/// @param secrets the current one of each scheme first, then those whose overlap has not ended
/// @param version grows with every change of settings or secrets, and when the dispatcher disables it; its ETag
/// @param registryVersion the registry's version when this was last changed
/// @param disabledReason why the dispatcher has disabled it, if it has
/// @param pausedUntil nothing is sent before: the receiver asked for it
/// @param failingSince since when nothing but failures, if so
/// @param allowedRate what the receiver granted in its handshake, calls a minute
public record Endpoint(
        EndpointId id,
        String tenant,
        EndpointSettings settings,
        List<SealedSecret> secrets,
        long version,
        long registryVersion,
        Optional<String> disabledReason,
        Optional<Instant> pausedUntil,
        Optional<Instant> failingSince,
        OptionalInt allowedRate,
        Instant createdAt,
        Instant updatedAt) {
    public Endpoint {
        secrets = List.copyOf(secrets);
    }

    /// Whether it gets events.
    public boolean isActive() {
        return settings.enabled() && disabledReason.isEmpty();
    }
}
