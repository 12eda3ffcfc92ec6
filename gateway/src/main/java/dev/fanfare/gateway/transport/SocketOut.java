package dev.fanfare.gateway.transport;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.socket.HelidonSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The writing side of a connection: blocking, for one writer, and cuttable by anybody.
///
/// A blocked write is ended by interrupting its thread: that closes the channel below it, without waiting for a lock
/// that the writer holds (as `Socket.shutdownOutput` and, under TLS, even `close` would).
public final class SocketOut implements Out {
    private static final int SLICE = 16_384; // progress is noticed after so many bytes
    private static final int COPY_BYTES_MAX = 64 << 20;
    private static final AtomicLong COPYING = new AtomicLong(); // bytes of all copies that writers of this node hold

    private final HelidonSocket socket;

    @GuardedBy("this")
    private @Nullable Thread writer;

    @GuardedBy("this")
    private boolean aborted;

    private volatile long progressNanos; // 0: no write is under way

    public SocketOut(HelidonSocket socket) {
        this.socket = socket;
    }

    /// Writes everything. Several pieces are gathered for one write to the socket, unless all such copies together
    /// would exceed their bound: then each piece is written by itself.
    ///
    /// @throws IOException if the connection is broken or was cut
    @Override
    public void write(List<byte[]> pieces, int bytes) throws IOException {
        begin();
        try {
            if (pieces.size() == 1) {
                slices(pieces.getFirst());
            } else if (COPYING.addAndGet(bytes) <= COPY_BYTES_MAX) {
                try {
                    slices(gathered(pieces, bytes));
                } finally {
                    COPYING.addAndGet(-bytes);
                }
            } else {
                COPYING.addAndGet(-bytes);
                for (var piece : pieces) {
                    slices(piece);
                }
            }
        } catch (UncheckedIOException broken) {
            throw broken.getCause();
        } finally {
            end();
        }
    }

    static byte[] gathered(List<byte[]> pieces, int bytes) {
        var all = new byte[bytes];
        int at = 0;
        for (var piece : pieces) {
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
        }
        return all;
    }

    private void slices(byte[] bytes) {
        for (int at = 0; at < bytes.length; at += SLICE) {
            // read-only: the other kind of buffer writes to the array's end, or beyond it, from a position that is not
            // 0
            socket.write(BufferData.createReadOnly(bytes, at, Math.min(SLICE, bytes.length - at)));
            progressNanos = System.nanoTime();
        }
    }

    private synchronized void begin() throws IOException {
        if (aborted) {
            throw new IOException("the connection was cut");
        }
        progressNanos = System.nanoTime();
        writer = Thread.currentThread();
    }

    private synchronized void end() {
        writer = null;
        progressNanos = 0;
        if (aborted) {
            Thread.interrupted(); // it was meant for the write
        }
    }

    /// When the write under way last made progress ([System#nanoTime]); 0 if none is under way.
    @Override
    public long stalledSince() {
        return progressNanos;
    }

    /// Cuts the connection. Does not block.
    @Override
    public synchronized void abort() {
        if (!aborted) {
            aborted = true;
            if (writer != null) {
                writer.interrupt();
            }
            Thread.ofVirtual().name("abort").start(this::close); // may block under TLS
        }
    }

    private void close() {
        try {
            socket.close();
        } catch (UncheckedIOException closedAlready) {
            // that is what was wanted
        }
    }
}
