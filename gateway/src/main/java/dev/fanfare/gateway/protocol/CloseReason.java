package dev.fanfare.gateway.protocol;

/// Why a session ended. Clients see the WebSocket close code (RFC 6455 §7.4, IANA registry); operators see the name
/// in metrics.
public enum CloseReason {
    /// The client closed, or its connection broke.
    CLIENT_GONE(1000, false),
    /// The client said goodbye, or broke the protocol and was told so.
    CLIENT_CLOSED(1000, false),
    /// The gateway stops or moves clients away.
    SHUTTING_DOWN(1012, true),
    /// An operator has the client go on elsewhere.
    MOVED(1012, true),
    /// An operator has ended the session.
    DISCONNECTED(1008, false),
    /// The client did not read for too long, or kept falling behind.
    TOO_SLOW(1013, true),
    /// The client fell behind, and would rather be ended then: [Policy#DISCONNECT].
    FELL_BEHIND(1013, true),
    /// No room for another replay now.
    REPLAY_BUSY(1013, true),
    /// The connection reached its maximum life.
    MAXIMUM_LIFE(1012, true),
    /// There turned out to be no place for one more session.
    NO_PLACE(1013, true),
    /// What waits for all clients to read it was too much, and this one has not read for longest.
    WRITE_BUDGET(1013, true),
    /// No sign of the client for two heartbeats.
    CLIENT_SILENT(1001, true),
    /// More control messages than the client reads answers to, or than it may send.
    POLICY(1008, false),
    /// The token has expired, and no new one came.
    TOKEN_EXPIRED(3000, true),
    /// The token was taken back.
    TOKEN_REVOKED(3003, false),
    /// The long-poll has its answer.
    ANSWERED(1000, true),
    /// A fault of the gateway.
    INTERNAL(1011, true);

    private final int code;
    private final boolean resumable;

    CloseReason(int code, boolean resumable) {
        this.code = code;
        this.resumable = resumable;
    }

    /// WebSocket close code.
    public int code() {
        return code;
    }

    /// Whether the client may come back with its cursor.
    public boolean resumable() {
        return resumable;
    }
}
