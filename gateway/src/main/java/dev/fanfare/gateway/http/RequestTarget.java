package dev.fanfare.gateway.http;

import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.http.HttpProblems;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

/// Targets of requests that are no path (RFC 9112 §3.2), such as `a:b://c`: Helidon takes them, and fails where it
/// looks for their path.
public final class RequestTarget {
    private RequestTarget() {}

    /// Refuses them, and ends the connection.
    public static void check(RoutingRequest request, RoutingResponse response) {
        if (request.prologue().uriPath().path() == null) {
            throw HttpProblems.last(
                    request, response, ErrorCode.INVALID_MESSAGE, "the request is for no path: begin it with '/'");
        }
    }
}
