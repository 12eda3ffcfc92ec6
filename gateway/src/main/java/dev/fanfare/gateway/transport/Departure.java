package dev.fanfare.gateway.transport;

import io.helidon.webserver.CloseConnectionException;

/// Ends a connection without a word, and without a stack trace, since nothing is wrong with it.
final class Departure extends CloseConnectionException {
    private static final long serialVersionUID = 1;

    Departure() {
        super("the connection has ended");
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
