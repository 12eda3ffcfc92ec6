package dev.fanfare.gateway.websocket;

import static dev.fanfare.gateway.websocket.RawClient.BINARY;
import static dev.fanfare.gateway.websocket.RawClient.CLOSE;
import static dev.fanfare.gateway.websocket.RawClient.CONTINUATION;
import static dev.fanfare.gateway.websocket.RawClient.PING;
import static dev.fanfare.gateway.websocket.RawClient.PONG;
import static dev.fanfare.gateway.websocket.RawClient.TEXT;
import static dev.fanfare.gateway.websocket.RawClient.close;
import static dev.fanfare.gateway.websocket.RawClient.concat;
import static dev.fanfare.gateway.websocket.RawClient.frame;
import static dev.fanfare.gateway.websocket.RawClient.header;
import static dev.fanfare.gateway.websocket.RawClient.mask;
import static dev.fanfare.gateway.websocket.RawClient.masked;
import static dev.fanfare.gateway.websocket.RawClient.text;
import static dev.fanfare.gateway.websocket.RawClient.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// Frames: RFC 6455 §5 and §7.
class ConformanceTest extends Conformance {
    @Override
    void addCases() {
        framing();
        masking();
        pings();
        reservedBits();
        opcodes();
        fragmentation();
        closing();
        limits();
    }

    @Test
    void takesNoPartOfAFrameForAPong() throws Exception {
        byte[] likeAPong = {(byte) (FIN | PONG), (byte) 0x80, 1, 2, 3, 4};
        var payload = masked(likeAPong);
        var whole = frame(FIN | BINARY, payload);
        var begin = Arrays.copyOf(whole, whole.length - likeAPong.length);
        try (var client = new RawClient(port())) {
            client.open("/ws?" + query());
            client.send(concat(frame(FIN | PING, utf8("read")), begin));
            assertThat(client.receive()).isEqualTo("pong " + HexFormat.of().formatHex(utf8("read")));
            client.send(likeAPong); // by itself, as the beginning is read already
            assertThat(client.receive()).isEqualTo("binary " + HexFormat.of().formatHex(payload));
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
}
