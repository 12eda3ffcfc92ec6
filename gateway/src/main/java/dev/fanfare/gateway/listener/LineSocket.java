package dev.fanfare.gateway.listener;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.socket.HelidonSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/// What Helidon asks of every socket and needs nothing but what a line does by itself.
abstract class LineSocket implements HelidonSocket {
    abstract void writeNow(ByteBuffer bytes) throws IOException;

    abstract boolean isFlushed();

    abstract void awaitRoom() throws IOException;

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
}
