package dev.fanfare.gateway.listener;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// One connection's TLS (RFC 8446, RFC 5246): makes records of what is written and undoes those that are read. The
/// handshake is part of reading, and so has the deadline of the first byte. Between two calls it holds no buffer, only
/// what is no whole record yet and what the operating system did not take.
///
/// Threads: as [Line]. The lock is held for one record, never while something is waited for.
final class TlsRecords {
    private static final Scratch BUFFERS = new Scratch(34 * 1024); // the largest record that the JDK takes, and a bit
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);
    private static final int HEADER = 5;
    private static final int OWED_MAX = 64 * 1024; // beyond it the peer asks without reading our answers

    private final SSLEngine engine;
    private final LineSocket line;
    private final TlsMetrics metrics;
    private ByteBuffer undecrypted = EMPTY; // reading thread only

    /// What has failed if the connection is closed now; null when the handshake is done. Set by the reading thread.
    private volatile @Nullable HandshakeFailure failing = HandshakeFailure.TIMEOUT;

    @GuardedBy("this")
    private @Nullable ByteBuffer unwritten; // of records that are made

    TlsRecords(SSLEngine engine, LineSocket line, TlsMetrics metrics) throws SSLException {
        this.engine = engine;
        this.line = line;
        this.metrics = metrics;
        engine.beginHandshake();
    }

    // ---- reading ----

    /// As [Line#readNow]. Until the handshake is done, it may wait for room to write its answers.
    byte @Nullable [] readNow() throws IOException {
        if (failing == null) {
            return read();
        }
        try {
            var bytes = read();
            if (bytes == null && failing != null) {
                failing = HandshakeFailure.GONE;
            }
            return bytes;
        } catch (IOException | RuntimeException fault) {
            if (failing != null) {
                failing = HandshakeFailure.of(fault);
            }
            throw fault;
        }
    }

    private byte @Nullable [] read() throws IOException {
        while (true) {
            SSLEngineResult.Status status;
            var plain = BUFFERS.take();
            try {
                status = unwrap(plain);
                if (plain.position() > 0) {
                    return bytes(plain.flip());
                }
            } finally {
                BUFFERS.giveBack(plain);
            }
            switch (status) {
                case OK -> finishFlight();
                case CLOSED -> {
                    return null;
                }
                case BUFFER_UNDERFLOW -> {
                    var more = line.readRaw();
                    if (more == null || more.length == 0) {
                        undecrypted = joined(undecrypted, EMPTY); // not the array that it came in
                        return more;
                    }
                    var came = ByteBuffer.wrap(more);
                    undecrypted = undecrypted.hasRemaining() ? joined(undecrypted, came) : came;
                }
                case BUFFER_OVERFLOW -> throw new SSLException("a record is larger than TLS allows");
            }
        }
    }

    private synchronized SSLEngineResult.Status unwrap(ByteBuffer plain) throws IOException {
        var status = engine.unwrap(undecrypted, plain).getStatus();
        if (!undecrypted.hasRemaining()) {
            undecrypted = EMPTY;
        }
        while (!engine.isOutboundDone()) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> {
                    if (status == SSLEngineResult.Status.CLOSED) {
                        return status; // whoever closes the line answers
                    }
                    send(EMPTY);
                    if (unwritten != null && unwritten.remaining() > OWED_MAX) {
                        throw new SSLException("the peer asks and does not read the answers");
                    }
                }
                default -> {
                    return status;
                }
            }
        }
        return status;
    }

    private void runTasks() throws SSLException {
        if (failing == null && !engine.getSession().getProtocol().equals("TLSv1.3")) {
            throw new SSLException("the peer wants to renegotiate");
        }
        for (var task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /// Nobody else writes during the handshake, and the peer waits for all of an answer.
    private void finishFlight() throws IOException {
        if (failing == null) {
            return;
        }
        while (!flush()) {
            line.awaitRoom();
        }
        if (isEstablished()) {
            failing = null;
        }
    }

    private boolean isEstablished() {
        return engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING;
    }

    /// Whether a whole record can be read without the peer sending more.
    boolean hasRecord() {
        int at = undecrypted.position();
        return undecrypted.remaining() >= HEADER
                && undecrypted.remaining() - HEADER >= undecrypted.getChar(at + HEADER - 2);
    }

    // ---- writing ----

    /// As [Line#writeNow].
    synchronized void write(ByteBuffer bytes) throws IOException {
        while (flush() && bytes.hasRemaining()) {
            send(bytes);
        }
    }

    /// Makes one record, of at most 16 KiB, and writes what goes of it.
    @GuardedBy("this")
    private void send(ByteBuffer bytes) throws IOException {
        var record = BUFFERS.take();
        try {
            var result = engine.wrap(bytes, record);
            if (result.bytesProduced() == 0 && result.bytesConsumed() == 0) {
                throw new ClosedChannelException();
            }
            record.flip();
            if (unwritten == null) {
                line.writeRaw(record);
            }
            if (record.hasRemaining()) {
                unwritten = joined(unwritten == null ? EMPTY : unwritten, record);
            }
        } finally {
            BUFFERS.giveBack(record);
        }
    }

    /// Whether the operating system has everything.
    synchronized boolean flush() throws IOException {
        if (unwritten != null) {
            line.writeRaw(unwritten);
            if (unwritten.hasRemaining()) {
                return false;
            }
            unwritten = null;
        }
        return true;
    }

    synchronized boolean isFlushed() {
        return unwritten == null;
    }

    /// Called once. Says goodbye, if that goes at once: with the fault that ended it, or with close_notify.
    synchronized void close() {
        var failed = failing;
        if (failed != null) {
            metrics.failed(failed).increment();
        }
        try {
            engine.closeOutbound();
            while (flush() && !engine.isOutboundDone()) {
                send(EMPTY);
            }
        } catch (IOException | RuntimeException gone) {
            // it is closed all the same
        }
    }

    // ---- what was agreed ----

    /// ALPN's (RFC 7301); none before the handshake is done.
    Optional<String> applicationProtocol() {
        return Optional.ofNullable(engine.getApplicationProtocol()).filter(name -> !name.isEmpty());
    }

    SSLSession session() {
        return engine.getSession();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        var bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static ByteBuffer joined(ByteBuffer first, ByteBuffer second) {
        if (!first.hasRemaining() && !second.hasRemaining()) {
            return EMPTY;
        }
        return ByteBuffer.allocate(first.remaining() + second.remaining())
                .put(first)
                .put(second)
                .flip();
    }
}
