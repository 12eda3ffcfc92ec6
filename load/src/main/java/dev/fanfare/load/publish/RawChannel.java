package dev.fanfare.load.publish;

import dev.fanfare.load.check.Micros;
import java.util.ArrayList;
import java.util.List;

/// One channel of the raw server: who listens, and what goes out next. Owned by the server's thread.
final class RawChannel {
    private final RawStream sse = new RawStream(RawForm.SSE);
    private final RawStream webSocket = new RawStream(RawForm.WEBSOCKET);
    private final RawPolls polls = new RawPolls();
    private final List<Long> due = new ArrayList<>(); // the intended times of the events that go out next
    private long last;

    /// @param cursor of a long-poll; -1: it has none
    void add(RawClient client, RawForm form, long cursor) {
        switch (form) {
            case SSE -> sse.add(client);
            case WEBSOCKET -> webSocket.add(client);
            case POLL -> polls.ask(client, cursor);
        }
    }

    void append(long sequence, byte[] data, long dueMicros) {
        sse.append(sequence, data);
        webSocket.append(sequence, data);
        polls.append(sequence, data);
        due.add(dueMicros);
        last = sequence;
    }

    int events() {
        return due.size();
    }

    void write(Acknowledgements acknowledgements, int channel) {
        if (due.isEmpty()) {
            return;
        }
        sse.write();
        webSocket.write();
        polls.write();
        long now = Micros.now();
        for (int i = 0; i < due.size(); i++) {
            acknowledgements.acknowledge(channel, last - due.size() + 1 + i, now - due.get(i));
        }
        due.clear();
    }
}
