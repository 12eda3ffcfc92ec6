package dev.fanfare.gateway.protocol;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import dev.fanfare.events.JsonBytes;
import java.util.UUID;

/// The messages of the subprotocol `cloudevents.json` (CloudEvents' WebSocket binding 1.0.2 §3): each is one
/// structured
/// CloudEvent, notices too, with types that begin with `dev.fanfare.`.
public final class CloudEventForm implements EventForm {
    /// The subprotocol's name.
    public static final String SUBPROTOCOL = "cloudevents.json";

    public static final CloudEventForm INSTANCE = new CloudEventForm();

    private static final byte[] NOTHING = new byte[0];

    private CloudEventForm() {}

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

    private static byte[] event(Event event, ChannelName channel, byte[] cursor, boolean state) {
        var out = new JsonBytes(512 + event.dataLength());
        EventJson.cloudEvent(out, event, channel, cursor, state);
        return out.done();
    }

    @Override
    public byte[] notice(Notice notice, byte[] cursor) {
        var out = envelope(EventJson.name(notice));
        if (EventJson.movesCursor(notice) && cursor.length > 0) {
            out.raw(",\"fanfarecursor\":").quoted(cursor);
        }
        out.raw(",\"data\":{\"type\":").string(EventJson.name(notice));
        EventJson.notice(out, notice);
        return out.raw("}}").done();
    }

    @Override
    public byte[] cursor(byte[] cursor) {
        return envelope("cursor")
                .raw(",\"fanfarecursor\":")
                .quoted(cursor)
                .raw("}")
                .done();
    }

    private static JsonBytes envelope(String name) {
        return new JsonBytes(400)
                .raw("{\"specversion\":\"1.0\",\"source\":\"/fanfare\"")
                .member("id", UUID.randomUUID().toString())
                .member("type", "dev.fanfare." + name);
    }

    /// Pings do that.
    @Override
    public byte[] heartbeat() {
        return NOTHING;
    }
}
