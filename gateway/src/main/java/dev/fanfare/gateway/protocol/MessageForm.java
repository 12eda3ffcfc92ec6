package dev.fanfare.gateway.protocol;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import dev.fanfare.events.JsonBytes;
import dev.fanfare.events.StructuredWriter;
import java.util.EnumMap;
import java.util.Map;

/// The JSON messages of the subprotocol `fanfare.v1.json`, without any framing.
public final class MessageForm implements EventForm {
    /// The subprotocol's name (RFC 6455 §1.9).
    public static final String SUBPROTOCOL = "fanfare.v1.json";

    private static final Map<Format, MessageForm> ALL = new EnumMap<>(Format.class);
    private static final byte[] NOTHING = new byte[0];

    static {
        for (var format : Format.values()) {
            ALL.put(format, new MessageForm(format));
        }
    }

    private final Format format;

    private MessageForm(Format format) {
        this.format = format;
    }

    /// The one instance for a format.
    public static MessageForm of(Format format) {
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
        out.raw("{\"type\":\"event\",\"id\":").quoted(cursor);
        switch (format) {
            case DATA -> {
                EventJson.state(out, state);
                out.member("channel", channel.value());
                StructuredWriter.data(out, event);
            }
            case JSON -> EventJson.json(out, event, channel, state);
            case CLOUDEVENTS -> {
                out.member("channel", channel.value()).raw(",\"event\":");
                EventJson.cloudEvent(out, event, channel, cursor, state);
            }
        }
        return out.raw("}").done();
    }

    @Override
    public byte[] notice(Notice notice, byte[] cursor) {
        var out = new JsonBytes(256);
        out.raw("{\"type\":").string(EventJson.name(notice));
        if (EventJson.movesCursor(notice) && cursor.length > 0) {
            out.raw(",\"cursor\":").quoted(cursor);
        }
        EventJson.notice(out, notice);
        return out.raw("}").done();
    }

    @Override
    public byte[] cursor(byte[] cursor) {
        return new JsonBytes(40 + cursor.length)
                .raw("{\"type\":\"cursor\",\"cursor\":")
                .quoted(cursor)
                .raw("}")
                .done();
    }

    /// Pings do that.
    @Override
    public byte[] heartbeat() {
        return NOTHING;
    }
}
