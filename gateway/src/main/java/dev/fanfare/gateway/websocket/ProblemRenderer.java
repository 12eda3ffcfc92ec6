package dev.fanfare.gateway.websocket;

import dev.fanfare.service.http.ProblemException;

/// Makes the body of a refusal: an RFC 9457 problem document in JSON.
@FunctionalInterface
public interface ProblemRenderer {
    String json(ProblemException problem, String requestId);
}
