package dev.fanfare.gateway.limits;

import java.util.Locale;

/// What clients are refused for, as metrics name it. Which setting each is: `docs/security.md`.
public enum Limit {
    ADDRESS_CONNECTIONS,
    ADDRESS_HANDSHAKES,
    SESSIONS,
    ADDRESS_SESSIONS,
    PRINCIPAL_SESSIONS,
    CONNECTS,
    ADDRESS_CONNECTS,
    MESSAGES,
    UNFINISHED_MESSAGES,
    ADDRESS_PUBLISHES,
    PRINCIPAL_PUBLISHES,
    ADDRESS_PUBLISH_BYTES,
    PRINCIPAL_PUBLISH_BYTES,
    ADDRESS_REPLAYS,
    PRINCIPAL_REPLAYS,
    PRINCIPAL_TICKETS;

    /// As in metrics: `address-sessions`.
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
