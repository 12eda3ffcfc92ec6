package dev.fanfare.load.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/// A loop's one read buffer: the bytes of the session that is being read, what was kept of its last read first.
public final class Input {
    static final int READ_MIN = 64 * 1024;
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
        var room = room(kept, keptLength);
        room.limit((int) Math.min(room.limit(), keptLength + (long) atMost));
        return took(channel.read(room), keptLength);
    }

    /// The same from TLS.
    ///
    /// @param atMost how many bytes of its records
    int read(Tls tls, byte[] kept, int keptLength, int atMost) throws IOException {
        return took(tls.read(room(kept, keptLength), atMost), keptLength);
    }

    /// Behind what was kept, for [#READ_MIN] at least.
    private ByteBuffer room(byte[] kept, int keptLength) throws IOException {
        if (data.length - keptLength < READ_MIN) {
            if (data.length >= CAPACITY_MAX) {
                throw new IOException("an answer of more than 64 MiB");
            }
            data = Arrays.copyOf(data, data.length * 2);
            buffer = ByteBuffer.wrap(data);
        }
        System.arraycopy(kept, 0, data, 0, keptLength);
        return buffer.clear().position(keptLength);
    }

    private int took(int count, int keptLength) {
        at = 0;
        end = keptLength + Math.max(0, count);
        return count;
    }

    void readAt(long now) {
        micros = now;
    }
}
