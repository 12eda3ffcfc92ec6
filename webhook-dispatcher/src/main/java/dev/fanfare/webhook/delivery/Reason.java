package dev.fanfare.webhook.delivery;

import java.util.Locale;

/// Why a delivery stands where it stands: what came of a call, or why there was none. Stable codes, listed in
/// `docs/webhooks.md`.
public enum Reason {
    /// Answered with 2xx.
    DELIVERED(Kind.SUCCESS),
    /// Answered with a status that is no success and has no rule of its own.
    STATUS(Kind.FAILURE),
    /// Answered with 3xx, which is never followed.
    REDIRECT(Kind.FAILURE),
    /// Answered with 429.
    THROTTLED(Kind.OVERLOAD),
    /// No whole answer within the endpoint's timeout.
    TIMEOUT(Kind.OVERLOAD),
    /// Nobody listens there, or no route.
    CONNECTION_REFUSED(Kind.FAILURE),
    /// The connection broke, or what came was not HTTP.
    CONNECTION_LOST(Kind.FAILURE),
    /// No TLS: the certificate, the name or the handshake.
    TLS(Kind.FAILURE),
    /// The host's name has no address.
    DNS(Kind.FAILURE),
    /// The address is one that may not be called.
    ADDRESS_FORBIDDEN(Kind.FAILURE),
    /// The secret or the payload form does not work for this event: a fault of this side.
    NOT_SENDABLE(Kind.FAILURE),
    /// Answered with 410: the endpoint is disabled.
    GONE(Kind.FAILURE),
    /// Answered with `webhook-delivery: disable`: the endpoint is disabled.
    DISABLED_BY_RECEIVER(Kind.FAILURE),
    /// Answered with `webhook-delivery: abort-message`: not sent again.
    ABORTED_BY_RECEIVER(Kind.FINAL),
    /// The schedule has ended.
    EXHAUSTED(Kind.FINAL),
    /// Larger than events may be.
    TOO_LARGE(Kind.FINAL),
    /// Older than the endpoint's TTL.
    EXPIRED(Kind.FINAL),
    /// A later event of the same key took its place.
    SUPERSEDED(Kind.FINAL),
    /// The endpoint was disabled in the meantime.
    ENDPOINT_DISABLED(Kind.FINAL),
    /// The endpoint was deleted in the meantime.
    ENDPOINT_DELETED(Kind.FINAL);

    private enum Kind {
        SUCCESS,
        FAILURE,
        OVERLOAD,
        FINAL
    }

    private final Kind kind;

    Reason(Kind kind) {
        this.kind = kind;
    }

    public boolean isSuccess() {
        return kind == Kind.SUCCESS;
    }

    /// Whether a call failed, so that the breaker counts it.
    public boolean isFailure() {
        return kind == Kind.FAILURE || kind == Kind.OVERLOAD;
    }

    /// Whether the endpoint shows that it gets too much: the next try waits longer, and its lane gets narrower.
    public boolean isOverload() {
        return kind == Kind.OVERLOAD;
    }

    /// As it is shown and stored: `connection-refused`.
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Reads what [#code] wrote.
    ///
    /// @throws IllegalArgumentException if no reason has this code
    public static Reason of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
