package dev.fanfare.gateway.session;

import java.util.Locale;

/// How events travel to a client.
public enum Transport {
    WS,
    SSE,
    POLL;

    /// As clients and metrics name it: `ws`, `sse`, `poll`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
