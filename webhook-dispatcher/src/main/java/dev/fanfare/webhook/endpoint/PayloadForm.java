package dev.fanfare.webhook.endpoint;

import java.util.Locale;

/// What an event looks like as a request.
public enum PayloadForm {
    /// The event's data as it is.
    DATA,
    /// CloudEvents in binary mode: data as it is, attributes as `ce-` headers (CloudEvents HTTP binding §3.1).
    BINARY,
    /// CloudEvents in structured mode (§3.2).
    STRUCTURED,
    /// CloudEvents in batches (§3.3).
    BATCH;

    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
