package dev.fanfare.gateway.transport;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.EventForm;
import dev.fanfare.gateway.protocol.PollForm;
import dev.fanfare.gateway.session.Session;
import dev.fanfare.gateway.session.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One long-poll: gathers what its session delivers and makes it one answer, at the first event or at the deadline.
/// If
/// the client sends its next request, the connection goes back to the HTTP server after the answer.
final class PollWire implements Wire, Guest {
    private static final byte[] GAP_MARK = ascii("{\"type\":\"gap\"");
    private static final byte[] COMMA = ascii(",");

    private final PollForm form;
    private final int bytesMax;
    private final boolean atOnce;
    private final PollBuffers.Share buffers;
    private final Answer answer;
    private final List<byte[]> events = new ArrayList<>();
    private final List<byte[]> gaps = new ArrayList<>();
    private int bytes; // of both
    private boolean answered; // or about to be
    private volatile @Nullable Session session;
    private volatile boolean gone;

    /// How the answer gets out.
    interface Answer {
        /// Takes the whole response, and writes what can be written without waiting.
        ///
        /// @param bytes of all pieces together
        /// @return whether that was all; if not, [#finish] comes next
        boolean offer(List<byte[]> body, int bytes) throws IOException;

        /// Waits until the response is written.
        void finish() throws IOException;

        /// The response is written: the connection serves another request, or ends.
        void done();

        void abort();

        long stalledSince();
    }

    /// @param bytesMax of events and gaps, give or take the last one
    /// @param atOnce whether an empty answer is better than waiting
    /// @param buffers told what is held; closed by whoever writes the answer
    PollWire(PollForm form, int bytesMax, boolean atOnce, PollBuffers.Share buffers, Answer answer) {
        this.form = form;
        this.buffers = buffers;
        this.atOnce = atOnce;
        this.bytesMax = bytesMax;
        this.answer = answer;
    }

    void serve(Session opened) {
        session = opened;
        if (gone) {
            opened.end(CloseReason.CLIENT_GONE);
        }
    }

    @Override
    public void peerGone() {
        gone = true;
        var served = session;
        if (served != null) {
            served.end(CloseReason.CLIENT_GONE);
        }
    }

    @Override
    public boolean leaves() {
        return true;
    }

    @Override
    public EventForm form() {
        return form;
    }

    /// Keeps the pieces, which most often are those that all clients share.
    @Override
    public boolean offer(List<byte[]> pieces, int more) {
        for (var piece : pieces) {
            var to = startsWith(piece, GAP_MARK) ? gaps : events;
            if (!to.isEmpty()) {
                to.add(COMMA);
            }
            to.add(piece);
        }
        bytes += more;
        buffers.add(more);
        return true;
    }

    @Override
    public void finish() throws IOException {
        answer.finish();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static boolean startsWith(byte[] bytes, byte[] prefix) {
        return bytes.length >= prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    @Override
    public Answered flushed(boolean caughtUp, Supplier<byte[]> cursor) throws IOException {
        boolean enough = bytes >= bytesMax || (bytes > 0 && buffers.isSpent());
        if (enough || (caughtUp && (bytes > 0 || atOnce))) {
            return respond(cursor.get()) ? Answered.YES : Answered.PARTLY;
        }
        return Answered.NO;
    }

    /// Whether the response is written whole.
    @CanIgnoreReturnValue
    private boolean respond(byte[] cursor) throws IOException {
        var body = new ArrayList<byte[]>(events.size() + gaps.size() + 5);
        body.add(ascii("{\"events\":["));
        body.addAll(events);
        if (!gaps.isEmpty()) {
            body.add(ascii("],\"gaps\":["));
            body.addAll(gaps);
        }
        body.add(ascii("],\"cursor\":\""));
        body.add(cursor);
        body.add(ascii("\"}\n"));
        answered = true;
        return answer.offer(body, body.stream().mapToInt(piece -> piece.length).sum());
    }

    /// Whatever the reason, the client gets its answer, with the cursor to go on from.
    @Override
    public void close(CloseReason reason, Supplier<byte[]> cursor) {
        if (reason == CloseReason.CLIENT_GONE || gone) {
            abort();
            return;
        }
        try {
            if (!answered) {
                respond(cursor.get());
            }
            answer.finish();
            answer.done();
        } catch (IOException tooLate) {
            abort();
        }
    }

    @Override
    public void abort() {
        answer.abort();
    }

    @Override
    public long stalledSince() {
        return answer.stalledSince();
    }

    @Override
    public long lastHeard() {
        return System.nanoTime();
    }

    @Override
    public boolean heartbeatsAlways() {
        return false;
    }
}
