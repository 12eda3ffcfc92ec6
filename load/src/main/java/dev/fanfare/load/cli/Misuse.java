package dev.fanfare.load.cli;

/// What was asked for cannot be; the message names the option, the value and the fix.
final class Misuse extends RuntimeException {
    private static final long serialVersionUID = 1;

    Misuse(String message) {
        super(message, null, false, false);
    }
}
