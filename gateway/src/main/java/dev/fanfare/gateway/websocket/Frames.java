package dev.fanfare.gateway.websocket;

import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;

/// Makes whole unfragmented server frames (RFC 6455 §5.2), header and payload in one array: encoded once, the same
/// bytes go to every client. Stateless.
public final class Frames {
    /// The longest payload of a ping, pong or Close (RFC 6455 §5.5).
    public static final int CONTROL_PAYLOAD_MAX = 125;

    private static final int FIN = 0x80;
    private static final int RSV1 = 0x40;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private static final int HEADER_MAX = 10;
    /// Each flushed deflate stream ends in 00 00 FF FF, which does not travel (RFC 7692 §7.2.1).
    private static final int FLUSH_TAIL = 4;
    /// Below this the deflated form is never the shorter one.
    private static final int DEFLATE_MIN = 32;

    private Frames() {}

    /// A text message as it is.
    ///
    /// @param utf8 the message, in pieces that are sent one after the other; taken as valid UTF-8 together
    public static byte[] text(byte[]... utf8) {
        return frame(FIN | TEXT, utf8);
    }

    /// A binary message as it is, in pieces that are sent one after the other.
    public static byte[] binary(byte[]... payload) {
        return frame(FIN | BINARY, payload);
    }

    /// For peers with [WebSocketPeer#deflated]: compressed on its own (no context takeover, RFC 7692), or plain
    /// where that is not shorter.
    public static byte[] deflatedText(byte[]... utf8) {
        return deflated(FIN | TEXT, utf8);
    }

    /// As [#deflatedText].
    public static byte[] deflatedBinary(byte[]... payload) {
        return deflated(FIN | BINARY, payload);
    }

    /// A ping.
    ///
    /// @param payload at most [#CONTROL_PAYLOAD_MAX] bytes
    public static byte[] ping(byte[] payload) {
        return control(FIN | PING, payload);
    }

    /// A pong.
    ///
    /// @param payload at most [#CONTROL_PAYLOAD_MAX] bytes
    public static byte[] pong(byte[] payload) {
        return control(FIN | PONG, payload);
    }

    /// A Close without a code.
    public static byte[] close() {
        return control(FIN | CLOSE, new byte[0]);
    }

    /// A Close.
    ///
    /// @param code one that may travel: 1000 to 1014 but 1004 to 1006, or 3000 to 4999 (RFC 6455 §7.4)
    /// @param reason cut at a character to 123 bytes of UTF-8
    public static byte[] close(int code, String reason) {
        var registered = code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
        if (!registered && (code < 3000 || code > 4999)) {
            throw new IllegalArgumentException("close code " + code + " may not be sent (RFC 6455 section 7.4)");
        }
        var utf8 = reason.getBytes(StandardCharsets.UTF_8);
        var length = Math.min(utf8.length, CONTROL_PAYLOAD_MAX - 2);
        while (length < utf8.length && length > 0 && (utf8[length] & 0xC0) == 0x80) {
            length--; // not in the middle of a character
        }
        var payload = new byte[2 + length];
        payload[0] = (byte) (code >> 8);
        payload[1] = (byte) code;
        System.arraycopy(utf8, 0, payload, 2, length);
        return control(FIN | CLOSE, payload);
    }

    private static byte[] control(int first, byte[] payload) {
        if (payload.length > CONTROL_PAYLOAD_MAX) {
            throw new IllegalArgumentException("a control frame's payload of " + payload.length + " bytes exceeds "
                    + CONTROL_PAYLOAD_MAX + " (RFC 6455 section 5.5)");
        }
        return frame(first, payload);
    }

    private static byte[] frame(int first, byte[]... pieces) {
        var length = length(pieces);
        var frame = new byte[headerLength(length) + length];
        var at = header(frame, first, length);
        for (var piece : pieces) {
            System.arraycopy(piece, 0, frame, at, piece.length);
            at += piece.length;
        }
        return frame;
    }

    private static byte[] deflated(int first, byte[]... pieces) {
        var length = length(pieces);
        if (length < DEFLATE_MIN) {
            return frame(first, pieces);
        }
        // the plain length is all the room there is: what needs more is not worth it
        var work = new byte[length];
        var deflatedLength = deflate(work, pieces);
        if (deflatedLength < 0) {
            return frame(first, pieces);
        }
        var frame = new byte[headerLength(deflatedLength) + deflatedLength];
        var at = header(frame, first | RSV1, deflatedLength);
        System.arraycopy(work, 0, frame, at, deflatedLength);
        return frame;
    }

    /// @return how much of `room` is used, or -1 if it does not suffice
    private static int deflate(byte[] room, byte[]... pieces) {
        var deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            var used = 0;
            for (var i = 0; i < pieces.length; i++) {
                var flush = i == pieces.length - 1 ? Deflater.SYNC_FLUSH : Deflater.NO_FLUSH;
                deflater.setInput(pieces[i]);
                used += deflater.deflate(room, used, room.length - used, flush);
                if (used == room.length) {
                    return -1;
                }
            }
            return used - FLUSH_TAIL;
        } finally {
            deflater.end();
        }
    }

    private static int length(byte[]... pieces) {
        var length = 0;
        for (var piece : pieces) {
            length = Math.addExact(length, piece.length);
        }
        if (length > Integer.MAX_VALUE - HEADER_MAX) {
            throw new IllegalArgumentException("a message of " + length + " bytes does not fit a frame");
        }
        return length;
    }

    private static int headerLength(int length) {
        return length <= 125 ? 2 : length <= 0xFFFF ? 4 : HEADER_MAX;
    }

    /// @return where the payload begins
    private static int header(byte[] frame, int first, int length) {
        frame[0] = (byte) first;
        if (length <= 125) {
            frame[1] = (byte) length;
            return 2;
        }
        if (length <= 0xFFFF) {
            frame[1] = 126;
            frame[2] = (byte) (length >> 8);
            frame[3] = (byte) length;
            return 4;
        }
        frame[1] = 127; // and four bytes of zero: an int never needs more than the lower half
        frame[6] = (byte) (length >> 24);
        frame[7] = (byte) (length >> 16);
        frame[8] = (byte) (length >> 8);
        frame[9] = (byte) length;
        return HEADER_MAX;
    }
}
