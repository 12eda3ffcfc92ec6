package dev.fanfare.gateway.channel;

import org.jspecify.annotations.Nullable;

/// Kafka cannot be read from at the moment; it may be again.
public final class HistoryUnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    public HistoryUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
