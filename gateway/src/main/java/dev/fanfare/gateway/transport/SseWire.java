package dev.fanfare.gateway.transport;

import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.protocol.EventForm;
import dev.fanfare.gateway.protocol.Notice;
import dev.fanfare.gateway.protocol.SseForm;
import dev.fanfare.gateway.session.Session;
import dev.fanfare.gateway.session.Wire;
import io.helidon.http.DateTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Server-sent events, over a taken HTTP/1.1 connection, whose body ends with it, or over an HTTP/2 stream.
final class SseWire implements Wire, Guest {
    private static final Map<CloseReason, Notice.Failure> TOLD = Map.of(
            CloseReason.REPLAY_BUSY,
            new Notice.Failure(null, ErrorCode.REPLAY_BUSY, "too many clients read back from Kafka at once: come back"),
            CloseReason.FELL_BEHIND,
            new Notice.Failure(
                    null,
                    ErrorCode.FELL_BEHIND,
                    "more events wait than policy 'disconnect' allows: come back for them"),
            CloseReason.TOKEN_EXPIRED,
            new Notice.Failure(
                    null, ErrorCode.TOKEN_EXPIRED, "the token has expired: come back with a new one and the cursor"),
            CloseReason.TOKEN_REVOKED,
            new Notice.Failure(null, ErrorCode.TOKEN_REVOKED, "the token was taken back"),
            CloseReason.DISCONNECTED,
            new Notice.Failure(null, ErrorCode.DISCONNECTED, "an operator has ended this session"));

    private final SseForm form;
    private final LongSupplier retryMillis;
    private @Nullable Out out; // set before the session is opened
    private volatile @Nullable Session session;
    private volatile boolean gone;

    /// @param retryMillis a reconnection time for one client; a new one each time
    SseWire(SseForm form, LongSupplier retryMillis) {
        this.form = form;
        this.retryMillis = retryMillis;
    }

    /// What comes before the session's own bytes.
    ///
    /// @param headers besides the usual ones
    static byte[] head(String requestId, Map<String, String> headers, long retryMillis) {
        var more = new StringBuilder();
        headers.forEach(
                (name, value) -> more.append(name).append(": ").append(value).append("\r\n"));
        return """
                HTTP/1.1 200 OK\r
                Date: %s\r
                Content-Type: text/event-stream\r
                Cache-Control: no-store\r
                X-Accel-Buffering: no\r
                X-Request-Id: %s\r
                Connection: close\r
                %s\r
                retry: %d

                """.formatted(DateTime.rfc1123String(), requestId, more, retryMillis)
                .getBytes(StandardCharsets.US_ASCII);
    }

    void connect(Out connection) {
        out = connection;
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
    public EventForm form() {
        return form;
    }

    @Override
    public boolean offer(List<byte[]> pieces, int bytes) throws IOException {
        return connection().offer(pieces, bytes);
    }

    @Override
    public int approach() {
        return connection().approach();
    }

    @Override
    public void finish() throws IOException {
        connection().finish();
    }

    @Override
    public void close(CloseReason reason, Supplier<byte[]> cursor) {
        if (reason != CloseReason.CLIENT_GONE && !gone) {
            var last = new ArrayList<byte[]>();
            var told = TOLD.get(reason); // what `retry:` cannot say
            if (told != null) {
                last.add(form.notice(told, cursor.get()));
            }
            if (told == null && reason.resumable()) {
                last.add(form.cursor(cursor.get())); // the last one that it knows may be a heartbeat old
            }
            last.add(SseForm.retry(retryMillis.getAsLong()));
            try {
                connection()
                        .write(
                                last,
                                last.stream().mapToInt(bytes -> bytes.length).sum());
            } catch (IOException tooLate) {
                // the client comes back with its own delay
            }
        }
        abort();
    }

    @Override
    public void abort() {
        connection().abort();
    }

    @Override
    public long stalledSince() {
        return connection().stalledSince();
    }

    @Override
    public long lastHeard() {
        return System.nanoTime();
    }

    @Override
    public boolean heartbeatsAlways() {
        return false;
    }

    private Out connection() {
        var connected = out;
        if (connected == null) {
            throw new IllegalStateException("not connected yet");
        }
        return connected;
    }
}
