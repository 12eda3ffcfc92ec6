package dev.fanfare.gateway.listener;

import io.helidon.common.socket.PeerInfo;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.Principal;
import java.security.cert.Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// One end of a line.
///
/// @param session of TLS; null without
/// @param ours whether it is this end
record Peer(SocketAddress address, @Nullable SSLSession session, boolean ours) implements PeerInfo {
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
        if (session == null) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(ours ? session.getLocalPrincipal() : session.getPeerPrincipal());
        } catch (SSLPeerUnverifiedException none) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<Certificate[]> tlsCertificates() {
        if (session == null) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(ours ? session.getLocalCertificates() : session.getPeerCertificates());
        } catch (SSLPeerUnverifiedException none) {
            return Optional.empty();
        }
    }
}
