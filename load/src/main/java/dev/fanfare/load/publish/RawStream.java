package dev.fanfare.load.publish;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The clients of one channel that are written to in one form, and the bytes that go out next. Owned by the server's
/// thread.
final class RawStream {
    private static final int CAPACITY_MIN = 4096;

    private final RawForm form;
    private final List<RawClient> clients = new ArrayList<>();
    private ByteBuffer buffer = ByteBuffer.allocateDirect(CAPACITY_MIN);

    RawStream(RawForm form) {
        this.form = form;
    }

    void add(RawClient client) {
        clients.add(client);
    }

    void append(long sequence, byte[] data) {
        if (clients.isEmpty()) {
            return;
        }
        var bytes = form.event(sequence, data);
        if (buffer.remaining() < bytes.length) {
            var larger = ByteBuffer.allocateDirect(Math.max(buffer.capacity() * 2, buffer.position() + bytes.length));
            buffer = larger.put(buffer.flip());
        }
        buffer.put(bytes);
    }

    /// To each client, with one write; what one does not take is kept for it.
    void write() {
        if (buffer.position() > 0) {
            buffer.flip();
            clients.removeIf(client -> !client.write(buffer.duplicate()));
            buffer.clear();
        }
    }
}
