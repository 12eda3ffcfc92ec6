package dev.fanfare.gateway.e2e;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An `EventSource` as a program would write it, on a plain socket.
final class SseClient implements Stream {
    private final Wire wire;
    private final Map<String, String> headers;

    private SseClient(Wire wire, Map<String, String> headers) {
        this.wire = wire;
        this.headers = headers;
    }

    /// @param lastEventId for the header `Last-Event-ID`
    static SseClient open(Target target, String query, @Nullable String lastEventId) throws IOException {
        var wire = new Wire(target);
        try {
            wire.send("GET /v1/events?format=json&" + query + " HTTP/1.1\r\nHost: localhost\r\n"
                    + "Accept: text/event-stream\r\n"
                    + (lastEventId == null ? "" : "Last-Event-ID: " + lastEventId + "\r\n") + "\r\n");
            var head = wire.head();
            if (head.status() != 200) {
                throw new RefusedException(head.status(), head.headers(), wire.body(head));
            }
            wire.limit(head);
            return new SseClient(wire, head.headers());
        } catch (IOException failure) {
            wire.close();
            throw failure;
        }
    }

    Map<String, String> headers() {
        return headers;
    }

    @Override
    public @Nullable Message next() throws IOException {
        var id = "";
        var name = "";
        var retry = "";
        var data = new StringBuilder();
        boolean something = false;
        while (true) {
            var line = wire.line();
            if (line == null) {
                return null; // a block that was begun does not count
            }
            if (line.isEmpty() && something) {
                return message(id, name, retry, data.toString());
            }
            something = true;
            int colon = line.indexOf(':');
            var field = colon < 0 ? line : line.substring(0, colon);
            var value = colon < 0 ? "" : line.substring(colon + 1).stripLeading();
            switch (field) {
                case "id" -> id = value;
                case "event" -> name = value;
                case "retry" -> retry = value;
                case "data" -> data.append(value).append('\n');
                default -> {}
            }
        }
    }

    private static Message message(String id, String name, String retry, String data) throws IOException {
        if (!data.isEmpty()) {
            return Message.of(name.isEmpty() ? "event" : name, id, Json.parse(data));
        }
        if (!id.isEmpty()) {
            return new Message.Moved(id);
        }
        return retry.isEmpty() ? new Message.Heartbeat() : new Message.Retry(Long.parseLong(retry));
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
