package dev.fanfare.webhook.signing;

/// A secret cannot be opened with the configured encryption keys. The message names the secret's id and the key's,
/// never a byte of either.
public final class UnsealableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnsealableException(String message) {
        super(message);
    }
}
