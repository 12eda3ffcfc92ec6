package dev.fanfare.gateway.websocket;

import static dev.fanfare.gateway.websocket.RawClient.BINARY;
import static dev.fanfare.gateway.websocket.RawClient.CLOSE;
import static dev.fanfare.gateway.websocket.RawClient.CONTINUATION;
import static dev.fanfare.gateway.websocket.RawClient.PING;
import static dev.fanfare.gateway.websocket.RawClient.PONG;
import static dev.fanfare.gateway.websocket.RawClient.TEXT;
import static dev.fanfare.gateway.websocket.RawClient.close;
import static dev.fanfare.gateway.websocket.RawClient.concat;
import static dev.fanfare.gateway.websocket.RawClient.deflate;
import static dev.fanfare.gateway.websocket.RawClient.frame;
import static dev.fanfare.gateway.websocket.RawClient.header;
import static dev.fanfare.gateway.websocket.RawClient.mask;
import static dev.fanfare.gateway.websocket.RawClient.masked;
import static dev.fanfare.gateway.websocket.RawClient.text;
import static dev.fanfare.gateway.websocket.RawClient.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// RFC 6455 and RFC 7692 as a table: what the client sends, and the frames that must come back. Each case is
/// delivered in one segment and, where that is not too many, byte by byte.
class ConformanceTest {
    private static final int FIN = 0x80;
    private static final int RSV1 = 0x40;
    private static final int DRIBBLE_MAX = 2048;
    private static final int MAX = EchoServer.MESSAGE_MAX;
    private static final String HELLO_HEX = "48656c6c6f";

    private static final EchoServer SERVER = new EchoServer();
    private static final AtomicInteger NEXT = new AtomicInteger();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Case(String name, boolean deflate, byte[] sent, List<String> expected) {}

    private final List<Case> cases = new ArrayList<>();

    @BeforeAll
    static void started() {
        assertThat(SERVER.port()).isPositive();
    }

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    /// For a case that ends with a Close from one side or the other.
    private void ending(String name, byte[] sent, String... expected) {
        cases.add(new Case(name, false, sent, List.of(expected)));
    }

    private void endingDeflated(String name, byte[] sent, String... expected) {
        cases.add(new Case(name, true, sent, List.of(expected)));
    }

    /// For a case after which the connection must be as good as before.
    private void lasting(String name, byte[] sent, String... expected) {
        cases.add(thenGood(name, false, sent, expected));
    }

    private void lastingDeflated(String name, byte[] sent, String... expected) {
        cases.add(thenGood(name, true, sent, expected));
    }

    private static Case thenGood(String name, boolean deflate, byte[] sent, String... expected) {
        var all = new ArrayList<>(List.of(expected));
        Collections.addAll(all, "text still good", "close 1000");
        return new Case(name, deflate, concat(sent, text("still good"), close(1000, "bye")), all);
    }

    @TestFactory
    Stream<DynamicTest> followsTheRfc() {
        framing();
        masking();
        pings();
        reservedBits();
        opcodes();
        fragmentation();
        validUtf8();
        invalidUtf8();
        closing();
        limits();
        compression();
        return cases.stream().flatMap(this::deliveries);
    }

    @Test
    void hasEnoughCases() {
        assertThat(followsTheRfc().count()).isGreaterThan(200);
        assertThat(cases.stream().map(Case::name)).hasSizeGreaterThan(120).doesNotHaveDuplicates();
    }

    @Test
    void takesNoPartOfAFrameForAPong() throws Exception {
        byte[] likeAPong = {(byte) (FIN | PONG), (byte) 0x80, 1, 2, 3, 4};
        var payload = masked(likeAPong);
        var whole = frame(FIN | BINARY, payload);
        var begin = Arrays.copyOf(whole, whole.length - likeAPong.length);
        try (var client = new RawClient(SERVER.port())) {
            client.open("/ws?conformance=" + NEXT.incrementAndGet());
            client.send(concat(frame(FIN | PING, utf8("read")), begin));
            assertThat(client.receive()).isEqualTo("pong " + HexFormat.of().formatHex(utf8("read")));
            client.send(likeAPong); // by itself, as the beginning is read already
            assertThat(client.receive()).isEqualTo("binary " + HexFormat.of().formatHex(payload));
        }
    }

    private Stream<DynamicTest> deliveries(Case it) {
        var inOneSegment = dynamicTest(it.name() + ", in one segment", () -> run(it, false));
        return it.sent().length > DRIBBLE_MAX
                ? Stream.of(inOneSegment)
                : Stream.of(inOneSegment, dynamicTest(it.name() + ", byte by byte", () -> run(it, true)));
    }

    private static void run(Case it, boolean byteByByte) throws Exception {
        var query = "conformance=" + NEXT.incrementAndGet();
        try (var client = new RawClient(SERVER.port())) {
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
            assertThat(SERVER.closing(query).split(" ", -1)[0]).isEqualTo(code.isEmpty() ? "1005" : code);
            assertThat(SERVER.furtherClosings(query)).isZero();
        }
    }

    private void framing() {
        for (var length : new int[] {0, 1, 125, 126, 127, 128, 65_535, 65_536}) {
            lasting("text of " + length, text("*".repeat(length)), "text " + "*".repeat(length));
            var bytes = new byte[length];
            Arrays.fill(bytes, (byte) 0xFE);
            lasting("binary of " + length, frame(FIN | BINARY, bytes), "binary " + "fe".repeat(length));
        }
        lasting("two messages", concat(text("a"), text("b")), "text a", "text b");
        lasting("a message of each kind", concat(text("a"), frame(FIN | BINARY, new byte[2])), "text a", "binary 0000");
        var hundred = new ArrayList<String>();
        var sent = new byte[100][];
        for (var i = 0; i < 100; i++) {
            sent[i] = text("message " + i);
            hundred.add("text message " + i);
        }
        lasting("a hundred messages", concat(sent), hundred.toArray(String[]::new));
    }

    private void masking() {
        var hello = utf8("Hello");
        ending("unmasked text", concat(header(FIN | TEXT, 5, 0, 0), hello), "close 1002");
        ending("unmasked empty text", header(FIN | TEXT, 0, 0, 0), "close 1002");
        ending("unmasked ping", header(FIN | PING, 0, 0, 0), "close 1002");
        ending("unmasked Close", concat(header(FIN | CLOSE, 2, 0, 0), new byte[] {3, (byte) 0xE8}), "close 1002");
        ending("unmasked after masked", concat(text("a"), header(FIN | TEXT, 5, 0, 0), hello), "text a", "close 1002");
        ending(
                "unmasked continuation",
                concat(frame(TEXT, hello), header(FIN | CONTINUATION, 5, 0, 0), hello),
                "close 1002");
        lasting("a mask of zeros", concat(header(FIN | TEXT, 0x85, 0, 0), new byte[4], hello), "text Hello");
    }

    private void pings() {
        lasting("empty ping", frame(FIN | PING, new byte[0]), "pong ");
        lasting("ping with payload", frame(FIN | PING, utf8("Hello")), "pong " + HELLO_HEX);
        lasting(
                "ping with bytes that are not text",
                frame(FIN | PING, bytes("00fffefdfcfb00ff")),
                "pong 00fffefdfcfb00ff");
        lasting("ping of 125", frame(FIN | PING, new byte[125]), "pong " + "00".repeat(125));
        ending("ping of 126", frame(FIN | PING, new byte[126]), "close 1002");
        ending("ping of 65536", frame(FIN | PING, new byte[65_536]), "close 1002");
        ending("ping with a long form of length", concat(header(FIN | PING, 0xFE, 2, 5), mask()), "close 1002");
        lasting("unsolicited pong", frame(FIN | PONG, utf8("Hello")));
        lasting("empty unsolicited pong", frame(FIN | PONG, new byte[0]));
        ending("pong of 126", frame(FIN | PONG, new byte[126]), "close 1002");
        ending("fragmented ping", frame(PING, utf8("Hello")), "close 1002");
        ending("fragmented pong", frame(PONG, utf8("Hello")), "close 1002");
        lasting(
                "pong and ping",
                concat(frame(FIN | PONG, utf8("Hello")), frame(FIN | PING, utf8("Hello"))),
                "pong " + HELLO_HEX);
        var sent = new byte[10][];
        var pongs = new String[10];
        for (var i = 0; i < 10; i++) {
            sent[i] = frame(FIN | PING, new byte[] {(byte) i});
            pongs[i] = "pong 0" + i;
        }
        lasting("ten pings", concat(sent), pongs);
    }

    private void reservedBits() {
        for (var bits = 0x10; bits <= 0x70; bits += 0x10) {
            var name = " with reserved bits " + (bits >> 4);
            ending("text" + name, frame(FIN | bits | TEXT, utf8("Hello")), "close 1002");
            ending("ping" + name, frame(FIN | bits | PING, utf8("Hello")), "close 1002");
            ending("Close" + name, frame(FIN | bits | CLOSE, new byte[0]), "close 1002");
        }
        ending(
                "reserved bit after a good message",
                concat(text("a"), frame(FIN | 0x20 | TEXT, utf8("b")), frame(FIN | PING, new byte[0])),
                "text a",
                "close 1002");
        ending("continuation with RSV1", concat(frame(TEXT, utf8("a")), frame(FIN | RSV1, utf8("b"))), "close 1002");
    }

    private void opcodes() {
        for (var opcode : new int[] {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
            ending("opcode " + opcode, frame(FIN | opcode, new byte[0]), "close 1002");
            ending(
                    "opcode " + opcode + " after a message",
                    concat(text("a"), frame(FIN | opcode, utf8("b")), frame(FIN | PING, new byte[0])),
                    "text a",
                    "close 1002");
        }
    }

    private void fragmentation() {
        lasting("two fragments", concat(frame(TEXT, utf8("Hel")), frame(FIN, utf8("lo"))), "text Hello");
        lasting(
                "two binary fragments",
                concat(frame(BINARY, utf8("Hel")), frame(FIN, utf8("lo"))),
                "binary " + HELLO_HEX);
        var single = new byte[26][];
        for (var i = 0; i < 26; i++) {
            single[i] = frame((i == 25 ? FIN : 0) | (i == 0 ? TEXT : CONTINUATION), new byte[] {(byte) ('a' + i)});
        }
        lasting("26 fragments of a byte", concat(single), "text abcdefghijklmnopqrstuvwxyz");
        lasting(
                "empty fragments around",
                concat(frame(TEXT, utf8("")), frame(0, utf8("Hello")), frame(0, utf8("")), frame(FIN, utf8(""))),
                "text Hello");
        lasting(
                "only empty fragments",
                concat(frame(TEXT, utf8("")), frame(0, utf8("")), frame(FIN, utf8(""))),
                "text ");
        lasting("only empty binary fragments", concat(frame(BINARY, utf8("")), frame(FIN, utf8(""))), "binary ");
        lasting(
                "ping between fragments",
                concat(frame(TEXT, utf8("Hel")), frame(FIN | PING, utf8("Hello")), frame(FIN, utf8("lo"))),
                "pong " + HELLO_HEX,
                "text Hello");
        lasting(
                "pings between all fragments",
                concat(
                        frame(TEXT, utf8("a")),
                        frame(FIN | PING, bytes("01")),
                        frame(CONTINUATION, utf8("b")),
                        frame(FIN | PING, bytes("02")),
                        frame(FIN | PONG, bytes("03")),
                        frame(FIN, utf8("c"))),
                "pong 01",
                "pong 02",
                "text abc");
        lasting(
                "two fragmented messages",
                concat(frame(TEXT, utf8("a")), frame(FIN, utf8("b")), frame(BINARY, utf8("c")), frame(FIN, utf8("d"))),
                "text ab",
                "binary 6364");
        lasting(
                "binary then text, both fragmented",
                concat(
                        frame(BINARY, bytes("ff")),
                        frame(FIN, bytes("fe")),
                        frame(TEXT, utf8("c")),
                        frame(FIN, utf8("d"))),
                "binary fffe",
                "text cd");
        ending("continuation of nothing", frame(FIN | CONTINUATION, utf8("Hello")), "close 1002");
        ending("unfinished continuation of nothing", frame(CONTINUATION, utf8("Hello")), "close 1002");
        ending("empty continuation of nothing", frame(FIN | CONTINUATION, new byte[0]), "close 1002");
        ending(
                "continuation after a finished message",
                concat(frame(TEXT, utf8("a")), frame(FIN, utf8("b")), frame(FIN, utf8("c"))),
                "text ab",
                "close 1002");
        ending("text inside a message", concat(frame(TEXT, utf8("a")), text("b")), "close 1002");
        ending("text fragment inside a message", concat(frame(TEXT, utf8("a")), frame(TEXT, utf8("b"))), "close 1002");
        ending("binary inside a text", concat(frame(TEXT, utf8("a")), frame(FIN | BINARY, utf8("b"))), "close 1002");
        ending("text inside a binary", concat(frame(BINARY, utf8("a")), frame(FIN | TEXT, utf8("b"))), "close 1002");
        ending(
                "Close between fragments",
                concat(frame(TEXT, utf8("a")), close(1000, ""), frame(FIN, utf8("b"))),
                "close 1000");
        ending("fragmented Close", concat(frame(CLOSE, bytes("03")), frame(FIN, bytes("e8"))), "close 1002");
    }

    private void validUtf8() {
        var valid = List.of(
                "κόσμε",
                "\u0000",
                "\u007F\u0080\u07FF\u0800\uFFFF",
                "\uD800\uDC00\uDBFF\uDFFF",
                "\uD7FF\uE000\uFFFD",
                "\uFEFFwith a mark",
                "\uFFFE\uFDD0",
                "日本語🙂");
        for (var i = 0; i < valid.size(); i++) {
            var message = valid.get(i);
            lasting("valid text " + i, text(message), "text " + message);
            lasting("valid text " + i + " in fragments of a byte", inBytes(utf8(message), 0), "text " + message);
        }
        var smile = utf8("🙂");
        for (var cut = 1; cut < smile.length; cut++) {
            lasting(
                    "a character cut after byte " + cut + " with a ping in between",
                    concat(
                            frame(TEXT, Arrays.copyOf(smile, cut)),
                            frame(FIN | PING, new byte[0]),
                            frame(FIN, Arrays.copyOfRange(smile, cut, smile.length))),
                    "pong ",
                    "text 🙂");
        }
        lasting("binary that is not text", frame(FIN | BINARY, bytes("c0aff880")), "binary c0aff880");
    }

    private void invalidUtf8() {
        var invalid = List.of(
                "80",
                "bf",
                "8080",
                "c0af",
                "c080",
                "c1bf",
                "c3",
                "c328",
                "e0809f",
                "e080af",
                "e09fbf",
                "e282",
                "e228a1",
                "eda080",
                "edbfbf",
                "eda080edb080",
                "f08080af",
                "f08fbfbf",
                "f0288cbc",
                "f0908c",
                "f4908080",
                "f5808080",
                "f888808080",
                "fc8480808080",
                "fe",
                "ff",
                "cebae1bdb9cf83cebcceb5eda080656469746564");
        for (var hex : invalid) {
            ending("invalid text " + hex, frame(FIN | TEXT, bytes(hex)), "close 1007");
            ending("invalid text " + hex + " in fragments of a byte", inBytes(bytes(hex), 0), "close 1007");
        }
        ending("invalid first fragment, the last never sent", frame(TEXT, bytes("61ff")), "close 1007");
        ending(
                "invalid second fragment",
                concat(frame(TEXT, utf8("a")), frame(CONTINUATION, bytes("f4908080"))),
                "close 1007");
        ending(
                "text that ends in mid character",
                concat(frame(TEXT, bytes("61e2")), frame(FIN, bytes("82"))),
                "close 1007");
        ending(
                "a half character, then another",
                concat(frame(TEXT, bytes("e282")), frame(FIN, bytes("e282ac"))),
                "close 1007");
        ending("invalid after valid", concat(text("a"), frame(FIN | TEXT, bytes("ff"))), "text a", "close 1007");
    }

    private void closing() {
        ending("empty Close", frame(FIN | CLOSE, new byte[0]), "close");
        ending("Close of one byte", frame(FIN | CLOSE, new byte[1]), "close 1002");
        ending("Close with a reason", close(1000, "I have had enough"), "close 1000");
        ending("Close with the longest reason", close(1000, "*".repeat(123)), "close 1000");
        ending("Close with too long a reason", close(1000, "*".repeat(124)), "close 1002");
        ending("Close with a reason that is not text", frame(FIN | CLOSE, bytes("03e8cebae1bdb9eda080")), "close 1007");
        ending("Close with a reason cut in mid character", frame(FIN | CLOSE, bytes("03e8e282")), "close 1007");
        for (var code : new int[] {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999}) {
            ending("Close " + code, close(code, ""), "close " + code);
        }
        for (var code :
                new int[] {0, 1, 999, 1004, 1005, 1006, 1012, 1013, 1014, 1015, 1016, 1100, 2000, 2999, 5000, 65_535}) {
            ending("Close with the forbidden code " + code, close(code, ""), "close 1002");
        }
        ending("message after Close", concat(close(1000, ""), text("too late")), "close 1000");
        ending("ping after Close", concat(close(1000, ""), frame(FIN | PING, new byte[0])), "close 1000");
        ending("two Closes", concat(close(1000, ""), close(1001, "")), "close 1000");
        ending("rubbish after Close", concat(close(1000, ""), bytes("ffffffffffffffff")), "close 1000");
        ending("message, then Close", concat(text("a"), close(1001, "")), "text a", "close 1001");
        ending("ping, then Close", concat(frame(FIN | PING, bytes("01")), close(1000, "")), "pong 01", "close 1000");
    }

    private void limits() {
        ending(
                "a byte too many, told by the header alone",
                concat(header(FIN | TEXT, 0xFF, 8, MAX + 1), mask()),
                "close 1009");
        ending("2 GiB, told by the header alone", header(FIN | BINARY, 0xFF, 8, 1L << 31), "close 1009");
        ending("4 GiB and a bit", header(FIN | BINARY, 0xFF, 8, (1L << 32) + 5), "close 1009");
        ending("the longest length", header(FIN | BINARY, 0xFF, 8, Long.MAX_VALUE), "close 1009");
        ending("a length with its top bit set", header(FIN | BINARY, 0xFF, 8, Long.MIN_VALUE), "close 1002");
        ending("a length of all ones", header(FIN | BINARY, 0xFF, 8, -1), "close 1002");
        ending("a whole message that is too big", frame(FIN | BINARY, new byte[MAX + 1]), "close 1009");
        ending(
                "fragments that are too big together, told by the last one's header",
                concat(frame(BINARY, new byte[MAX - 10]), header(FIN, 0x80 | 11, 0, 0)),
                "close 1009");
        var endless =
                Collections.nCopies(70, frame(CONTINUATION, new byte[1000])).toArray(byte[][]::new);
        ending("an endless message", concat(frame(BINARY, new byte[1]), concat(endless)), "close 1009");
        var exact =
                concat(frame(BINARY, new byte[MAX - 10]), frame(FIN | PING, new byte[100]), frame(FIN, new byte[10]));
        lasting("fragments that just fit", exact, "pong " + "00".repeat(100), "binary " + "00".repeat(MAX));
        lasting(
                "two messages that just fit",
                concat(text("*".repeat(MAX)), text("+".repeat(MAX))),
                "text " + "*".repeat(MAX),
                "text " + "+".repeat(MAX));
        ending("length 0 in 16 bits", concat(header(FIN | TEXT, 0xFE, 2, 0), mask()), "close 1002");
        ending("length 125 in 16 bits", concat(header(FIN | TEXT, 0xFE, 2, 125), mask()), "close 1002");
        ending(
                "length 5 in 64 bits",
                concat(header(FIN | TEXT, 0xFF, 8, 5), mask(), masked(utf8("Hello"))),
                "close 1002");
        ending("length 65535 in 64 bits", concat(header(FIN | TEXT, 0xFF, 8, 65_535), mask()), "close 1002");
    }

    private void compression() {
        var hello = utf8("Hello");
        var manifold = utf8("Hello, hello, hello! ".repeat(50));
        lastingDeflated("compressed text", frame(FIN | RSV1 | TEXT, deflate(hello)), "text Hello");
        lastingDeflated("the RFC's own example", frame(FIN | RSV1 | TEXT, bytes("f248cdc9c90700")), "text Hello");
        lastingDeflated(
                "the RFC's example with no compression",
                frame(FIN | RSV1 | TEXT, bytes("000500faff48656c6c6f00")),
                "text Hello");
        lastingDeflated(
                "the RFC's example with a final block",
                frame(FIN | RSV1 | TEXT, bytes("f348cdc9c9070000")),
                "text Hello");
        lastingDeflated(
                "the RFC's example with two blocks",
                frame(FIN | RSV1 | TEXT, bytes("f24805000000ffffcac9c90700")),
                "text Hello");
        lastingDeflated("compressed binary", frame(FIN | RSV1 | BINARY, deflate(hello)), "binary " + HELLO_HEX);
        lastingDeflated("compressed nothing", frame(FIN | RSV1 | TEXT, bytes("00")), "text ");
        lastingDeflated("plain text where compression was agreed on", text("Hello"), "text Hello");
        lastingDeflated(
                "plain fragments where compression was agreed on",
                concat(frame(TEXT, utf8("Hel")), frame(FIN, utf8("lo"))),
                "text Hello");
        lastingDeflated(
                "two compressed messages",
                concat(frame(FIN | RSV1 | TEXT, deflate(manifold)), frame(FIN | RSV1 | TEXT, deflate(hello))),
                "text " + new String(manifold, java.nio.charset.StandardCharsets.UTF_8),
                "text Hello");
        lastingDeflated(
                "compressed fragments of a byte",
                inBytes(deflate(manifold), RSV1),
                "text " + "Hello, hello, hello! ".repeat(50));
        lastingDeflated(
                "compressed, plain, compressed",
                concat(
                        frame(FIN | RSV1 | TEXT, deflate(hello)),
                        text("plain"),
                        frame(FIN | RSV1 | TEXT, deflate(hello))),
                "text Hello",
                "text plain",
                "text Hello");
        var half = deflate(hello);
        lastingDeflated(
                "ping between compressed fragments",
                concat(
                        frame(RSV1 | TEXT, Arrays.copyOf(half, 3)),
                        frame(FIN | PING, bytes("01")),
                        frame(CONTINUATION, new byte[0]),
                        frame(FIN, Arrays.copyOfRange(half, 3, half.length))),
                "pong 01",
                "text Hello");
        lastingDeflated(
                "compressed to the limit",
                frame(FIN | RSV1 | TEXT, deflate(utf8("*".repeat(MAX)))),
                "text " + "*".repeat(MAX));
        lastingDeflated("compressed 🙂 in fragments of a byte", inBytes(deflate(utf8("🙂🙂")), RSV1), "text 🙂🙂");
        endingDeflated(
                "compressed beyond the limit",
                frame(FIN | RSV1 | TEXT, deflate(utf8("*".repeat(MAX + 1)))),
                "close 1009");
        endingDeflated("a bomb", frame(FIN | RSV1 | BINARY, deflate(new byte[50 << 20])), "close 1009");
        var bomb = deflate(new byte[10 << 20]);
        endingDeflated(
                "a bomb in fragments",
                concat(
                        frame(RSV1 | BINARY, Arrays.copyOf(bomb, 20)),
                        frame(CONTINUATION, Arrays.copyOfRange(bomb, 20, 60)),
                        frame(CONTINUATION, Arrays.copyOfRange(bomb, 60, bomb.length))),
                "close 1009");
        endingDeflated("compressed form beyond the limit", header(FIN | RSV1 | BINARY, 0xFF, 8, MAX + 1), "close 1009");
        endingDeflated("broken deflate data", frame(FIN | RSV1 | TEXT, bytes("ffffffff")), "close 1007");
        endingDeflated(
                "compressed text that is not UTF-8", frame(FIN | RSV1 | TEXT, deflate(bytes("61c0af"))), "close 1007");
        endingDeflated(
                "compressed continuation with RSV1",
                concat(frame(RSV1 | TEXT, deflate(hello)), frame(FIN | RSV1, new byte[0])),
                "close 1002");
        endingDeflated("compressed ping", frame(FIN | RSV1 | PING, deflate(hello)), "close 1002");
        endingDeflated("compressed Close", frame(FIN | RSV1 | CLOSE, bytes("03e8")), "close 1002");
        endingDeflated(
                "RSV1 inside a message",
                concat(frame(RSV1 | TEXT, new byte[0]), frame(FIN | RSV1 | TEXT, half)),
                "close 1002");
        endingDeflated("RSV2 where compression was agreed on", frame(FIN | 0x20 | TEXT, hello), "close 1002");
        endingDeflated("unmasked compressed text", header(FIN | RSV1 | TEXT, 5, 0, 0), "close 1002");
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /// A text message with one byte of payload a frame.
    private static byte[] inBytes(byte[] payload, int rsv) {
        var frames = new byte[payload.length][];
        for (var i = 0; i < payload.length; i++) {
            var first = (i == payload.length - 1 ? FIN : 0) | (i == 0 ? TEXT | rsv : CONTINUATION);
            frames[i] = frame(first, new byte[] {payload[i]});
        }
        return concat(frames);
    }
}
