package dev.fanfare.webhook.listen;

import java.io.Serial;

/// The gateway has refused in a way that asking again does not change.
final class RefusedException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
        super(message);
    }
}
