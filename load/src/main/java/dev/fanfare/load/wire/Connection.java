package dev.fanfare.load.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A socket that never blocks. Holds, between two reads, the bytes of a message that has not come whole, and those that
/// the other side has not taken; what is read goes to the loop's one buffer.
///
/// Owned by its loop's thread.
public final class Connection {
    private static final byte[] NOTHING = {};
    private static final int KEPT_CAPACITY_MAX = 4096; // a larger one is not kept for the next time

    private final SocketChannel channel;
    private final SelectionKey key;
    private final @Nullable Tls tls;
    private byte[] kept = NOTHING;
    private int keptLength;
    private @Nullable ByteBuffer unsent;
    private @Nullable Chunks chunks;

    /// @param key of the channel, which is not blocking
    public Connection(SocketChannel channel, SelectionKey key) {
        this(channel, key, null);
    }

    /// @param secured makes it secure; null: it stays as it is
    public Connection(SocketChannel channel, SelectionKey key, @Nullable TlsClient secured) {
        this.channel = channel;
        this.key = key;
        tls = secured == null ? null : secured.over(channel);
    }

    /// It is connected: begins the TLS handshake, if there is one.
    public void begin() throws IOException {
        if (tls != null) {
            tls.begin();
            awaitRoom(tls);
        }
    }

    /// Whether it can be used. If not, each [#read] goes on with the handshake.
    public boolean isEstablished() {
        return tls == null || tls.isEstablished();
    }

    public boolean isOpen() {
        return channel.isOpen();
    }

    /// Whether what comes is read.
    public void reads(boolean on) {
        if (key.isValid()) {
            key.interestOps(on ? key.interestOps() | SelectionKey.OP_READ : key.interestOps() & ~SelectionKey.OP_READ);
        }
    }

    /// Reads what has come behind what was kept, without its chunks' frames.
    ///
    /// @param atMost how many bytes off the socket
    /// @return how many bytes have come, with TLS those in its records; -1 at the stream's end
    public int read(Input in, int atMost) throws IOException {
        int count;
        if (tls == null) {
            count = in.read(channel, kept, keptLength, atMost);
        } else {
            count = in.read(tls, kept, keptLength, atMost);
            awaitRoom(tls);
        }
        if (count > 0 && chunks != null) {
            in.end(chunks.decode(in.data(), keptLength, in.end()));
        }
        return count;
    }

    /// From here on the input is a chunked body.
    public void beginChunks(Input in) {
        chunks = new Chunks();
        in.end(chunks.decode(in.data(), in.at(), in.end()));
    }

    /// From here on it is not.
    public void endChunks() {
        chunks = null;
    }

    /// Whether the last chunk has been read.
    public boolean chunksComplete() {
        return chunks != null && chunks.done();
    }

    /// Keeps what has not been taken off the input.
    public void keep(Input in) {
        keptLength = in.length();
        if (keptLength == 0) {
            kept = kept.length > KEPT_CAPACITY_MAX ? NOTHING : kept;
            return;
        }
        if (kept.length < keptLength) {
            kept = Arrays.copyOfRange(in.data(), in.at(), Math.max(in.end(), in.at() + 256));
        } else {
            System.arraycopy(in.data(), in.at(), kept, 0, keptLength);
        }
    }

    /// What cannot be written now is by [#flush].
    public void send(byte[] bytes) throws IOException {
        if (tls != null) {
            tls.write(ByteBuffer.wrap(bytes));
            awaitRoom(tls);
            return;
        }
        if (unsent != null) {
            var more = ByteBuffer.allocate(unsent.remaining() + bytes.length);
            unsent = more.put(unsent).put(bytes).flip();
            return;
        }
        var buffer = ByteBuffer.wrap(bytes);
        channel.write(buffer);
        if (buffer.hasRemaining()) {
            unsent = buffer;
            key.interestOpsOr(SelectionKey.OP_WRITE);
        }
    }

    /// The socket can be written to again.
    public void flush() throws IOException {
        if (tls != null && !tls.flush()) {
            return;
        }
        if (unsent != null) {
            channel.write(unsent);
            if (unsent.hasRemaining()) {
                return;
            }
        }
        unsent = null;
        key.interestOpsAnd(~SelectionKey.OP_WRITE);
    }

    public void close() {
        close(channel);
    }

    /// Without a word if it cannot be.
    public static void close(@Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException failure) {
            System.getLogger(Connection.class.getName()).log(System.Logger.Level.DEBUG, "close", failure);
        }
    }

    private void awaitRoom(Tls through) {
        if (!through.isFlushed()) {
            key.interestOpsOr(SelectionKey.OP_WRITE);
        }
    }
}
