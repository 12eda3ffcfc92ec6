package dev.fanfare.gateway.listener;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/// Why a handshake of TLS did not end, as metrics name it.
public enum HandshakeFailure {
    /// No protocol version, cipher or application protocol that both have.
    UNSUPPORTED,
    /// The client shows no certificate, or none that is trusted.
    CLIENT_CERTIFICATE,
    /// The client says that it does not go on: mostly because it does not trust the server's certificate.
    REJECTED,
    /// What came first is no TLS.
    NOT_TLS,
    /// It is, and not as the RFC has it.
    MALFORMED,
    /// The client was gone before the end.
    GONE,
    /// It took longer than it may.
    TIMEOUT;

    private static final Pattern ALERT = Pattern.compile("\\((\\w+)\\) .*"); // that the JDK sends or has got
    private static final Set<String> NOTHING_IN_COMMON =
            Set.of("protocol_version", "handshake_failure", "insufficient_security", "no_application_protocol");

    /// By what was thrown. The JDK tells these apart only in its messages.
    static HandshakeFailure of(Exception thrown) {
        if (thrown instanceof ClosedChannelException) {
            return TIMEOUT; // from our side nothing else closes it, but the end of the gateway
        }
        if (!(thrown instanceof SSLException)) {
            return thrown instanceof IOException ? GONE : MALFORMED;
        }
        var message = String.valueOf(thrown.getMessage());
        if (message.contains("close_notify")) {
            return GONE;
        }
        if (message.contains("Received fatal alert")) {
            return REJECTED;
        }
        if (message.contains("recognized SSL message") || message.contains("plaintext connection")) {
            return NOT_TLS;
        }
        var alert = ALERT.matcher(message);
        var name = alert.matches() ? alert.group(1) : "";
        if (message.contains("certificate") || name.equals("unknown_ca")) {
            return CLIENT_CERTIFICATE;
        }
        return NOTHING_IN_COMMON.contains(name) ? UNSUPPORTED : MALFORMED;
    }

    /// As in metrics: `not-tls`.
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
