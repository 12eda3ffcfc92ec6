package dev.fanfare.load.client;

import java.util.Optional;

/// How a session gets its events.
public enum Transport {
    SSE("sse"),
    WEBSOCKET("ws"),
    POLL("poll");

    private final String label;

    Transport(String label) {
        this.label = label;
    }

    /// As options and reports call it.
    public String label() {
        return label;
    }

    public static Optional<Transport> of(String label) {
        for (var transport : values()) {
            if (transport.label.equals(label)) {
                return Optional.of(transport);
            }
        }
        return Optional.empty();
    }
}
