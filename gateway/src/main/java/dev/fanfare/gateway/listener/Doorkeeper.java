package dev.fanfare.gateway.listener;

import java.net.InetAddress;

/// Whether a connection is let in, as soon as it is known where it comes from. Must not block.
public interface Doorkeeper {
    /// Lets everybody in.
    Doorkeeper NONE = new Doorkeeper() {
        @Override
        public boolean enters(InetAddress from) {
            return true;
        }

        @Override
        public void leaves(InetAddress from) {
            // was not counted
        }
    };

    /// Called by the accepting thread. A connection that is not let in is closed at once, without a word.
    boolean enters(InetAddress from);

    /// A connection that was let in is closed: called once for each, by any thread.
    void leaves(InetAddress from);
}
