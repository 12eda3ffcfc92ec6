package dev.fanfare.webhook.endpoint;

import java.util.Locale;

/// What may overtake what on the way to an endpoint.
public enum Ordering {
    /// Anything.
    NONE,
    /// Nothing overtakes an earlier event with the same Kafka key.
    KEY;

    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
