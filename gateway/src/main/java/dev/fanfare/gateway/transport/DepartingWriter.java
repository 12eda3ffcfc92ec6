package dev.fanfare.gateway.transport;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// What Helidon writes to a connection, where a peer that is gone ends it: of other failures Helidon would log a stack
/// trace. Sees whether an answer says that it is the connection's last, which Helidon leaves to the peer.
final class DepartingWriter implements DataWriter {
    private static final byte[] RESPONSE = ascii("HTTP/1.1 ");
    private static final byte[] CLOSE = ascii("\r\nConnection: close\r\n");
    private static final byte[] END = ascii("\r\n\r\n");

    private final DataWriter writer;
    private boolean last;

    DepartingWriter(DataWriter writer) {
        this.writer = writer;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// Whether an answer said `Connection: close`.
    boolean wroteLast() {
        return last;
    }

    private void look(BufferData buffer) {
        if (isAt(buffer, 0, RESPONSE)) {
            for (int i = RESPONSE.length; i < buffer.available() && !isAt(buffer, i, END); i++) {
                last |= isAt(buffer, i, CLOSE);
            }
        }
    }

    private static boolean isAt(BufferData buffer, int from, byte[] text) {
        if (buffer.available() < from + text.length) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (buffer.get(from + i) != text[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void write(BufferData... buffers) {
        look(buffers[0]);
        orDepart(() -> writer.write(buffers));
    }

    @Override
    public void write(BufferData buffer) {
        look(buffer);
        orDepart(() -> writer.write(buffer));
    }

    @Override
    public void writeNow(BufferData... buffers) {
        look(buffers[0]);
        orDepart(() -> writer.writeNow(buffers));
    }

    @Override
    public void writeNow(BufferData buffer) {
        look(buffer);
        orDepart(() -> writer.writeNow(buffer));
    }

    @Override
    public void flush() {
        orDepart(writer::flush);
    }

    @Override
    public void close() {
        orDepart(writer::close);
    }

    private static void orDepart(Runnable write) {
        try {
            write.run();
        } catch (UncheckedIOException gone) {
            throw new Departure();
        }
    }
}
