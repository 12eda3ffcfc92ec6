package dev.fanfare.gateway.websocket;

/// The peer broke the protocol or a limit: the WebSocket is closed with this code. Has no stack trace.
final class Violation extends RuntimeException {
    static final int PROTOCOL_ERROR = 1002;
    static final int NOT_CONSISTENT = 1007;
    static final int TOO_BIG = 1009;

    private static final long serialVersionUID = 1;

    private final int code;
    private final String reason;

    /// A violation to close with.
    ///
    /// @param reason goes to the peer; at most 123 bytes
    Violation(int code, String reason) {
        super(reason, null, false, false);
        this.code = code;
        this.reason = reason;
    }

    static Violation protocolError(String reason) {
        return new Violation(PROTOCOL_ERROR, reason);
    }

    static Violation tooBig(int messageMax) {
        return new Violation(TOO_BIG, "a message may have " + messageMax + " bytes, and as many frames");
    }

    int code() {
        return code;
    }

    String reason() {
        return reason;
    }
}
