package dev.fanfare.load.client;

import dev.fanfare.load.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The bytes of requests, those of equal ones made once. Owned by one loop.
final class Requests {
    private record Subscription(Transport transport, int firstChannel) {}

    private final Target target;
    private final Crowd crowd;
    private final byte[] cursorField;
    private final Map<Subscription, byte[]> known = new HashMap<>();

    Requests(Target target, Crowd crowd) {
        this.target = target;
        this.crowd = crowd;
        cursorField = Bytes.of("\"" + target.cursorField() + "\":\"");
    }

    /// A stream, behind a cursor unless that is empty.
    byte[] sse(int session, byte[] cursor) {
        if (cursor.length > 0) {
            var head = new StringBuilder(line(Transport.SSE, session)).append(" HTTP/1.1\r\n");
            head.append("Accept: text/event-stream\r\nLast-Event-ID: ")
                    .append(text(cursor))
                    .append("\r\n");
            return Bytes.of(headers(Transport.SSE, head));
        }
        return known.computeIfAbsent(new Subscription(Transport.SSE, crowd.firstChannel(session)), _ -> {
            var head = new StringBuilder(line(Transport.SSE, session)).append(" HTTP/1.1\r\n");
            head.append("Accept: text/event-stream\r\n");
            return Bytes.of(headers(Transport.SSE, head));
        });
    }

    byte[] webSocket(int session, String nonce, byte[] cursor) {
        var head = new StringBuilder(line(Transport.WEBSOCKET, session));
        if (cursor.length > 0) {
            head.append(head.indexOf("?") < 0 ? '?' : '&').append(target.cursorParameter());
            head.append('=').append(text(cursor));
        }
        head.append(" HTTP/1.1\r\n");
        head.append("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
        head.append("Sec-WebSocket-Key: ").append(nonce).append("\r\n");
        return Bytes.of(headers(Transport.WEBSOCKET, head));
    }

    /// A poll behind a cursor, or the first one if that is empty.
    byte[] poll(int session, byte[] cursor) {
        var line = known.computeIfAbsent(
                new Subscription(Transport.POLL, crowd.firstChannel(session)),
                _ -> Bytes.of(line(Transport.POLL, session)));
        var head = new StringBuilder(new String(line, StandardCharsets.UTF_8));
        char separator = head.indexOf("?") < 0 ? '?' : '&';
        if (cursor.length > 0 && pollsByHeaders()) {
            return Bytes.of(headers(Transport.POLL, head.append(" HTTP/1.1\r\n").append(text(cursor))));
        }
        if (cursor.length > 0) {
            head.append(separator).append(target.cursorParameter()).append('=');
            head.append(text(cursor));
        } else if (!target.pollFirst().isEmpty()) {
            head.append(separator).append(target.pollFirst());
        }
        return Bytes.of(headers(Transport.POLL, head.append(" HTTP/1.1\r\n")));
    }

    /// Whether the first poll does not return before there are events.
    boolean pollIsHeldAtOnce() {
        return target.pollFirst().isEmpty();
    }

    /// Whether the cursor of a long-poll is the headers that make a request conditional, as they are.
    boolean pollsByHeaders() {
        return target.cursorField().isEmpty();
    }

    byte[] cursorField() {
        return cursorField;
    }

    private static String text(byte[] cursor) {
        return new String(cursor, StandardCharsets.UTF_8);
    }

    private String line(Transport transport, int session) {
        List<String> channels =
                crowd.channels(session).stream().map(target::channel).toList();
        return "GET " + target.resource(transport, channels);
    }

    private String headers(Transport transport, StringBuilder head) {
        head.append("Host: ").append(target.url(transport).getRawAuthority()).append("\r\n");
        target.headers().forEach(header -> head.append(header).append("\r\n"));
        return head.append("\r\n").toString();
    }
}
