package dev.fanfare.gateway.e2e;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A WebSocket with the subprotocol `fanfare.v1.json`, on a plain socket. Answers pings.
final class WsClient implements Stream {
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final Wire wire;

    private WsClient(Wire wire) {
        this.wire = wire;
    }

    static WsClient open(Target target, String query, @Nullable String cursor) throws IOException {
        var wire = new Wire(target);
        try {
            wire.send("GET /v1/events?format=json&" + query + (cursor == null ? "" : "&cursor=" + cursor)
                    + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "Sec-WebSocket-Protocol: fanfare.v1.json\r\n\r\n");
            var head = wire.head();
            if (head.status() != 101) {
                throw new RefusedException(head.status(), head.headers(), wire.body(head));
            }
            return new WsClient(wire);
        } catch (IOException failure) {
            wire.close();
            throw failure;
        }
    }

    void send(String text) throws IOException {
        frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public @Nullable Message next() throws IOException {
        while (true) {
            int first = wire.octet();
            if (first < 0) {
                return null;
            }
            int second = wire.bytes(1)[0];
            int length = second & 0x7F;
            if (length == 126) {
                length = ByteBuffer.wrap(wire.bytes(2)).getChar();
            } else if (length == 127) {
                length = (int) ByteBuffer.wrap(wire.bytes(8)).getLong();
            }
            var payload = wire.bytes(length);
            if (first == (0x80 | TEXT)) {
                return message(Json.parse(new String(payload, StandardCharsets.UTF_8)));
            } else if (first == (0x80 | PING)) {
                frame(PONG, payload);
                return new Message.Heartbeat();
            } else if (first == (0x80 | CLOSE)) {
                frame(CLOSE, payload);
                return null;
            }
            throw new IOException("unexpected frame 0x" + Integer.toHexString(first));
        }
    }

    private static Message message(Json body) {
        var type = body.text("type");
        return Message.of(type, body.text(type.equals("event") ? "id" : "cursor"), body);
    }

    /// A masked frame; the mask is zero.
    private void frame(int opcode, byte[] payload) throws IOException {
        var frame = new byte[8 + payload.length];
        frame[0] = (byte) (0x80 | opcode);
        frame[1] = (byte) (0x80 | 126);
        frame[2] = (byte) (payload.length >> 8);
        frame[3] = (byte) payload.length;
        if (payload.length < 126) {
            frame = new byte[6 + payload.length];
            frame[0] = (byte) (0x80 | opcode);
            frame[1] = (byte) (0x80 | payload.length);
        }
        System.arraycopy(payload, 0, frame, frame.length - payload.length, payload.length);
        wire.send(frame);
    }

    @Override
    public void cut() {
        wire.cut();
    }

    @Override
    public void close() {
        wire.close();
    }
}
