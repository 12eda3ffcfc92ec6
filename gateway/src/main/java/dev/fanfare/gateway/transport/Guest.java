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

    /// Is offered what the peer has sent, as its next request. Must not block.
    ///
    /// @return whether the guest deals with it
    default boolean take(byte[] bytes) {
        return false;
    }

    /// Another request waits for the guest to leave, which has perhaps nothing to do until its own comes.
    ///
    /// @return whether it has left, without [ClientConnection#leave]
    default boolean makesWay() {
        return false;
    }
}
