package dev.fanfare.gateway.websocket;

import static dev.fanfare.gateway.websocket.RawClient.CONTINUATION;
import static dev.fanfare.gateway.websocket.RawClient.TEXT;
import static dev.fanfare.gateway.websocket.RawClient.close;
import static dev.fanfare.gateway.websocket.RawClient.concat;
import static dev.fanfare.gateway.websocket.RawClient.frame;
import static dev.fanfare.gateway.websocket.RawClient.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/// RFC 6455 and RFC 7692 as tables: what the client sends, and the frames that must come back. Each case is
/// delivered in one segment and, where that is not too many, byte by byte.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Conformance {
    static final int FIN = 0x80;
    static final int RSV1 = 0x40;
    static final int MAX = EchoServer.MESSAGE_MAX;
    static final String HELLO_HEX = "48656c6c6f";
    private static final int DRIBBLE_MAX = 2048;

    private final EchoServer server = new EchoServer();
    private final AtomicInteger next = new AtomicInteger();
    private final List<Case> cases = new ArrayList<>();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Case(String name, boolean deflate, byte[] sent, List<String> expected) {}

    /// Adds all cases.
    abstract void addCases();

    @TestFactory
    Stream<DynamicTest> followsTheRfc() {
        addCases();
        assertThat(cases.stream().map(Case::name)).hasSizeGreaterThan(20).doesNotHaveDuplicates();
        return cases.stream().flatMap(this::deliveries);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    /// For a case that ends with a Close from one side or the other.
    final void ending(String name, byte[] sent, String... expected) {
        cases.add(new Case(name, false, sent, List.of(expected)));
    }

    final void endingDeflated(String name, byte[] sent, String... expected) {
        cases.add(new Case(name, true, sent, List.of(expected)));
    }

    /// For a case after which the connection must be as good as before.
    final void lasting(String name, byte[] sent, String... expected) {
        cases.add(thenGood(name, false, sent, expected));
    }

    final void lastingDeflated(String name, byte[] sent, String... expected) {
        cases.add(thenGood(name, true, sent, expected));
    }

    private static Case thenGood(String name, boolean deflate, byte[] sent, String... expected) {
        var all = new ArrayList<>(List.of(expected));
        Collections.addAll(all, "text still good", "close 1000");
        return new Case(name, deflate, concat(sent, text("still good"), close(1000, "bye")), all);
    }

    final int port() {
        return server.port();
    }

    /// A query by which the server knows the connection again.
    final String query() {
        return "conformance=" + next.incrementAndGet();
    }

    private Stream<DynamicTest> deliveries(Case it) {
        var inOneSegment = dynamicTest(it.name() + ", in one segment", () -> run(it, false));
        return it.sent().length > DRIBBLE_MAX
                ? Stream.of(inOneSegment)
                : Stream.of(inOneSegment, dynamicTest(it.name() + ", byte by byte", () -> run(it, true)));
    }

    private void run(Case it, boolean byteByByte) throws Exception {
        var query = query();
        try (var client = new RawClient(server.port())) {
            var head = it.deflate() ? client.open("/ws?" + query, EchoServer.DEFLATE) : client.open("/ws?" + query);
            assertThat(head).startsWith("HTTP/1.1 101 ");
            if (byteByByte) {
                client.sendByteByByte(it.sent());
            } else {
                client.sendIfTaken(it.sent());
            }
            var received = new ArrayList<String>();
            for (var i = 0; i < it.expected().size(); i++) {
                received.add(client.receive());
            }
            assertThat(received).as(it.name()).isEqualTo(it.expected());
            var code = it.expected().getLast().replace("close", "").strip();
            if (List.of("1002", "1007", "1009").contains(code)) {
                client.sendNothingMore(); // the server lingers for a peer that broke the rules
            }
            assertThat(client.ended())
                    .as("the server closed after: %s", it.name())
                    .isTrue();
            assertThat(server.closing(query).split(" ", -1)[0]).isEqualTo(code.isEmpty() ? "1005" : code);
            assertThat(server.furtherClosings(query)).isZero();
        }
    }

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /// A text message with one byte of payload a frame.
    static byte[] inBytes(byte[] payload, int rsv) {
        var frames = new byte[payload.length][];
        for (var i = 0; i < payload.length; i++) {
            var first = (i == payload.length - 1 ? FIN : 0) | (i == 0 ? TEXT | rsv : CONTINUATION);
            frames[i] = frame(first, new byte[] {payload[i]});
        }
        return concat(frames);
    }
}
