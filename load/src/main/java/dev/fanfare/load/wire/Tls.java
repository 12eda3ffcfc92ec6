package dev.fanfare.load.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// One connection's TLS (RFC 8446, RFC 5246), the client's side. Holds, between two reads, what is no whole record yet
/// and the records that the other side has not taken. It ends without a goodbye, as a client does that goes away.
///
/// Owned by its loop's thread.
final class Tls {
    private static final byte[] NOTHING = {};

    private final SSLEngine engine;
    private final SocketChannel channel;
    private final TlsClient shared;
    private byte[] undone = NOTHING; // the beginning of a record
    private @Nullable ByteBuffer unwritten;

    Tls(SSLEngine engine, SocketChannel channel, TlsClient shared) {
        this.engine = engine;
        this.channel = channel;
        this.shared = shared;
    }

    /// Sends the first message of the handshake; the others are sent as what is read asks for them.
    void begin() throws IOException {
        engine.beginHandshake();
        write(ByteBuffer.wrap(NOTHING));
    }

    /// Whether the handshake is done.
    boolean isEstablished() {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
    }

    /// Reads what has come.
    ///
    /// @param plain has room for as much as [Input#READ_MIN]
    /// @param atMost how many bytes, of records
    /// @return how many bytes were in them, perhaps none; -1 at the stream's end
    int read(ByteBuffer plain, int atMost) throws IOException {
        var records = shared.coming().put(undone);
        records.limit((int) Math.min(records.capacity(), records.position() + (long) atMost));
        int count = channel.read(records);
        int start = plain.position();
        boolean open = undo(records.flip(), plain);
        undone = records.hasRemaining() ? new byte[records.remaining()] : NOTHING;
        records.get(undone);
        return plain.position() == start && !(open && count >= 0) ? -1 : plain.position() - start;
    }

    /// Undoes all whole records, and does what the handshake asks for. False: the server has said goodbye.
    private boolean undo(ByteBuffer records, ByteBuffer plain) throws IOException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> write(ByteBuffer.wrap(NOTHING));
                default -> {
                    switch (engine.unwrap(records, plain).getStatus()) {
                        case OK -> {}
                        case BUFFER_UNDERFLOW -> {
                            return true;
                        }
                        case BUFFER_OVERFLOW -> throw new SSLException("a record is larger than TLS allows");
                        case CLOSED -> {
                            answerGoodbye();
                            return false;
                        }
                    }
                }
            }
        }
    }

    private void runTasks() {
        for (var task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /// A server may wait for the answer before it closes. What came before its goodbye counts in any case.
    private void answerGoodbye() {
        try {
            if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                write(ByteBuffer.wrap(NOTHING));
            }
        } catch (IOException gone) {
            // it does not wait
        }
    }

    /// Makes records of all of it, or one of the handshake's. What cannot be written now is by [#flush].
    void write(ByteBuffer plain) throws IOException {
        do {
            var records = shared.going();
            var result = engine.wrap(plain, records);
            if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
                throw new ClosedChannelException();
            }
            records.flip();
            if (unwritten == null) {
                channel.write(records);
            }
            if (records.hasRemaining()) {
                var before = unwritten == null ? ByteBuffer.wrap(NOTHING) : unwritten;
                unwritten = ByteBuffer.allocate(before.remaining() + records.remaining())
                        .put(before)
                        .put(records)
                        .flip();
            }
        } while (plain.hasRemaining());
    }

    /// Whether all is written.
    boolean flush() throws IOException {
        if (unwritten != null) {
            channel.write(unwritten);
            unwritten = unwritten.hasRemaining() ? unwritten : null;
        }
        return unwritten == null;
    }

    boolean isFlushed() {
        return unwritten == null;
    }
}
