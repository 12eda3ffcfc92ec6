package dev.fanfare.load.publish;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A socket of the raw server: reads one request, whose query says what it listens to, and is written to from then on.
/// Owned by the server's thread.
final class RawClient {
    private static final int REQUEST_MAX = 16 * 1024;
    private static final int UNSENT_MAX = 16 * 1024 * 1024;
    private static final byte[] HEAD = """
            HTTP/1.1 200 OK\r
            Content-Type: text/event-stream\r
            Connection: close\r
            \r
            event: ready
            data: {"type":"ready"}

            """.getBytes(StandardCharsets.US_ASCII);

    private final SocketChannel channel;
    private final SelectionKey key;
    private @Nullable ByteBuffer request = ByteBuffer.allocate(REQUEST_MAX); // until it has been read
    private @Nullable ByteBuffer unsent;

    RawClient(SocketChannel channel, Selector selector) throws IOException {
        this.channel = channel;
        key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    void select(BiConsumer<RawClient, String> subscribing) throws IOException {
        try {
            if (key.isWritable() && unsent != null) {
                channel.write(unsent);
                if (!unsent.hasRemaining()) {
                    unsent = null;
                    key.interestOps(SelectionKey.OP_READ);
                }
            }
            if (key.isReadable()) {
                read(subscribing);
            }
        } catch (IOException gone) {
            channel.close();
        }
    }

    /// False: the client has gone, or does not read at all.
    boolean write(ByteBuffer bytes) {
        try {
            if (unsent == null) {
                channel.write(bytes);
            }
            if (bytes.hasRemaining()) {
                keep(bytes);
            }
            return channel.isOpen();
        } catch (IOException gone) {
            return false;
        }
    }

    private void keep(ByteBuffer bytes) throws IOException {
        int before = unsent == null ? 0 : unsent.remaining();
        if (before + bytes.remaining() > UNSENT_MAX) {
            channel.close();
            return;
        }
        var all = ByteBuffer.allocate(before + bytes.remaining());
        if (unsent != null) {
            all.put(unsent);
        }
        unsent = all.put(bytes).flip();
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }

    private void read(BiConsumer<RawClient, String> subscribing) throws IOException {
        var buffer = request == null ? ByteBuffer.allocate(256) : request; // what it says later is nothing to us
        if (channel.read(buffer) < 0) {
            channel.close();
        } else if (request != null) {
            answer(buffer, subscribing);
        }
    }

    private void answer(ByteBuffer buffer, BiConsumer<RawClient, String> subscribing) throws IOException {
        var text = StandardCharsets.US_ASCII.decode(buffer.duplicate().flip()).toString();
        if (text.endsWith("\r\n\r\n")) {
            request = null;
            channel.write(ByteBuffer.wrap(HEAD));
            for (var parameter : text.substring(text.indexOf('?') + 1, text.indexOf(" HTTP/"))
                    .split("&", -1)) {
                var value = parameter.substring(parameter.indexOf('=') + 1);
                subscribing.accept(this, URLDecoder.decode(value, StandardCharsets.UTF_8));
            }
        }
    }
}
