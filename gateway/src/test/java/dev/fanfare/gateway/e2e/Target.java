package dev.fanfare.gateway.e2e;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/// Where a client connects to, and how.
///
/// @param receiveBuffer bytes that the kernel takes for it, 0 for as many as it likes: with few of them, what is not
///     read soon stalls the writer
/// @param patience how long it waits for the connection, and then for each byte
public record Target(InetSocketAddress gateway, int receiveBuffer, Duration patience) {
    private static final Duration USUAL = Duration.ofSeconds(15);

    public static Target of(InetSocketAddress gateway) {
        return new Target(gateway, 0, USUAL);
    }

    static Target local(int port) {
        return of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
    }

    public Target patience(Duration most) {
        return new Target(gateway, receiveBuffer, most);
    }
}
