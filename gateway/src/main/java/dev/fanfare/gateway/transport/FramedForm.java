package dev.fanfare.gateway.transport;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import dev.fanfare.gateway.protocol.EventForm;
import dev.fanfare.gateway.protocol.Notice;
import dev.fanfare.gateway.websocket.Frames;

/// Another form's messages as whole WebSocket frames. One instance serves all clients with the same options, so that
/// a frame is made, and deflated, once.
final class FramedForm implements EventForm {
    private static final byte[] PING = Frames.ping(new byte[0]);

    private final EventForm messages;
    private final boolean deflate;
    private final int deflateMin;

    /// @param deflate whether the clients have agreed to permessage-deflate
    /// @param deflateMin smaller messages are sent as they are: it would not pay
    FramedForm(EventForm messages, boolean deflate, int deflateMin) {
        this.messages = messages;
        this.deflate = deflate;
        this.deflateMin = deflateMin;
    }

    private byte[] framed(byte[] message) {
        return deflate && message.length >= deflateMin ? Frames.deflatedText(message) : Frames.text(message);
    }

    @Override
    public byte[] event(Event event, ChannelName channel, byte[] cursor) {
        return framed(messages.event(event, channel, cursor));
    }

    @Override
    public byte[] stateEvent(Event event, ChannelName channel, byte[] cursor) {
        return framed(messages.stateEvent(event, channel, cursor));
    }

    @Override
    public boolean namesChannel(Event event) {
        return messages.namesChannel(event);
    }

    @Override
    public byte[] notice(Notice notice, byte[] cursor) {
        return framed(messages.notice(notice, cursor));
    }

    @Override
    public byte[] cursor(byte[] cursor) {
        return framed(messages.cursor(cursor));
    }

    @Override
    public byte[] heartbeat() {
        return PING;
    }
}
