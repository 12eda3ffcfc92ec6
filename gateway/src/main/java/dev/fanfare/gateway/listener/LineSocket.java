package dev.fanfare.gateway.listener;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a line can do at once, with or without TLS: read what is there, write what there is room for, say who its ends
/// are; and what Helidon asks of every socket. Waiting is [Line]'s. One object with it, since each client has one.
abstract class LineSocket implements HelidonSocket {
    private static final byte[] NOTHING = {};
    private static final byte[] END = {};
    private static final Scratch INPUT = new Scratch(8192);

    final SocketChannel channel;
    final @Nullable TlsRecords tls;
    private final SocketAddress remote;
    private byte @Nullable [] ahead; // was read already; reading thread only

    LineSocket(SocketChannel channel, @Nullable Tls tls) throws IOException {
        this.channel = channel;
        this.remote = channel.getRemoteAddress();
        this.tls = tls == null ? null : tls.records(this);
    }

    abstract void awaitRoom() throws IOException;

    // ---- what can be done at once ----

    /// What is there to read now: nothing if the array is empty, and the end if it is null.
    public final byte @Nullable [] readNow() throws IOException {
        return tls == null ? readRaw() : tls.readNow();
    }

    /// As [#readNow], as the peer sent it.
    @SuppressWarnings("ReferenceEquality") // there is one END
    final byte @Nullable [] readRaw() throws IOException {
        var first = ahead;
        if (first != null) {
            ahead = null;
            return first == END ? null : first;
        }
        var buffer = INPUT.take();
        try {
            int length = channel.read(buffer);
            if (length <= 0) {
                return length < 0 ? null : NOTHING;
            }
            var bytes = new byte[length];
            buffer.get(0, bytes);
            return bytes;
        } finally {
            INPUT.giveBack(buffer);
        }
    }

    /// Reads what [#readRaw] is going to give; the array is empty at the end too.
    final byte[] readAhead() {
        var bytes = END;
        try {
            var raw = readRaw();
            bytes = raw == null ? END : raw;
        } catch (IOException broken) {
            // the end
        }
        ahead = bytes;
        return bytes;
    }

    final void forgetAhead() {
        ahead = null;
    }

    /// Reads what [#writeNow] is going to need.
    public final int approach() {
        return channel.isOpen() ? channel.isConnected() ? 1 : 2 : 3;
    }

    /// Writes what the operating system takes now. With TLS some of what was taken may be left; it goes out before
    /// anything else.
    public final void writeNow(ByteBuffer bytes) throws IOException {
        if (tls == null) {
            writeRaw(bytes);
        } else {
            tls.write(bytes);
        }
    }

    /// Whether the operating system has all that [#writeNow] took; if not, that is to be called again, even with
    /// nothing.
    public final boolean isFlushed() {
        return tls == null || tls.isFlushed();
    }

    final void writeRaw(ByteBuffer bytes) throws IOException {
        channel.write(bytes);
    }

    // ---- what Helidon asks ----

    /// Writes all, as one piece.
    @Override
    public final void write(BufferData buffer) {
        var rest = ByteBuffer.wrap(buffer.readBytes());
        try {
            writeNow(rest);
            while (rest.hasRemaining() || !isFlushed()) {
                awaitRoom();
                writeNow(rest);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    public final void idle() {
        // for clients' pools of connections
    }

    @Override
    @Deprecated
    @SuppressWarnings("removal") // as the interface has it
    public final int read(BufferData buffer) {
        throw new UnsupportedOperationException("Helidon does not use it");
    }

    @Override
    public final String socketId() {
        return "0x%08x".formatted(System.identityHashCode(this));
    }

    @Override
    public final String childSocketId() {
        return "";
    }

    @Override
    public final boolean isConnected() {
        return channel.isOpen();
    }

    @Override
    public final PeerInfo remotePeer() {
        return new Peer(remote, tls == null ? null : tls.session(), false);
    }

    @Override
    public final PeerInfo localPeer() {
        try {
            return new Peer(channel.getLocalAddress(), tls == null ? null : tls.session(), true);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    @Override
    public final boolean isSecure() {
        return tls != null;
    }

    /// What the handshake of TLS has agreed on, `h2` or `http/1.1`; known as soon as something was read.
    public final Optional<String> applicationProtocol() {
        return tls == null ? Optional.empty() : tls.applicationProtocol();
    }
}
