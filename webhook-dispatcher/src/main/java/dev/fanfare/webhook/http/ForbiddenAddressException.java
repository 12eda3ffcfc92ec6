package dev.fanfare.webhook.http;

import java.io.IOException;

/// The address may not be connected to. Says nothing about the address: what an inner name resolves to is nobody's
/// business.
final class ForbiddenAddressException extends IOException {
    private static final long serialVersionUID = 1;

    ForbiddenAddressException() {
        super("The receiver's address is one that may not be called.");
    }
}
