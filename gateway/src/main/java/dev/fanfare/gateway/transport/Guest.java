package dev.fanfare.gateway.transport;

/// Who has taken a connection over.
interface Guest {
    /// The peer has closed, or the connection broke. Called by a thread of the connection's.
    void peerGone();

    /// Whether what the peer sends is its next request, to be answered when the guest has left; otherwise it is
    /// ignored.
    default boolean leaves() {
        return false;
    }
}
