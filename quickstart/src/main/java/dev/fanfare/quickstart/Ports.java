package dev.fanfare.quickstart;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;

/// Whether a port is free, told before anything is started.
final class Ports {
    private static final int CONNECT_MILLIS = 500;

    private Ports() {}

    /// Looks whether anybody listens there, or the port cannot be bound.
    ///
    /// @param who needs the port
    /// @param flag the option that changes it
    /// @return what to tell when the port is taken
    static Optional<String> taken(int port, String who, String flag) {
        return isFree(port)
                ? Optional.empty()
                : Optional.of("port %d is taken by another program, and %s needs it: stop that program, or choose "
                                .formatted(port, who)
                        + "another port with %s N".formatted(flag));
    }

    private static boolean isFree(int port) {
        var address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
        // where a wildcard listener does not stop a bind to loopback (macOS), a connection still finds it
        try (var probe = new Socket()) {
            probe.connect(address, CONNECT_MILLIS);
            return false;
        } catch (IOException refused) {
            // as it should be
        }
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
