package dev.fanfare.load.bench;

/// An option that cannot be what it is; the message names it and what would do.
final class Misuse extends RuntimeException {
    private static final long serialVersionUID = 1;

    Misuse(String message) {
        super(message, null, false, false);
    }
}
