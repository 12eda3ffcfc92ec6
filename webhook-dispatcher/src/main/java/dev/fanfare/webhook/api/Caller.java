package dev.fanfare.webhook.api;

import java.util.Optional;
import java.util.Set;

/// Who asks, as far as it matters once they are let in.
///
/// @param owner whose `Idempotency-Key`s they send, at most 64 characters: others have other keys
/// @param tenants whose endpoints and deliveries there are for them; empty: everybody's
record Caller(String owner, Optional<Set<String>> tenants) {
    /// Sees no tenant's things. For routes that are open to all.
    static final Caller NOBODY = new Caller("nobody", Optional.of(Set.of()));

    Caller {
        tenants = tenants.map(Set::copyOf);
    }

    boolean sees(String tenant) {
        return tenants.isEmpty() || tenants.get().contains(tenant);
    }
}
