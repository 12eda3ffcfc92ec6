package dev.fanfare.gateway.listener;

import io.helidon.common.socket.PeerInfo;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.Principal;
import java.security.cert.Certificate;
import java.util.Optional;

/// One end of a line.
record Peer(SocketAddress address) implements PeerInfo {
    @Override
    public String host() {
        return address instanceof InetSocketAddress internet ? internet.getHostString() : address.toString();
    }

    @Override
    public int port() {
        return address instanceof InetSocketAddress internet ? internet.getPort() : -1;
    }

    @Override
    public Optional<Principal> tlsPrincipal() {
        return Optional.empty();
    }

    @Override
    public Optional<Certificate[]> tlsCertificates() {
        return Optional.empty();
    }
}
