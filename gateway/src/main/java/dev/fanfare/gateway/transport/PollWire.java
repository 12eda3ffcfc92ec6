package dev.fanfare.gateway.transport;

import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.EventForm;
import dev.fanfare.gateway.protocol.PollForm;
import dev.fanfare.gateway.session.Session;
import dev.fanfare.gateway.session.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
    private static final byte[] GAP_MARK = "{\"type\":\"gap\"".getBytes(StandardCharsets.US_ASCII);

    private final PollForm form;
    private final int bytesMax;
    private final boolean atOnce;
    private final Answer answer;
    private final CompletableFuture<Boolean> answered = new CompletableFuture<>();
    private final ByteArrayOutputStream events = new ByteArrayOutputStream();
    private final ByteArrayOutputStream gaps = new ByteArrayOutputStream();
    private volatile @Nullable Session session;
    private volatile boolean gone;
    private volatile long answeredNanos; // 0: not yet

    /// How the answer gets out.
    interface Answer {
        /// Writes the whole response.
        void write(byte[] body) throws IOException;

        /// Whether the connection can serve another request.
        boolean keepAlive();

        void abort();

        long stalledSince();
    }

    /// @param bytesMax of events and gaps, give or take the last one
    /// @param atOnce whether an empty answer is better than waiting
    PollWire(PollForm form, int bytesMax, boolean atOnce, Answer answer) {
        this.form = form;
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

    @Override
    public void write(List<byte[]> pieces, int bytes) {
        for (var piece : pieces) {
            var to = startsWith(piece, GAP_MARK) ? gaps : events;
            if (to.size() > 0) {
                to.write(',');
            }
            to.writeBytes(piece);
        }
    }

    private static boolean startsWith(byte[] bytes, byte[] prefix) {
        return bytes.length >= prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    @Override
    public boolean flushed(boolean caughtUp, Supplier<byte[]> cursor) throws IOException {
        int bytes = events.size() + gaps.size();
        if (bytes >= bytesMax || (caughtUp && (bytes > 0 || atOnce))) {
            respond(cursor.get());
            return true;
        }
        return false;
    }

    private void respond(byte[] cursor) throws IOException {
        var body = new ByteArrayOutputStream(events.size() + gaps.size() + cursor.length + 64);
        body.writeBytes("{\"events\":[".getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(events.toByteArray());
        body.write(']');
        if (gaps.size() > 0) {
            body.writeBytes(",\"gaps\":[".getBytes(StandardCharsets.US_ASCII));
            body.writeBytes(gaps.toByteArray());
            body.write(']');
        }
        body.writeBytes(",\"cursor\":\"".getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(cursor);
        body.writeBytes("\"}\n".getBytes(StandardCharsets.US_ASCII));
        answer.write(body.toByteArray());
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
