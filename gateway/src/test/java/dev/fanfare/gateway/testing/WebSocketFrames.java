package dev.fanfare.gateway.testing;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Just enough of RFC 6455 §5 for the examples: short messages in one frame each.
public final class WebSocketFrames {
    private static final int TEXT = 0x81;
    private static final int CLOSE = 0x88;
    private static final int PING = 0x89;
    private static final byte[] MASK = {1, 2, 3, 4};

    private WebSocketFrames() {}

    /// The headers of an opening handshake (§4.1), after those that a test adds.
    public static String[] handshake(String... more) {
        var headers = new ArrayList<>(List.of(more));
        headers.add("Connection: Upgrade");
        headers.add("Upgrade: websocket");
        headers.add("Sec-WebSocket-Version: 13");
        headers.add("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
        return headers.toArray(String[]::new);
    }

    public static byte[] clientText(String text) {
        var payload = text.getBytes(StandardCharsets.UTF_8);
        var frame = new ByteArrayOutputStream();
        frame.write(TEXT);
        if (payload.length < 126) {
            frame.write(0x80 | payload.length);
        } else {
            frame.write(0x80 | 126);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
        }
        frame.writeBytes(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ MASK[i % 4]);
        }
        return frame.toByteArray();
    }

    /// The next text message; pings are passed over.
    ///
    /// @throws IOException with code and reason if the server closes instead
    public static String readText(InputStream in) throws IOException {
        while (true) {
            int first = in.read();
            int length = in.read();
            if (length == 126) {
                length = in.read() << 8 | in.read();
            }
            if (length < 0) {
                throw new EOFException("the server closed");
            }
            var bytes = in.readNBytes(length);
            if (first == CLOSE) {
                int code = ((bytes[0] & 0xFF) << 8) | (bytes[1] & 0xFF);
                throw new IOException(
                        "closed with " + code + " " + new String(bytes, 2, length - 2, StandardCharsets.UTF_8));
            }
            var payload = new String(bytes, StandardCharsets.UTF_8);
            if (first == TEXT) {
                return payload;
            }
            if (first != PING) {
                throw new IOException("frame 0x%02x: %s".formatted(first, payload));
            }
        }
    }
}
