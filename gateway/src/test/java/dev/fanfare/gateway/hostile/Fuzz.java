package dev.fanfare.gateway.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.fanfare.gateway.testing.WebSocketFrames;
import dev.fanfare.gateway.websocket.RawClient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Makes up requests: right pieces, put together at random, then broken in some places.
final class Fuzz {
    private static final List<String> METHODS =
            List.of("GET", "GET", "GET", "POST", "POST", "HEAD", "OPTIONS", "PUT", "TRACE");
    private static final List<String> PATHS = List.of(
            "/v1/events",
            "/v1/events",
            "/v1/events",
            "/v1/negotiate",
            "/v1/tickets",
            "/v1/sessions/x/token",
            "/v1/revocations",
            "/health",
            "/",
            "/..%2f..%2fetc",
            "//v1//events",
            "/v1/events/",
            "*",
            "http://x/v1/events");
    private static final List<String> NAMES = List.of(
            "channel",
            "channel",
            "channel",
            "transport",
            "format",
            "event",
            "cursor",
            "lastEventId",
            "since",
            "last",
            "heartbeat",
            "ticket",
            "access_token",
            "nonsense");
    private static final List<String> VALUES = List.of(
            "a",
            "a.b",
            "**",
            "a.*",
            "a..b",
            "",
            "sse",
            "poll",
            "ws",
            "json",
            "data",
            "cloudevents",
            "type",
            "1h",
            "-1",
            "10",
            "99999999999",
            "2026-11-21T10:00:00Z",
            "P9999999999D",
            "%00",
            "%ff%fe",
            "%",
            "%zz",
            "%0d%0a",
            "AQ",
            "AAAAAAAAAAAAAAAA",
            "x".repeat(300),
            "\u00e9",
            "+",
            "&&==");
    private static final List<String> HEADERS = List.of(
            "Accept: text/event-stream",
            "Accept: application/json",
            "Accept: ;;q=,",
            "Last-Event-ID: AQ",
            "Last-Event-ID: \u00ff",
            "Authorization: Bearer x",
            "Authorization: Bearer a.b.c",
            "Authorization: Basic",
            "Cookie: a=b; =; c",
            "Upgrade: websocket",
            "Upgrade: h2c",
            "Connection: Upgrade",
            "Connection: close",
            "Connection: , ,",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Version: x",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Key: x",
            "Sec-WebSocket-Extensions: permessage-deflate; a=\"",
            "Sec-WebSocket-Protocol: ,",
            "Content-Type: application/cloudevents+json",
            "Content-Type: application/cloudevents-batch+json",
            "Content-Type: \"",
            "Transfer-Encoding: chunked",
            "Content-Length: 5",
            "Expect: 100-continue",
            "Prefer: wait=0",
            "Prefer: wait=-1;;",
            "X-Request-Id: \t",
            "Forwarded: for=\"[::1",
            "X-Forwarded-For: x,,y",
            "Idempotency-Key: \"",
            "ce-id: 1",
            "ce-specversion: 1.0",
            "ce-type: %",
            "HTTP2-Settings: AAMAAABkAAQ",
            "Origin: null",
            "Host: y",
            ": empty",
            "no colon",
            " folded");
    private static final List<String> BODIES = List.of(
            "",
            "{}",
            "[]",
            "{\"channels\":[\"a\"]}",
            "{\"channels\":[1,null]}",
            "[[[[",
            "{\"a\":".repeat(2000),
            "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"subject\":\"s\"}",
            "3\r\n{} \r\n0\r\n\r\n",
            "ffffffff\r\nx",
            "\u0000\u00ff");

    private final Random random;

    Fuzz(Random random) {
        this.random = random;
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private boolean oneIn(int of) {
        return random.nextInt(of) == 0;
    }

    /// A request, or some that follow each other.
    byte[] request() {
        var bytes = head().getBytes(ISO_8859_1);
        if (oneIn(4)) {
            bytes = RawClient.concat(bytes, frames());
        }
        if (oneIn(2)) {
            breakIn(bytes);
        }
        if (oneIn(10)) {
            bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
        }
        return oneIn(10) ? RawClient.concat(bytes, bytes) : bytes;
    }

    private String head() {
        var query = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            query.append(query.isEmpty() ? '?' : '&')
                    .append(any(NAMES))
                    .append('=')
                    .append(any(VALUES));
        }
        var path = any(PATHS);
        if (path.equals("/v1/events")) {
            query.append(query.isEmpty() ? "?" : "&").append("wait=0"); // or a good one takes its time
        }
        var head = new StringBuilder(any(METHODS) + " " + path + query + " HTTP/1.1\r\nHost: x\r\n");
        var headers = new ArrayList<String>();
        if (oneIn(4)) {
            headers.addAll(List.of(WebSocketFrames.handshake()));
        }
        for (int i = random.nextInt(5); i > 0; i--) {
            headers.add(any(HEADERS));
        }
        var body = any(BODIES);
        if (!body.isEmpty() && oneIn(2)) {
            headers.add("Content-Length: " + body.length());
        }
        headers.forEach(header -> head.append(header).append("\r\n"));
        return head + "\r\n" + body;
    }

    private byte[] frames() {
        var frames = new byte[random.nextInt(1, 6)][];
        for (int i = 0; i < frames.length; i++) {
            var payload = oneIn(2) ? any(BODIES).getBytes(ISO_8859_1) : new byte[random.nextInt(200)];
            frames[i] = RawClient.frame(oneIn(2) ? 0x81 : random.nextInt(256), payload);
        }
        return RawClient.concat(frames);
    }

    private void breakIn(byte[] bytes) {
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] =
                    (byte) (oneIn(2) ? random.nextInt(256) : "\r\n\0 :%&;".charAt(random.nextInt(8)));
        }
    }
}
