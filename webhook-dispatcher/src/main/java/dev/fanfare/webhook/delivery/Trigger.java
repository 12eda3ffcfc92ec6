package dev.fanfare.webhook.delivery;

import java.util.Locale;

/// Why an attempt is made.
public enum Trigger {
    /// The event came, or its retry is due.
    SCHEDULE,
    /// Somebody asked for this delivery.
    RESEND,
    /// Somebody asked for all that failed since a time.
    RECOVER,
    /// Somebody asked for a part of Kafka again.
    REPLAY,
    /// Somebody asked for a test event.
    TEST;

    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Reads what [#code] wrote.
    ///
    /// @throws IllegalArgumentException if no trigger has this code
    public static Trigger of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
