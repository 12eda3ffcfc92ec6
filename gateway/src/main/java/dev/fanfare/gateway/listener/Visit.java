package dev.fanfare.gateway.listener;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.socket.SocketWriter;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.Router;
import java.io.UncheckedIOException;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/// A line as Helidon's connections see it.
final class Visit implements ConnectionContext {
    private final Line line;
    private final ListenerContext listener;
    private final Router router;
    private final DataReader reader = DataReader.create(this::read);
    private final DataWriter writer;

    Visit(Line line, ListenerContext listener, Router router) {
        this.line = line;
        this.listener = listener;
        this.router = router;
        this.writer = SocketWriter.create(line);
    }

    private byte @Nullable [] read() {
        try {
            return line.get();
        } catch (UncheckedIOException broken) { // of anything else Helidon would log a stack trace
            throw new CloseConnectionException("the connection broke", broken);
        }
    }

    @Override
    public DataReader dataReader() {
        return reader;
    }

    @Override
    public DataWriter dataWriter() {
        return writer;
    }

    @Override
    public HelidonSocket serverSocket() {
        return line;
    }

    @Override
    public ListenerContext listenerContext() {
        return listener;
    }

    @Override
    public ExecutorService executor() {
        return listener.executor();
    }

    @Override
    public Router router() {
        return router;
    }

    @Override
    public PeerInfo remotePeer() {
        return line.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
        return line.localPeer();
    }

    @Override
    public boolean isSecure() {
        return line.isSecure();
    }

    @Override
    public String socketId() {
        return line.socketId();
    }

    @Override
    public String childSocketId() {
        return line.childSocketId();
    }
}
