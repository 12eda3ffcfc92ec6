package dev.fanfare.gateway.transport;

import java.time.Duration;

/// Who has taken a connection over. Called by the connection's reading thread.
interface Guest {
    /// The peer has closed, or the connection broke.
    void peerGone();

    /// How long the connection has been of no use to anybody. Any thread.
    default Duration idleTime() {
        return Duration.ZERO;
    }

    /// The peer has sent something: the next request, if it is a sane client. Returns when the guest has answered.
    ///
    /// @return whether the connection goes back to the HTTP server, which reads what was sent; otherwise it is
    ///     ignored
    default boolean awaitAnswered() throws InterruptedException {
        return false;
    }
}
