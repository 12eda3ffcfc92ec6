package dev.fanfare.load.publish;

import dev.fanfare.load.check.Micros;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// One channel of the raw server: who listens, and the bytes that go out next. Owned by the server's thread.
final class RawChannel {
    private static final int CAPACITY_MIN = 4096;

    private final List<RawClient> clients = new ArrayList<>();
    private final List<Long> due = new ArrayList<>(); // the intended times of the events that go out next
    private ByteBuffer buffer = ByteBuffer.allocateDirect(CAPACITY_MIN);
    private long last;

    void add(RawClient client) {
        clients.add(client);
    }

    /// With an id as long as a gateway's would be.
    void append(long sequence, byte[] data, long dueMicros) {
        var id = String.format(Locale.ROOT, "id: %048d\ndata: ", sequence).getBytes(StandardCharsets.US_ASCII);
        int length = id.length + data.length + 2;
        if (buffer.remaining() < length) {
            var larger = ByteBuffer.allocateDirect(Math.max(buffer.capacity() * 2, buffer.position() + length));
            buffer = larger.put(buffer.flip());
        }
        buffer.put(id).put(data).put((byte) '\n').put((byte) '\n');
        due.add(dueMicros);
        last = sequence;
    }

    int events() {
        return due.size();
    }

    /// To each client, with one write; what one does not take is kept for it.
    void write(Acknowledgements acknowledgements, int channel) {
        if (due.isEmpty()) {
            return;
        }
        buffer.flip();
        clients.removeIf(client -> !client.write(buffer.duplicate()));
        buffer.clear();
        long now = Micros.now();
        for (int i = 0; i < due.size(); i++) {
            acknowledgements.acknowledge(channel, last - due.size() + 1 + i, now - due.get(i));
        }
        due.clear();
    }
}
