package dev.fanfare.webhook.http;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What is sent, ready and signed.
///
/// @param headers one value a name; none of [#isReserved]
/// @param timeout of the call as a whole, from the name's lookup to the last byte of the answer that is read
/// @param http2 whether HTTP/2 is offered. It pays for receivers that get more calls at a time than they like
/// connections, some 16: one connection and one TLS handshake for all. Below, HTTP/1.1 is cheaper (HTTP/2 takes a
/// platform thread a connection) and keeps calls apart: of HTTP/2 one lost connection or packet holds up all.
@SuppressWarnings("ArrayRecordComponent") // never changed, never compared
public record Request(URI url, Map<String, String> headers, byte[] body, Duration timeout, boolean http2) {
    private static final Set<String> RESERVED = Set.of(
            "accept-encoding",
            "connection",
            "content-length",
            "expect",
            "host",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    public Request {
        headers = Map.copyOf(headers);
    }

    /// Over HTTP/1.1.
    public Request(URI url, Map<String, String> headers, byte[] body, Duration timeout) {
        this(url, headers, body, timeout, false);
    }

    /// Whether a header belongs to the connection, so that nobody else may set it; in any case of letters.
    public static boolean isReserved(String header) {
        var name = header.toLowerCase(Locale.ROOT);
        return RESERVED.contains(name) || name.startsWith("proxy-");
    }

    /// Headers and body may hold secrets: neither is shown, nor is the URL's query.
    @Override
    public String toString() {
        return "Request[%s, %d bytes, timeout=%s]".formatted(url.getHost(), body.length, timeout);
    }
}
