package dev.fanfare.load.publish;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The long-polls of one channel: who waits behind which event, and the events that the others may ask for. An answer
/// is made once for all that wait behind the same event. Owned by the server's thread.
final class RawPolls {
    private static final int KEPT_MAX = 10_000;

    private record Waiting(RawClient client, long cursor) {}

    private final Deque<byte[]> recent = new ArrayDeque<>();
    private final Map<Long, byte[]> answers = new HashMap<>(); // by cursor, until there is one event more
    private final List<Waiting> waiting = new ArrayList<>();
    private boolean used;
    private long next; // the sequence of the event to come

    /// @param cursor the first event that the client has not got; -1: it has not asked before
    void ask(RawClient client, long cursor) {
        used = true;
        if (cursor == next) {
            waiting.add(new Waiting(client, cursor));
        } else {
            client.write(ByteBuffer.wrap(answer(cursor < 0 ? next : cursor)));
        }
    }

    void append(long sequence, byte[] data) {
        next = sequence + 1;
        if (used) {
            recent.add(RawForm.POLL.event(sequence, data));
            if (recent.size() > KEPT_MAX) {
                recent.remove();
            }
            answers.clear();
        }
    }

    /// To all that wait; none of them waits any longer.
    void write() {
        if (!waiting.isEmpty() && waiting.getFirst().cursor < next) {
            waiting.forEach(one -> one.client.write(ByteBuffer.wrap(answer(one.cursor))));
            waiting.clear();
        }
    }

    private byte[] answer(long cursor) {
        return answers.computeIfAbsent(cursor, this::encode);
    }

    private byte[] encode(long cursor) {
        var body = new ByteArrayOutputStream();
        body.writeBytes(RawForm.bytes("{\"events\":["));
        long passed = Math.max(0, recent.size() - (next - cursor));
        boolean first = true;
        for (var event : recent) {
            if (passed-- > 0) {
                continue;
            }
            if (!first) {
                body.write(',');
            }
            first = false;
            body.writeBytes(event);
        }
        body.writeBytes(RawForm.bytes("],\"cursor\":\"%d\"}".formatted(next)));
        var head = RawForm.bytes("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                .formatted(body.size()));
        return ByteBuffer.allocate(head.length + body.size())
                .put(head)
                .put(body.toByteArray())
                .array();
    }
}
