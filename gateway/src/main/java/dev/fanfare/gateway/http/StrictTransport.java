package dev.fanfare.gateway.http;

import dev.fanfare.gateway.config.TlsSettings;
import java.util.Map;

/// HTTP Strict Transport Security (RFC 6797): tells browsers to come over TLS only.
public final class StrictTransport {
    private StrictTransport() {}

    /// What every answer has besides; nothing without TLS, and unless it is asked for.
    public static Map<String, String> headers(TlsSettings tls) {
        return tls.isOn() && !tls.hsts().isZero()
                ? Map.of("Strict-Transport-Security", "max-age=" + tls.hsts().toSeconds())
                : Map.of();
    }
}
