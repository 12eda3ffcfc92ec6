package dev.fanfare.gateway.transport;

import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.EventForm;
import dev.fanfare.gateway.protocol.PollForm;
import dev.fanfare.gateway.session.Session;
import dev.fanfare.gateway.session.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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
    private final CompletableFuture<Boolean> answered = new CompletableFuture<>();
    private final List<byte[]> events = new ArrayList<>();
    private final List<byte[]> gaps = new ArrayList<>();
    private int bytes; // of both
    private volatile @Nullable Session session;
    private volatile boolean gone;
    private volatile long answeredNanos; // 0: not yet

    /// How the answer gets out.
    interface Answer {
        /// Writes the whole response.
        ///
        /// @param bytes of all pieces together
        void write(List<byte[]> body, int bytes) throws IOException;

        /// Whether the connection can serve another request.
        boolean keepAlive();

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

    /// The client has its answer and does not send another request.
    @Override
    public Duration idleTime() {
        long since = answeredNanos;
        return since == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - since);
    }

    @Override
    public boolean awaitAnswered() throws InterruptedException {
        try {
            return answered.get();
        } catch (ExecutionException failed) {
            return false;
        }
    }

    @Override
    public EventForm form() {
        return form;
    }

    /// Keeps the pieces, which most often are those that all clients share.
    @Override
    public void write(List<byte[]> pieces, int more) {
        for (var piece : pieces) {
            var to = startsWith(piece, GAP_MARK) ? gaps : events;
            if (!to.isEmpty()) {
                to.add(COMMA);
            }
            to.add(piece);
        }
        bytes += more;
        buffers.add(more);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static boolean startsWith(byte[] bytes, byte[] prefix) {
        return bytes.length >= prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    @Override
    public boolean flushed(boolean caughtUp, Supplier<byte[]> cursor) throws IOException {
        boolean enough = bytes >= bytesMax || (bytes > 0 && buffers.isSpent());
        if (enough || (caughtUp && (bytes > 0 || atOnce))) {
            respond(cursor.get());
            return true;
        }
        return false;
    }

    private void respond(byte[] cursor) throws IOException {
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
        answer.write(body, body.stream().mapToInt(piece -> piece.length).sum());
        answeredNanos = System.nanoTime();
        answered.complete(answer.keepAlive());
    }

    /// Whatever the reason, the client gets its answer, with the cursor to go on from.
    @Override
    public void close(CloseReason reason, Supplier<byte[]> cursor) {
        try {
            if (reason != CloseReason.CLIENT_GONE && !gone && !answered.isDone()) {
                respond(cursor.get());
            }
        } catch (IOException tooLate) {
            abort();
        } finally {
            if (answered.complete(false) || !answered.join()) {
                abort();
            }
        }
    }

    @Override
    public void abort() {
        answered.complete(false);
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
