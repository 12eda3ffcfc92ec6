package dev.fanfare.gateway.e2e;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// One long-poll after the other on one connection, each with the cursor of the answer before. The first one that has
/// no cursor asks for an answer at once.
final class PollClient implements Stream {
    private static final String HOLD = "1s";

    private final Wire wire;
    private final String query;
    private final Deque<Message> arrived = new ArrayDeque<>();
    private @Nullable String cursor;
    private boolean ended; // the last answer was the last on this connection

    private PollClient(Wire wire, String query, @Nullable String cursor) {
        this.wire = wire;
        this.query = query;
        this.cursor = cursor;
    }

    static PollClient open(Target target, String query, @Nullable String cursor) throws IOException {
        return new PollClient(new Wire(target), query, cursor);
    }

    @Override
    public @Nullable Message next() throws IOException {
        while (arrived.isEmpty() && !ended) {
            poll();
        }
        return arrived.poll();
    }

    private void poll() throws IOException {
        wire.send("GET /v1/events?format=json&" + query
                + (query.contains("wait=") ? "" : "&wait=" + (cursor == null ? "0" : HOLD))
                + (cursor == null ? "" : "&cursor=" + cursor)
                + " HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n");
        var head = wire.head();
        var body = wire.body(head);
        if (head.status() != 200) {
            throw new RefusedException(head.status(), head.headers(), body);
        }
        ended = head.headers().getOrDefault("connection", "").equals("close");
        var answer = Json.parse(body);
        for (var gap : answer.objects("gaps")) { // stand apart from the events: where between them is not told
            if (Message.of("gap", "", gap)
                    instanceof Message.Gap(var _, var topic, var p, var from, var to, var r, var a)) {
                arrived.add(new Message.Gap(null, topic, p, from, to, r, a));
            }
        }
        answer.objects("events").forEach(event -> arrived.add(Message.of("event", event.text("id"), event)));
        if (answer.isTrue("stateEnd")) {
            arrived.add(new Message.StateEnd(answer.text("cursor"), ""));
        }
        cursor = answer.text("cursor");
        arrived.add(new Message.Moved(answer.text("cursor")));
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
