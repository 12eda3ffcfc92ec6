package dev.fanfare.gateway.channel;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import dev.fanfare.gateway.protocol.EventForm;
import java.util.concurrent.atomic.LongAdder;

/// Encodes events to their wire forms, and counts what that costs. Thread-safe.
public final class Encodings {
    /// Events encoded: once per event and form for those who are live, once per session for those who replay.
    public final LongAdder count = new LongAdder();

    /// Time that took, without the cursor, which all forms of an event share.
    public final LongAdder nanos = new LongAdder();

    /// One of the ways in which an [EventForm] encodes events.
    public interface Way {
        byte[] encode(Event event, ChannelName channel, byte[] id);
    }

    /// Bytes of the encoded forms that are kept with their events now.
    final LongAdder keptBytes = new LongAdder();

    /// The event in a form.
    ///
    /// @param id the cursor after it
    public byte[] encode(EventForm form, Event event, ChannelName channel, byte[] id) {
        return encode(form::event, event, channel, id);
    }

    /// The same by one of a form's ways.
    public byte[] encode(Way way, Event event, ChannelName channel, byte[] id) {
        long begin = System.nanoTime();
        var bytes = way.encode(event, channel, id);
        nanos.add(System.nanoTime() - begin);
        count.increment();
        return bytes;
    }
}
