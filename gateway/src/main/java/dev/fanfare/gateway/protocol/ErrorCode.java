package dev.fanfare.gateway.protocol;

import dev.fanfare.service.http.ProblemCode;
import java.util.Locale;

/// The stable codes that clients may rely on, each with its HTTP status (RFC 9457 `type` is `about:blank#code`).
/// Listed in `docs/protocol.md`.
public enum ErrorCode implements ProblemCode {
    UNKNOWN_PARAMETER(400, "Unknown parameter"),
    INVALID_PARAMETER(400, "Invalid parameter"),
    INVALID_CHANNEL(400, "Invalid channel"),
    INVALID_CURSOR(400, "Invalid cursor"),
    INVALID_MESSAGE(400, "Invalid message"),
    INVALID_EVENT(400, "Invalid event"),
    TOO_MANY_CHANNELS(400, "Too many channels"),
    UNAUTHORIZED(401, "Unauthorized"),
    INVALID_TOKEN(401, "Invalid token"),
    INVALID_TICKET(401, "Invalid ticket"),
    TOKEN_EXPIRED(401, "Token expired"),
    TOKEN_REVOKED(401, "Token revoked"),
    FORBIDDEN(403, "Forbidden"),
    DISCONNECTED(403, "Disconnected"),
    FOREIGN_ORIGIN(403, "Foreign origin"),
    PUBLISHING_OFF(403, "Publishing is off"),
    NOT_FOUND(404, "Not found"),
    NO_SESSION(404, "No such session"),
    METHOD_NOT_ALLOWED(405, "Method not allowed"),
    TRANSPORT_OFF(406, "Transport not available"),
    TOO_LARGE(413, "Too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type"),
    NO_KEY(422, "No key"),
    NO_STATE(422, "No state"),
    STATE_TOO_LARGE(422, "State too large"),
    IDEMPOTENCY_KEY_REUSED(422, "Idempotency key reused"),
    UPGRADE_REQUIRED(426, "Upgrade required"),
    TOO_MANY_SESSIONS(429, "Too many sessions"),
    TOO_MANY_REQUESTS(429, "Too many requests"),
    HEADERS_TOO_LARGE(431, "Headers too large"),
    INTERNAL(500, "Internal error"),
    NOT_READY(503, "Not ready"),
    SHUTTING_DOWN(503, "Shutting down"),
    NODE_BUSY(503, "Node is busy"),
    NODE_BEHIND(503, "Node is behind"),
    OVERLOADED(503, "Overloaded"),
    KAFKA_AWAY(503, "Kafka is away"),
    PUBLISH_BUSY(503, "Too many publishes"),
    FELL_BEHIND(503, "Fell behind"),
    REPLAY_BUSY(503, "Too many replays"),
    STATE_BUSY(503, "State is being read"),
    POLL_BUSY(503, "Too many long-polls"),
    TICKET_BUSY(503, "Too many tickets"),
    ISSUER_AWAY(503, "Issuer is away"),
    UNSUPPORTED_HTTP_VERSION(505, "Unsupported HTTP version");

    private final int status;
    private final String title;

    ErrorCode(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /// For what the HTTP server itself refuses.
    public static ErrorCode of(int status) {
        return switch (status) {
            case 404 -> NOT_FOUND;
            case 405 -> METHOD_NOT_ALLOWED;
            case 413 -> TOO_LARGE;
            case 415 -> UNSUPPORTED_MEDIA_TYPE;
            case 431 -> HEADERS_TOO_LARGE;
            case 503 -> NOT_READY;
            case 505 -> UNSUPPORTED_HTTP_VERSION;
            default -> status < 500 ? INVALID_MESSAGE : INTERNAL;
        };
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
