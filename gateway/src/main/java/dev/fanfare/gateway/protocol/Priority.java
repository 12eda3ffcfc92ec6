package dev.fanfare.gateway.protocol;

import java.util.Locale;

/// Which subscriptions a client would rather do without, if it comes to that.
public enum Priority {
    NORMAL,
    LOW;

    /// As clients write it: `low`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
