package dev.fanfare.gateway.listener;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/// How often handshakes of TLS have failed. Thread-safe.
public final class TlsMetrics {
    private final Map<HandshakeFailure, LongAdder> failed = new EnumMap<>(HandshakeFailure.class);

    public TlsMetrics() {
        for (var reason : HandshakeFailure.values()) {
            failed.put(reason, new LongAdder());
        }
    }

    public LongAdder failed(HandshakeFailure reason) {
        return Objects.requireNonNull(failed.get(reason));
    }
}
