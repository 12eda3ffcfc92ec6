package dev.fanfare.events;

/// A cursor token that no gateway has made. The message is a sentence fit for the client. No stack trace.
public final class BadCursorException extends Exception {
    private static final long serialVersionUID = 1;

    BadCursorException(String message) {
        super(message, null, false, false);
    }
}
