package dev.fanfare.gateway.e2e;

import java.net.InetSocketAddress;
import java.util.Optional;

/// A gateway that clients may go to. Any thread may ask.
public interface Node {
    /// Where it listens; nothing while it is known to be stopped.
    Optional<InetSocketAddress> address();
}
