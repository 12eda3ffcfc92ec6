package dev.fanfare.gateway.protocol;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;

/// How events and notices become the bytes that a client reads: one instance per combination of transport and
/// options, so that instances can be compared by identity. Thread-safe and stateless.
///
/// Cursors are given as ASCII bytes and are safe inside JSON strings and SSE lines.
public interface EventForm {
    /// One event as it goes on the wire, with its cursor.
    byte[] event(Event event, ChannelName channel, byte[] cursor);

    /// The same for an event of a state, which is marked where there is room for a mark.
    default byte[] stateEvent(Event event, ChannelName channel, byte[] cursor) {
        return event(event, channel, cursor);
    }

    /// Whether the bytes of an event depend on the channel that it is delivered under.
    boolean namesChannel(Event event);

    /// A notice and the cursor that holds after it.
    byte[] notice(Notice notice, byte[] cursor);

    /// A moved cursor without an event.
    byte[] cursor(byte[] cursor);

    /// What shows a client that the connection is alive, sent when nothing else was.
    byte[] heartbeat();
}
