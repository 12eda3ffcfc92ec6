package dev.fanfare.gateway.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Streams of one HTTP/2 connection end without harm to the others, frame by frame.
@Timeout(60)
class Http2ResetTest {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int END_STREAM = 1;
    private static final int END_OF_HEADERS_AND_STREAM = 5;
    private static final byte[] CANCEL = {0, 0, 0, 8};
    private static final byte[] PROTOCOL_ERROR = {0, 0, 0, 1};

    private static LocalBroker broker;
    private static String topic;
    private static Gateways.Running gateway;

    @BeforeAll
    static void start() {
        broker = LocalBroker.get();
        topic = broker.newTopic("h2reset", 1);
        gateway = new Gateways().route(topic, "{topic}.{key}").start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private record Frame(int type, int flags, int stream, String payload) {}

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        var frame = ByteBuffer.allocate(9 + payload.length);
        frame.putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload);
        return frame.array();
    }

    /// A request by RFC 7541's static table, nothing indexed, nothing compressed.
    private static byte[] get(int stream, String path) {
        var block = new ByteArrayOutputStream();
        block.writeBytes(new byte[] {(byte) 0x82, (byte) 0x86}); // :method GET, :scheme http
        literal(block, path, 4);
        literal(block, "localhost", 1);
        literal(block, "text/event-stream", 0x0f, 4); // accept: 15 + 4
        return frame(HEADERS, END_OF_HEADERS_AND_STREAM, stream, block.toByteArray());
    }

    private static void literal(ByteArrayOutputStream block, String value, int... name) {
        for (int b : name) {
            block.write(b);
        }
        block.write(value.length());
        block.writeBytes(value.getBytes(UTF_8));
    }

    private static RawClient connect() throws IOException {
        return gateway.connect().send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").send(frame(SETTINGS, 0, 0, new byte[0]));
    }

    private static Frame read(RawClient client) throws IOException {
        var header = ByteBuffer.wrap(client.exactly(9));
        int length = header.getInt(0) >>> 8;
        var payload = new String(client.exactly(length), UTF_8);
        var frame = new Frame(header.get(3), header.get(4), header.getInt(5), payload);
        assertThat(frame.type).as(frame.toString()).isNotEqualTo(GOAWAY);
        return frame;
    }

    private static Frame until(RawClient client, int type, int stream, String part) throws IOException {
        while (true) {
            var frame = read(client);
            if (frame.type == type && frame.stream == stream && frame.payload.contains(part)) {
                return frame;
            }
        }
    }

    private static String events(String key) {
        return "/v1/events?channel=" + topic + "." + key;
    }

    private static void assertAlive(RawClient client, String text) throws IOException {
        client.send(frame(PING, 0, 0, text.getBytes(UTF_8)));
        until(client, PING, 0, text);
    }

    @Test
    void toleratesASecondResetOfAStream() throws IOException {
        try (var client = connect()) {
            for (int stream = 1; stream <= 5; stream += 2) {
                client.send(get(stream, events("a")));
                until(client, DATA, stream, "event: ready");
            }
            client.send(frame(RST_STREAM, 0, 1, CANCEL)).send(frame(RST_STREAM, 0, 1, PROTOCOL_ERROR));
            assertAlive(client, "12345678");
            broker.send(topic, 0, "a", "still there".getBytes(UTF_8));
            until(client, DATA, 3, "data: still there");
        }
    }

    @Test
    void toleratesTheResetOfAStreamThatHasEnded() throws IOException {
        try (var client = connect()) {
            client.send(get(1, "/health/live"));
            Frame last;
            do {
                last = until(client, DATA, 1, "");
            } while ((last.flags & END_STREAM) == 0);
            client.send(get(3, events("b")));
            until(client, DATA, 3, "event: ready");
            var reset = frame(RST_STREAM, 0, 1, CANCEL);
            for (byte b : reset) { // in pieces, as a network may bring it
                client.send(new byte[] {b});
            }
            assertAlive(client, "abcdefgh");
            broker.send(topic, 0, "b", "still there".getBytes(UTF_8));
            until(client, DATA, 3, "data: still there");
        }
    }
}
