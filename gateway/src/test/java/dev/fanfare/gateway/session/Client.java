package dev.fanfare.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.EventForm;
import dev.fanfare.gateway.protocol.Notice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A [Wire] whose other end remembers what it reads. Each piece is a line: what it is, and after the last blank the
/// cursor, if it moves one.
class Client implements Wire, EventForm {
    private final List<String> lines = new ArrayList<>();
    private boolean paused;
    private List<byte[]> taken = List.of(); // drain only
    private @Nullable String cursor;
    private @Nullable CloseReason closed;
    private @Nullable String lastWords;
    private int breaksAfter = Integer.MAX_VALUE;
    private boolean aborted;
    private volatile long writingSince;
    volatile boolean fails;

    static byte[] bytes(String line) {
        return line.getBytes(StandardCharsets.UTF_8);
    }

    // ---- the form ----

    @Override
    public byte[] event(Event event, ChannelName channel, byte[] id) {
        if (fails) {
            throw new IllegalStateException("cannot be encoded");
        }
        return bytes("event " + event.topic() + "/" + event.partition() + "/" + event.offset() + " " + channel.value()
                + " " + new String(id, StandardCharsets.US_ASCII));
    }

    @Override
    public boolean namesChannel(Event event) {
        return true;
    }

    @Override
    public byte[] notice(Notice notice, byte[] id) {
        var text = switch (notice) {
            case Notice.Gap gap ->
                "gap " + gap.topic() + "/" + gap.partition() + " " + gap.from() + "-" + gap.to() + " "
                        + gap.reason().code();
            case Notice.Ready ready -> "ready " + ready.from() + " " + ready.complete();
            default -> notice.getClass().getSimpleName();
        };
        return bytes(text + " " + new String(id, StandardCharsets.US_ASCII));
    }

    @Override
    public byte[] cursor(byte[] id) {
        return bytes("cursor " + new String(id, StandardCharsets.US_ASCII));
    }

    @Override
    public byte[] heartbeat() {
        return bytes("heartbeat");
    }

    // ---- the wire ----

    @Override
    public EventForm form() {
        return this;
    }

    @Override
    public boolean offer(List<byte[]> pieces, int bytes) throws IOException {
        taken = List.copyOf(pieces);
        synchronized (this) {
            if (paused && !aborted) {
                return false;
            }
        }
        finish();
        return true;
    }

    @Override
    public void finish() throws IOException {
        synchronized (this) {
            try {
                writingSince = System.nanoTime();
                while (paused && !aborted) {
                    wait();
                }
            } catch (InterruptedException cut) {
                throw new IOException(cut);
            } finally {
                writingSince = 0;
            }
            for (var piece : taken) {
                if (aborted || breaksAfter-- <= 0) {
                    aborted = true;
                    throw new IOException("broken");
                }
                var line = new String(piece, StandardCharsets.UTF_8);
                lines.add(line);
                if (!line.equals("heartbeat")) {
                    cursor = line.substring(line.lastIndexOf(' ') + 1);
                }
            }
        }
    }

    @Override
    public synchronized void close(CloseReason reason, Supplier<byte[]> id) {
        closed = reason;
        if (!aborted) {
            lastWords = new String(id.get(), StandardCharsets.US_ASCII);
        }
    }

    @Override
    public synchronized void abort() {
        aborted = true;
        notifyAll();
    }

    @Override
    public long stalledSince() {
        return writingSince;
    }

    @Override
    public long lastHeard() {
        return Long.MAX_VALUE / 2;
    }

    @Override
    public boolean heartbeatsAlways() {
        return false;
    }

    // ---- the client ----

    /// The connection breaks after so many more lines.
    synchronized void breakAfter(int lineCount) {
        breaksAfter = lineCount;
    }

    synchronized void stopReading() {
        paused = true;
    }

    synchronized void read() {
        paused = false;
        notifyAll();
    }

    boolean isWriting() {
        return writingSince != 0;
    }

    synchronized @Nullable String cursor() {
        return cursor;
    }

    synchronized @Nullable CloseReason closed() {
        return closed;
    }

    synchronized @Nullable String lastWords() {
        return lastWords;
    }

    synchronized boolean wasAborted() {
        return aborted;
    }

    /// The lines of a kind, without their cursors.
    synchronized List<String> lines(String kind) {
        return lines.stream()
                .filter(line -> line.startsWith(kind + " "))
                .map(line -> line.substring(kind.length() + 1, line.lastIndexOf(' ')))
                .toList();
    }

    /// Events as `partition/offset`.
    List<String> events() {
        return lines("event").stream()
                .map(line -> line.substring(line.indexOf('/') + 1, line.indexOf(' ')))
                .toList();
    }

    /// Waits until it has these, and no others.
    void receives(String... events) {
        await().untilAsserted(() -> assertThat(events()).containsExactly(events));
    }

    synchronized List<String> all() {
        return List.copyOf(lines);
    }
}
