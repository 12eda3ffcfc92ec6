package dev.fanfare.service.access;

/// A token that is not taken, and why, in a sentence that may be shown to whoever sent it. Has nothing of the token but
/// what is named there.
public final class TokenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final TokenFault fault;

    public TokenException(TokenFault fault, String sentence) {
        super(sentence, null, false, false);
        this.fault = fault;
    }

    public TokenFault fault() {
        return fault;
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}
