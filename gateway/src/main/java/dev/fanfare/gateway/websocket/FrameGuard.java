package dev.fanfare.gateway.websocket;

import io.helidon.common.buffers.BufferData;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Stands in front of Tyrus: cuts the byte stream into whole client frames and refuses, at the first byte that
/// shows it, what Tyrus would let pass or only see once it had buffered it (RFC 6455 §5.1, §5.2, §5.4, §5.5; RFC
/// 7692 §6).
///
/// Threads: the connection's reading thread only. Useless after a [Violation].
final class FrameGuard {
    private static final int HEADER_MAX = 14;
    private static final int MASK_LENGTH = 4;
    private static final int FIRST_BUFFER = 2048;
    private static final int CONTROL = 8;
    private static final byte PONG = (byte) 0x8A; // and the last of its message
    private static final byte EMPTY = (byte) 0x80; // and masked

    private final int messageMax;
    private final boolean deflated;

    private final byte[] header = new byte[HEADER_MAX];
    private int headerFilled;
    private byte @Nullable [] frame; // null while the header is not complete
    private int frameFilled;
    private int frameLength;

    private boolean inMessage; // the next data frame must be a continuation
    private long messageLength; // on the wire, of the message's frames so far
    private int messageFrames; // so far: those without a byte would let a message have no end

    FrameGuard(int messageMax, boolean deflated) {
        this.messageMax = messageMax;
        this.deflated = deflated;
    }

    /// Takes bytes up to the end of a frame.
    ///
    /// @return the whole frame, still masked, or null once the bytes are used up
    @Nullable
    ByteBuffer next(BufferData bytes) {
        while (bytes.available() > 0) {
            if (frame == null) {
                header[headerFilled++] = (byte) bytes.read();
                checkHeader();
            } else {
                fill(frame, bytes);
            }
            if (frame != null && frameFilled == frameLength) {
                var whole = ByteBuffer.wrap(frame, 0, frameLength);
                frame = null;
                headerFilled = 0;
                return whole;
            }
        }
        return null;
    }

    /// Whether these bytes are a frame, and that is a pong without payload. Takes nothing.
    boolean isEmptyPong(byte[] bytes) {
        return headerFilled == 0 && bytes.length == 2 + MASK_LENGTH && bytes[0] == PONG && bytes[1] == EMPTY;
    }

    /// Bytes that are kept of a frame that is not whole.
    int held() {
        return frame == null ? headerFilled : frame.length;
    }

    private void fill(byte[] begun, BufferData bytes) {
        var room = begun;
        if (frameFilled == room.length) {
            // grown as bytes arrive: an announced length alone costs nothing
            room = Arrays.copyOf(room, Math.min(frameLength, room.length * 2));
            frame = room;
        }
        frameFilled += bytes.read(room, frameFilled, Math.min(bytes.available(), room.length - frameFilled));
    }

    private void checkHeader() {
        if (headerFilled == 1) {
            checkFirst(header[0] & 0xFF);
            return;
        }
        if (headerFilled == 2) {
            checkSecond(header[0] & 0x0F, header[1] & 0xFF);
        }
        var lengthCode = header[1] & 0x7F;
        var lengthEnd = 2 + (lengthCode == 126 ? 2 : lengthCode == 127 ? 8 : 0);
        if (headerFilled == lengthEnd) {
            checkLength(lengthCode, lengthEnd);
        }
        if (headerFilled == lengthEnd + MASK_LENGTH) {
            frameLength = headerFilled + (int) length(lengthCode, lengthEnd);
            frame = Arrays.copyOf(header, Math.min(frameLength, FIRST_BUFFER));
            frameFilled = headerFilled;
        }
    }

    private void checkFirst(int first) {
        var fin = (first & 0x80) != 0;
        var rsv1 = (first & 0x40) != 0;
        var opcode = first & 0x0F;
        if ((first & 0x30) != 0) {
            throw Violation.protocolError("reserved bits 2 and 3 must be 0");
        }
        if (opcode > 10 || (opcode > 2 && opcode < CONTROL)) {
            throw Violation.protocolError("opcode " + opcode + " is reserved");
        }
        if (rsv1 && !deflated) {
            throw Violation.protocolError("reserved bit 1 must be 0 as permessage-deflate was not agreed on");
        }
        if (rsv1 && (opcode == 0 || opcode >= CONTROL)) {
            throw Violation.protocolError("reserved bit 1 belongs on the first frame of a message");
        }
        if (opcode >= CONTROL) {
            if (!fin) {
                throw Violation.protocolError("a control frame must not be fragmented");
            }
            return;
        }
        if (opcode == 0 && !inMessage) {
            throw Violation.protocolError("a continuation without a message that it continues");
        }
        if (opcode != 0 && inMessage) {
            throw Violation.protocolError("a new message before the last one has ended");
        }
        if (opcode != 0) {
            messageLength = 0;
            messageFrames = 0;
        }
        inMessage = !fin;
    }

    private static void checkSecond(int opcode, int second) {
        if ((second & 0x80) == 0) {
            throw Violation.protocolError("a client's frames must be masked");
        }
        var lengthCode = second & 0x7F;
        if (opcode >= CONTROL && lengthCode > Frames.CONTROL_PAYLOAD_MAX) {
            throw Violation.protocolError("a control frame's payload may have 125 bytes");
        }
        if (opcode == CONTROL && lengthCode == 1) {
            throw Violation.protocolError("a Close frame's code has 2 bytes");
        }
    }

    private void checkLength(int lengthCode, int lengthEnd) {
        var length = length(lengthCode, lengthEnd);
        if (length < 0) {
            throw Violation.protocolError("the top bit of a 64-bit length must be 0");
        }
        if ((lengthCode == 126 && length <= 125) || (lengthCode == 127 && length <= 0xFFFF)) {
            throw Violation.protocolError("a length must be in its shortest form");
        }
        if ((header[0] & 0x0F) >= CONTROL) {
            return; // counts for no message
        }
        if (length > messageMax - messageLength || messageFrames > messageMax) {
            throw Violation.tooBig(messageMax);
        }
        messageLength += length;
        messageFrames++;
    }

    private long length(int lengthCode, int lengthEnd) {
        if (lengthCode <= 125) {
            return lengthCode;
        }
        var length = 0L;
        for (var i = 2; i < lengthEnd; i++) {
            length = (length << 8) | (header[i] & 0xFF);
        }
        return length;
    }
}
