package dev.fanfare.gateway.websocket;

import static dev.fanfare.gateway.websocket.RawClient.BINARY;
import static dev.fanfare.gateway.websocket.RawClient.CONTINUATION;
import static dev.fanfare.gateway.websocket.RawClient.PING;
import static dev.fanfare.gateway.websocket.RawClient.TEXT;
import static dev.fanfare.gateway.websocket.RawClient.concat;
import static dev.fanfare.gateway.websocket.RawClient.frame;
import static dev.fanfare.gateway.websocket.RawClient.text;
import static dev.fanfare.gateway.websocket.RawClient.utf8;

import java.util.Arrays;
import java.util.List;

/// Text that is UTF-8 and text that is not: RFC 6455 §8.1, with the cases of RFC 3629.
class TextConformanceTest extends Conformance {
    @Override
    void addCases() {
        validUtf8();
        invalidUtf8();
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
}
