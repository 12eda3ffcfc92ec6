package dev.fanfare.load.publish;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;

/// How the raw server writes to a client: what a request asks for, and the bytes of events, with an id as long as a
/// gateway's would be.
enum RawForm {
    SSE {
        @Override
        byte[] head(String request) {
            return bytes("""
                    HTTP/1.1 200 OK\r
                    Content-Type: text/event-stream\r
                    Connection: close\r
                    \r
                    event: ready
                    data: {"type":"ready"}

                    """);
        }

        @Override
        byte[] event(long sequence, byte[] data) {
            return joined(String.format(Locale.ROOT, "id: %048d\ndata: ", sequence), data, "\n\n");
        }
    },

    /// Frames as RFC 6455 has them.
    WEBSOCKET {
        @Override
        byte[] head(String request) {
            var key = KEY.matcher(request);
            var head = bytes("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: " + (key.find() ? accept(key.group(1)) : "") + "\r\n\r\n");
            var ready = frame(bytes("{\"type\":\"ready\"}"));
            return ByteBuffer.allocate(head.length + ready.length)
                    .put(head)
                    .put(ready)
                    .array();
        }

        @Override
        byte[] event(long sequence, byte[] data) {
            return frame(joined(
                    String.format(Locale.ROOT, "{\"type\":\"event\",\"id\":\"%048d\",\"data\":", sequence), data, "}"));
        }
    },

    /// Has no head: each answer is one.
    POLL {
        @Override
        byte[] head(String request) {
            return new byte[0];
        }

        @Override
        byte[] event(long sequence, byte[] data) {
            return joined(String.format(Locale.ROOT, "{\"id\":\"%048d\",\"data\":", sequence), data, "}");
        }
    };

    private static final Pattern KEY = Pattern.compile("(?i)\\r\\nSec-WebSocket-Key: *(\\S+)");

    static RawForm of(String request) {
        if (KEY.matcher(request).find()) {
            return WEBSOCKET;
        }
        return request.startsWith("GET /poll") ? POLL : SSE;
    }

    /// What is written once, before events.
    abstract byte[] head(String request);

    abstract byte[] event(long sequence, byte[] data);

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] joined(String before, byte[] data, String after) {
        return ByteBuffer.allocate(before.length() + data.length + after.length())
                .put(bytes(before))
                .put(data)
                .put(bytes(after))
                .array();
    }

    /// One whole message of text, unmasked.
    private static byte[] frame(byte[] message) {
        int length = message.length;
        int more = length < 126 ? 0 : length < 1 << 16 ? 2 : 8;
        var frame = ByteBuffer.allocate(2 + more + length).put((byte) 0x81);
        switch (more) {
            case 0 -> frame.put((byte) length);
            case 2 -> frame.put((byte) 126).putShort((short) length);
            default -> frame.put((byte) 127).putLong(length);
        }
        return frame.put(message).array();
    }

    private static String accept(String key) {
        try {
            var digest = MessageDigest.getInstance("SHA-1").digest(bytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
