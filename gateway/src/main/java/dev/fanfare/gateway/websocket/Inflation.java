package dev.fanfare.gateway.websocket;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/// Decompresses the client's messages (RFC 7692 §7.2.2), frame by frame and never beyond the limit. As the client
/// was told to use no context takeover, an inflater lives only while a message is under way; an idle connection
/// has none.
///
/// Threads: the connection's reading thread only.
final class Inflation implements AutoCloseable {
    private static final byte[] FLUSH_TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};
    private static final int FIRST_BUFFER = 1024;

    private final int messageMax;
    private @Nullable Inflater inflater;
    private byte[] out = new byte[0];
    private int outFilled;
    private int messageLength; // of the message's frames so far, decompressed

    Inflation(int messageMax) {
        this.messageMax = messageMax;
    }

    /// Whether a compressed message has begun and not ended.
    boolean inMessage() {
        return inflater != null;
    }

    /// Decompresses one frame of a message.
    ///
    /// @param last whether this is the message's last frame
    /// @return what the frame's payload stands for
    byte[] inflate(byte[] payload, boolean last) {
        var running = inflater;
        if (running == null) {
            running = new Inflater(true);
            inflater = running;
            messageLength = 0;
        }
        out = new byte[(int) Math.min(messageMax - messageLength + 1L, Math.max(FIRST_BUFFER, payload.length * 2L))];
        outFilled = 0;
        try {
            feed(running, payload);
            if (last) {
                feed(running, FLUSH_TAIL);
                close();
            }
        } catch (DataFormatException corrupt) {
            throw new Violation(Violation.NOT_CONSISTENT, "the message is not valid deflate data");
        }
        messageLength += outFilled;
        var inflated = Arrays.copyOf(out, outFilled);
        out = new byte[0];
        return inflated;
    }

    private void feed(Inflater running, byte[] input) throws DataFormatException {
        running.setInput(input);
        var more = true;
        while (more) {
            var n = running.inflate(out, outFilled, out.length - outFilled);
            outFilled += n;
            if (outFilled > messageMax - messageLength) {
                throw Violation.tooBig(messageMax);
            }
            if (outFilled == out.length) {
                out = Arrays.copyOf(out, (int) Math.min(messageMax - messageLength + 1L, out.length * 2L));
            } else if (running.finished()) {
                // a block marked as the final one may be followed by others (RFC 7692 §7.2.3.5)
                var rest = running.getRemaining();
                running.reset();
                running.setInput(input, input.length - rest, rest);
                more = rest > 0;
            } else {
                more = n > 0 && !running.needsInput();
            }
        }
    }

    @Override
    public void close() {
        if (inflater != null) {
            inflater.end();
            inflater = null;
        }
    }
}
