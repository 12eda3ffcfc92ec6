package dev.fanfare.gateway.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.fanfare.gateway.protocol.EventForm;
import dev.fanfare.gateway.protocol.Notice;
import dev.fanfare.gateway.websocket.WebSocketApplication;
import dev.fanfare.gateway.websocket.WebSocketPeer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/// Sends a WebSocket's client away as soon as it is open, with a word about when to come back. For a refusal that pages
/// in browsers are to understand, which do not get to see with what status a handshake was refused.
final class WsDismissal implements WebSocketApplication {
    private final Function<Boolean, EventForm> forms;
    private final String reason;
    private final int code;
    private final Duration comeBackAfter;
    private final byte[] cursor;

    /// @param forms by whether the client takes deflated messages
    /// @param reason as in `going-away` and in the close frame
    /// @param code the close code
    /// @param cursor the one that the client came with; empty: none
    WsDismissal(Function<Boolean, EventForm> forms, String reason, int code, Duration comeBackAfter, String cursor) {
        this.forms = forms;
        this.reason = reason;
        this.code = code;
        this.comeBackAfter = comeBackAfter;
        this.cursor = cursor.getBytes(US_ASCII);
    }

    @Override
    public void opened(WebSocketPeer peer) {
        var notice = forms.apply(peer.deflated()).notice(new Notice.GoingAway(comeBackAfter, reason), cursor);
        var out = new LineOut(peer.line());
        try {
            var frames = List.of(notice, peer.beginClose(code, reason).orElseThrow());
            out.write(frames, frames.stream().mapToInt(frame -> frame.length).sum());
            peer.lastWritten();
        } catch (IOException leftAlready) {
            peer.close();
        }
    }

    @Override
    public void text(String message) {
        // too late
    }

    @Override
    public void binary(byte[] message) {
        // too late
    }

    @Override
    public void pong(byte[] payload) {
        // nobody asked
    }

    @Override
    public void outbound(byte[] wholeFrame, boolean last) {
        // nothing comes after a close frame
    }

    @Override
    public void closed(int code, String reason) {
        // holds nothing
    }
}
