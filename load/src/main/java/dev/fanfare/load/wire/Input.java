package dev.fanfare.load.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/// A loop's one read buffer: the bytes of the session that is being read, what was kept of its last read first.
public final class Input {
    private static final int READ_MIN = 64 * 1024;
    private static final int CAPACITY_MAX = 64 * 1024 * 1024;

    private byte[] data = new byte[256 * 1024];
    private ByteBuffer buffer = ByteBuffer.wrap(data);
    private int at;
    private int end;
    private long micros;

    public byte[] data() {
        return data;
    }

    /// Where the next unread byte is.
    public int at() {
        return at;
    }

    public int end() {
        return end;
    }

    public int length() {
        return end - at;
    }

    /// When this was read.
    public long micros() {
        return micros;
    }

    public void skip(int count) {
        at += count;
    }

    /// Decoding in place has made what follows shorter.
    void end(int shorter) {
        end = shorter;
    }

    /// Reads what has come behind what was kept.
    ///
    /// @param atMost how many bytes
    /// @return how many bytes; -1 at the stream's end
    /// @throws IOException also for one message that is larger than the buffer may be
    int read(SocketChannel channel, byte[] kept, int keptLength, int atMost) throws IOException {
        if (data.length - keptLength < READ_MIN) {
            if (data.length >= CAPACITY_MAX) {
                throw new IOException("an answer of more than 64 MiB");
            }
            data = Arrays.copyOf(data, data.length * 2);
            buffer = ByteBuffer.wrap(data);
        }
        System.arraycopy(kept, 0, data, 0, keptLength);
        buffer.limit(Math.min(data.length - keptLength, atMost) + keptLength).position(keptLength);
        int count = channel.read(buffer);
        at = 0;
        end = keptLength + Math.max(0, count);
        return count;
    }

    void readAt(long now) {
        micros = now;
    }
}
