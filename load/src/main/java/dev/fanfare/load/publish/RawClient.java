package dev.fanfare.load.publish;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// A socket of the raw server: reads one request, whose query says what it listens to, and is written to from then on;
/// if it polls, one request for each answer.
/// Owned by the server's thread.
final class RawClient {
    private static final int REQUEST_MAX = 16 * 1024;
    private static final int POLL_MAX = 2048; // of those behind the first
    private static final int UNSENT_MAX = 16 * 1024 * 1024;

    /// Told of each channel that a request names.
    interface Subscribing {
        /// A long-poll's request may name the cursor behind which it goes on; -1: it does not.
        void subscribe(RawClient client, RawForm form, String channel, long cursor);
    }

    private final SocketChannel channel;
    private final SelectionKey key;
    private @Nullable ByteBuffer request = ByteBuffer.allocate(REQUEST_MAX); // until it has been read
    private @Nullable ByteBuffer unsent;

    RawClient(SocketChannel channel, Selector selector) throws IOException {
        this.channel = channel;
        key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    void select(Subscribing subscribing) throws IOException {
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

    private void read(Subscribing subscribing) throws IOException {
        var buffer = request == null ? ByteBuffer.allocate(256) : request; // what it says later is nothing to us
        if (channel.read(buffer) < 0) {
            channel.close();
        } else if (request != null) {
            answer(buffer, subscribing);
        }
    }

    private void answer(ByteBuffer buffer, Subscribing subscribing) throws IOException {
        var text = StandardCharsets.US_ASCII.decode(buffer.duplicate().flip()).toString();
        if (!text.endsWith("\r\n\r\n")) {
            return;
        }
        var form = RawForm.of(text);
        request = form == RawForm.POLL ? ByteBuffer.allocate(POLL_MAX) : null;
        channel.write(ByteBuffer.wrap(form.head(text)));
        long cursor = -1;
        var channels = new ArrayList<String>();
        for (var parameter :
                text.substring(text.indexOf('?') + 1, text.indexOf(" HTTP/")).split("&", -1)) {
            var value = parameter.substring(parameter.indexOf('=') + 1);
            if (parameter.startsWith("cursor=")) {
                cursor = Long.parseLong(value);
            } else {
                channels.add(URLDecoder.decode(value, StandardCharsets.UTF_8));
            }
        }
        for (var name : channels) {
            subscribing.subscribe(this, form, name, cursor);
        }
    }
}
