package dev.fanfare.gateway.protocol;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import dev.fanfare.events.JsonBytes;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;

/// Server-sent events (WHATWG HTML, §9.2). The `id:` of each block is the cursor. Events have no `event:` line unless
/// asked for, notices always have one.
public final class SseForm implements EventForm {
    private static final Map<Format, Map<EventNaming, SseForm>> ALL = new EnumMap<>(Format.class);
    private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    static {
        for (var format : Format.values()) {
            var byNaming = new EnumMap<EventNaming, SseForm>(EventNaming.class);
            for (var naming : EventNaming.values()) {
                byNaming.put(naming, new SseForm(format, naming));
            }
            ALL.put(format, byNaming);
        }
    }

    private final Format format;
    private final EventNaming naming;

    private SseForm(Format format, EventNaming naming) {
        this.format = format;
        this.naming = naming;
    }

    public static SseForm of(Format format, EventNaming naming) {
        var form = ALL.getOrDefault(format, Map.of()).get(naming);
        if (form == null) {
            throw new IllegalArgumentException("no form for " + format + " and " + naming);
        }
        return form;
    }

    @Override
    public boolean namesChannel(Event event) {
        return format != Format.DATA || naming == EventNaming.CHANNEL || !(event.data() == null || event.dataIsText());
    }

    @Override
    public byte[] event(Event event, ChannelName channel, byte[] cursor) {
        return event(event, channel, cursor, false);
    }

    @Override
    public byte[] stateEvent(Event event, ChannelName channel, byte[] cursor) {
        return event(event, channel, cursor, true);
    }

    private byte[] event(Event event, ChannelName channel, byte[] cursor, boolean state) {
        var block = new JsonBytes(64 + cursor.length + event.dataLength());
        block.raw("id: ").raw(cursor).raw("\n");
        switch (naming) {
            case NONE -> {}
            case TYPE -> block.raw("event: ").raw(oneLine(event.type())).raw("\n");
            case CHANNEL -> block.raw("event: ").raw(channel.value()).raw("\n");
        }
        lines(block, payload(event, channel, cursor, state));
        return block.raw("\n").done();
    }

    private byte[] payload(Event event, ChannelName channel, byte[] cursor, boolean state) {
        var data = event.data();
        var out = new JsonBytes(event.dataLength() + 256);
        switch (format) {
            case DATA -> {
                if (data == null) {
                    return "null".getBytes(StandardCharsets.US_ASCII);
                }
                if (event.dataIsText()) {
                    return data;
                }
                json(out, event, channel, cursor, state);
            }
            case JSON -> json(out, event, channel, cursor, state);
            case CLOUDEVENTS -> EventJson.cloudEvent(out, event, channel, cursor, state);
        }
        return out.done();
    }

    private static void json(JsonBytes out, Event event, ChannelName channel, byte[] cursor, boolean state) {
        out.raw("{\"id\":").quoted(cursor);
        EventJson.json(out, event, channel, state);
        out.raw("}");
    }

    /// A `data:` line for each line of the payload, whatever ends it. A last line end yields an empty last line, so
    /// that the client gets back every line end but its kind.
    private static void lines(JsonBytes block, byte[] payload) {
        int start = 0;
        for (int i = 0; i < payload.length; i++) {
            if (payload[i] == '\n' || payload[i] == '\r') {
                block.raw("data: ").raw(payload, start, i - start).raw("\n");
                if (payload[i] == '\r' && i + 1 < payload.length && payload[i + 1] == '\n') {
                    i++;
                }
                start = i + 1;
            }
        }
        block.raw("data: ").raw(payload, start, payload.length - start).raw("\n");
    }

    private static byte[] oneLine(String value) {
        return value.replaceAll("[\\r\\n\\x00]", " ").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] notice(Notice notice, byte[] cursor) {
        var out = new JsonBytes(256);
        out.raw("id: ").raw(cursor).raw("\n");
        out.raw("event: ").raw(EventJson.name(notice)).raw("\ndata: ");
        out.raw("{\"type\":").string(EventJson.name(notice)).raw(",\"cursor\":").quoted(cursor);
        EventJson.notice(out, notice);
        out.raw("}\n");
        if (notice instanceof Notice.GoingAway(var after, var _)) {
            out.raw("retry: " + after.toMillis() + "\n");
        }
        return out.raw("\n").done();
    }

    /// An id without data dispatches no event but moves the client's last event id (§9.2.6, step 1).
    @Override
    public byte[] cursor(byte[] cursor) {
        return new JsonBytes(8 + cursor.length)
                .raw("id: ")
                .raw(cursor)
                .raw("\n\n")
                .done();
    }

    @Override
    public byte[] heartbeat() {
        return HEARTBEAT;
    }

    /// The reconnection time.
    public static byte[] retry(long millis) {
        return ("retry: " + millis + "\n\n").getBytes(StandardCharsets.US_ASCII);
    }
}
