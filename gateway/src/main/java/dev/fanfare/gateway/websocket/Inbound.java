package dev.fanfare.gateway.websocket;

import io.helidon.common.buffers.BufferData;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.glassfish.tyrus.core.ProtocolHandler;
import org.glassfish.tyrus.core.TyrusWebSocket;
import org.glassfish.tyrus.core.Version;
import org.glassfish.tyrus.core.frame.BinaryFrame;
import org.glassfish.tyrus.core.frame.CloseFrame;
import org.glassfish.tyrus.core.frame.Frame;
import org.glassfish.tyrus.core.frame.PingFrame;
import org.glassfish.tyrus.core.frame.PongFrame;
import org.glassfish.tyrus.core.frame.TextFrame;

/// From the client's bytes to messages: guard, then Tyrus's protocol engine, with inflation between its unframing
/// and its processing. Tyrus unmasks, checks UTF-8 across fragments and the content of Close frames, and keeps the
/// order of fragments; it is used below its Jakarta session, which would hold a buffer as big as the biggest
/// message on every idle connection and answer pings and Closes by itself.
///
/// Threads: the connection's reading thread only.
final class Inbound extends TyrusWebSocket implements AutoCloseable {

    /// Where it all goes.
    interface Sink {
        void text(String message);

        void binary(byte[] message);

        void ping(byte[] payload);

        void pong(byte[] payload);

        /// Nothing follows.
        ///
        /// @param code 1005 if the peer gave none
        void close(int code, String reason);
    }

    static final int NO_CODE = 1005;

    private static final int CLOSE = 8;

    private final ProtocolHandler engine;
    private final FrameGuard guard;
    private final Inflation inflation;
    private final Sink sink;

    private final StringBuilder text = new StringBuilder(0);
    private ByteArrayOutputStream binary = new ByteArrayOutputStream(0);
    private boolean closed;

    private Inbound(ProtocolHandler engine, int messageMax, boolean deflated, Sink sink) {
        super(engine, null);
        this.engine = engine;
        this.guard = new FrameGuard(messageMax, deflated);
        this.inflation = new Inflation(messageMax);
        this.sink = sink;
    }

    static Inbound of(int messageMax, boolean deflated, Sink sink) {
        return new Inbound(Version.DRAFT17.createHandler(false, null), messageMax, deflated, sink);
    }

    /// Whether these bytes are a pong without payload, and nothing else. Takes nothing.
    boolean isEmptyPong(byte[] bytes) {
        return !closed && guard.isEmptyPong(bytes);
    }

    /// Bytes of a message or frame whose end has not come.
    int held() {
        return guard.held() + text.length() + binary.size();
    }

    /// Takes all of the bytes, up to a Close.
    ///
    /// @throws Violation of a limit or the framing
    /// @throws org.glassfish.tyrus.core.WebSocketException of the rest of the protocol, with its close code
    void read(BufferData bytes) {
        for (var whole = guard.next(bytes); whole != null && !closed; whole = closed ? null : guard.next(bytes)) {
            frame(whole);
        }
    }

    private void frame(ByteBuffer whole) {
        var frame = engine.unframe(whole);
        if (frame.getOpcode() == CLOSE && frame.getPayloadLength() == 0) {
            ended(NO_CODE, ""); // Tyrus would make this a 1000
            return;
        }
        if (!frame.isControlFrame() && (frame.isRsv1() || inflation.inMessage())) {
            var inflated = inflation.inflate(frame.getPayloadData(), frame.isFin());
            frame = Frame.builder(frame).rsv1(false).payloadData(inflated).build();
        }
        engine.process(frame, this);
    }

    private void ended(int code, String reason) {
        closed = true;
        sink.close(code, reason);
    }

    @Override
    public void onMessage(TextFrame frame) {
        sink.text(frame.getTextPayload());
    }

    @Override
    public void onFragment(TextFrame frame, boolean last) {
        text.append(frame.getTextPayload());
        if (last) {
            var message = text.toString();
            text.setLength(0);
            text.trimToSize(); // an idle connection keeps no buffer
            sink.text(message);
        }
    }

    @Override
    public void onMessage(BinaryFrame frame) {
        sink.binary(frame.getPayloadData());
    }

    @Override
    public void onFragment(BinaryFrame frame, boolean last) {
        binary.writeBytes(frame.getPayloadData());
        if (last) {
            var message = binary.toByteArray();
            binary = new ByteArrayOutputStream(0);
            sink.binary(message);
        }
    }

    @Override
    public void onPing(PingFrame frame) {
        sink.ping(frame.getPayloadData());
    }

    @Override
    public void onPong(PongFrame frame) {
        sink.pong(frame.getPayloadData());
    }

    @Override
    public void onClose(CloseFrame frame) {
        var reason = frame.getCloseReason();
        ended(reason.getCloseCode().getCode(), reason.getReasonPhrase());
    }

    /// Tyrus's own way to close, which does nothing here: Closes are the connection's business.
    @Override
    public void close() {
        inflation.close();
    }
}
