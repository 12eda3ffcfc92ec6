package dev.fanfare.load.hook;

/// The dispatcher does not take an endpoint; the message is what it says.
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
        super(message, null, false, false);
    }
}
