package dev.fanfare.gateway.http;

import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.http.ProblemException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

/// What HTTP/2 may bring before a body, counted as RFC 9113 §6.5.2 does: as much as the request line and the headers
/// of HTTP/1.1 together, which Helidon bounds itself. Of HTTP/2 it bounds the compressed bytes only, and ends the
/// connection with all its streams.
public final class HeaderLimit implements Filter {
    private static final int EACH = 32;

    private final int bytesMax;

    public HeaderLimit(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        if (!request.prologue().protocolVersion().startsWith("1")) {
            check(request);
        }
        chain.proceed();
    }

    private void check(RoutingRequest request) {
        long bytes = request.prologue().uriPath().rawPath().length();
        bytes += request.prologue().query().rawValue().length();
        for (var header : request.headers()) {
            for (var value : header.allValues()) {
                bytes += EACH;
                bytes += header.name().length();
                bytes += value.length();
            }
        }
        if (bytes > bytesMax) {
            throw new ProblemException(
                    ErrorCode.HEADERS_TOO_LARGE,
                    ("the URL and the headers have %d bytes, more than the %d that are taken: send less, or subscribe to "
                                    + "a pattern instead of many channels")
                            .formatted(bytes, bytesMax));
        }
    }
}
