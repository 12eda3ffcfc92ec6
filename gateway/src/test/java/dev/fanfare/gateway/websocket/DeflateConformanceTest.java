package dev.fanfare.gateway.websocket;

import static dev.fanfare.gateway.websocket.RawClient.BINARY;
import static dev.fanfare.gateway.websocket.RawClient.CLOSE;
import static dev.fanfare.gateway.websocket.RawClient.CONTINUATION;
import static dev.fanfare.gateway.websocket.RawClient.PING;
import static dev.fanfare.gateway.websocket.RawClient.TEXT;
import static dev.fanfare.gateway.websocket.RawClient.concat;
import static dev.fanfare.gateway.websocket.RawClient.deflate;
import static dev.fanfare.gateway.websocket.RawClient.frame;
import static dev.fanfare.gateway.websocket.RawClient.header;
import static dev.fanfare.gateway.websocket.RawClient.text;
import static dev.fanfare.gateway.websocket.RawClient.utf8;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Compressed messages: RFC 7692.
class DeflateConformanceTest extends Conformance {
    @Override
    void addCases() {
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
                "text " + new String(manifold, StandardCharsets.UTF_8),
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
}
