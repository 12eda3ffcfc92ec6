package dev.fanfare.gateway.protocol;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import dev.fanfare.events.JsonBytes;
import dev.fanfare.events.StructuredWriter;
import java.util.EnumMap;
import java.util.Map;

/// The elements of the arrays in a long-poll's answer.
public final class PollForm implements EventForm {
    private static final Map<Format, PollForm> ALL = new EnumMap<>(Format.class);
    private static final byte[] NOTHING = new byte[0];

    static {
        for (var format : Format.values()) {
            ALL.put(format, new PollForm(format));
        }
    }

    private final Format format;

    private PollForm(Format format) {
        this.format = format;
    }

    public static PollForm of(Format format) {
        var form = ALL.get(format);
        if (form == null) {
            throw new IllegalArgumentException("no form for " + format);
        }
        return form;
    }

    @Override
    public boolean namesChannel(Event event) {
        return true;
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
        var out = new JsonBytes(128 + cursor.length + event.dataLength());
        switch (format) {
            case DATA -> {
                out.raw("{\"id\":").quoted(cursor);
                EventJson.state(out, state);
                out.member("channel", channel.value());
                StructuredWriter.data(out, event);
                out.raw("}");
            }
            case JSON -> {
                out.raw("{\"id\":").quoted(cursor);
                EventJson.json(out, event, channel, state);
                out.raw("}");
            }
            case CLOUDEVENTS -> EventJson.cloudEvent(out, event, channel, cursor, state);
        }
        return out.done();
    }

    @Override
    public byte[] notice(Notice notice, byte[] cursor) {
        var out = new JsonBytes(256);
        out.raw("{\"type\":").string(EventJson.name(notice)).raw(",\"cursor\":").quoted(cursor);
        EventJson.notice(out, notice);
        return out.raw("}").done();
    }

    /// The answer has its own place for the cursor.
    @Override
    public byte[] cursor(byte[] cursor) {
        return NOTHING;
    }

    @Override
    public byte[] heartbeat() {
        return NOTHING;
    }
}
