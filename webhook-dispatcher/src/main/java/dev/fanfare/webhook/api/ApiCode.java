package dev.fanfare.webhook.api;

import dev.fanfare.service.http.ProblemCode;
import java.util.Locale;

/// The stable codes that clients may rely on, each with its HTTP status (RFC 9457 `type` is `about:blank#code`). Listed
/// in the OpenAPI document.
public enum ApiCode implements ProblemCode {
    MALFORMED_REQUEST(400, "Malformed request"),
    MALFORMED_JSON(400, "Malformed JSON"),
    UNKNOWN_FIELD(400, "Unknown field"),
    UNKNOWN_PARAMETER(400, "Unknown parameter"),
    INVALID_PARAMETER(400, "Invalid parameter"),
    UNAUTHORIZED(401, "Unauthorized"),
    FORBIDDEN(403, "Forbidden"),
    NOT_FOUND(404, "Not found"),
    METHOD_NOT_ALLOWED(405, "Method not allowed"),
    CONFLICT(409, "Conflict"),
    ENDPOINT_DISABLED(409, "Endpoint disabled"),
    NOT_KEPT(409, "Not kept"),
    LINK_OVER(410, "The link is over"),
    STALE(412, "Changed since it was read"),
    TOO_LARGE(413, "Too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type"),
    INVALID_FIELD(422, "Invalid field"),
    HANDSHAKE_REFUSED(422, "Handshake refused"),
    IDEMPOTENCY_KEY_REUSED(422, "Idempotency key reused"),
    PRECONDITION_REQUIRED(428, "If-Match is missing"),
    INTERNAL(500, "Internal error"),
    STORE_AWAY(503, "The store is away"),
    KAFKA_AWAY(503, "Kafka is away"),
    ISSUER_AWAY(503, "The issuer is away");

    private final int status;
    private final String title;

    ApiCode(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /// For what the HTTP server itself refuses.
    public static ApiCode of(int status) {
        return switch (status) {
            case 404 -> NOT_FOUND;
            case 405 -> METHOD_NOT_ALLOWED;
            case 413 -> TOO_LARGE;
            case 415 -> UNSUPPORTED_MEDIA_TYPE;
            default -> status < 500 ? MALFORMED_REQUEST : INTERNAL;
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
