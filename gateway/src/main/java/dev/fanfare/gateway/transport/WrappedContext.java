package dev.fanfare.gateway.transport;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/// Helidon's context of a connection with a reader and a writer of ours in it. Everything else is Helidon's.
abstract class WrappedContext implements ConnectionContext {
    private final ConnectionContext helidon;
    private final DepartingWriter writer;
    private final DataReader reader = new LineReader(this::next);

    WrappedContext(ConnectionContext helidon) {
        this.helidon = helidon;
        this.writer = new DepartingWriter(helidon.dataWriter());
    }

    /// What the HTTP connection reads next; null at the end. Called by the connection's own thread.
    abstract byte @Nullable [] next();

    /// The next bytes from the peer, beginning with those that Helidon looked at to tell the protocol; null at the
    /// end.
    final byte @Nullable [] pull() {
        var source = helidon.dataReader();
        try {
            source.ensureAvailable();
        } catch (DataReader.InsufficientDataAvailableException end) {
            return null;
        }
        return source.readBuffer().readBytes();
    }

    /// Whether HTTP has said that its last answer was the connection's.
    final boolean isAtEnd() {
        return writer.wroteLast();
    }

    /// Whether [#pull] need not wait.
    final boolean hasMore() {
        return helidon.dataReader().available() > 0;
    }

    @Override
    public final DataReader dataReader() {
        return reader;
    }

    @Override
    public final DataWriter dataWriter() {
        return writer;
    }

    @Override
    public final ListenerContext listenerContext() {
        return helidon.listenerContext();
    }

    @Override
    public final ExecutorService executor() {
        return helidon.executor();
    }

    @Override
    public final Router router() {
        return helidon.router();
    }

    @Override
    public final Optional<ProxyProtocolData> proxyProtocolData() {
        return helidon.proxyProtocolData();
    }

    @Override
    public final HelidonSocket serverSocket() {
        return helidon.serverSocket();
    }

    @Override
    public final PeerInfo remotePeer() {
        return helidon.remotePeer();
    }

    @Override
    public final PeerInfo localPeer() {
        return helidon.localPeer();
    }

    @Override
    public final boolean isSecure() {
        return helidon.isSecure();
    }

    @Override
    public final String socketId() {
        return helidon.socketId();
    }

    @Override
    public final String childSocketId() {
        return helidon.childSocketId();
    }
}
