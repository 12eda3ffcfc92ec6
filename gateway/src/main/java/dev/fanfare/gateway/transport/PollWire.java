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
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A long-poll: gathers what its session delivers and makes it one answer, at the first event or at the deadline.
///
/// A client that comes back on its connection with the [Repeat] of its request goes on with the session that it left,
/// which waits for it a while: that saves all that a request and a session cost. Any other request is HTTP's.
final class PollWire implements Wire, Guest {
    private static final byte[] GAP_MARK = ascii("{\"type\":\"gap\"");
    private static final byte[] STATE_MARK = ascii("{\"type\":\"state-end\"");
    private static final byte[] COMMA = ascii(",");
    private static final byte[] EVENTS = ascii("{\"events\":[");
    private static final byte[] GAPS = ascii("],\"gaps\":[");
    private static final byte[] CURSOR = ascii("],\"cursor\":\"");
    private static final byte[] STATE_CURSOR = ascii("],\"stateEnd\":true,\"cursor\":\"");
    private static final byte[] END = ascii("\"}\n");
    private static final long LOOK_NANOS = Duration.ofSeconds(5).toNanos(); // to find what is there already
    private static final long AWAY_NANOS = Duration.ofSeconds(5).toNanos();

    private final PollForm form;
    private final int bytesMax;
    private final Duration hold;
    private final PollBuffers.Share buffers;
    private final Answer answer;
    private final AtomicReference<State> state = new AtomicReference<>(State.HERE);
    private volatile long dueNanos;
    private volatile @Nullable Session session;
    private volatile boolean gone;

    // written before the client is away, read when it is
    private @Nullable Repeat repeat;
    private BooleanSupplier welcome = () -> false;
    private byte[] given = {}; // the cursor of the last answer

    // owned by the drain
    private final List<byte[]> events = new ArrayList<>();
    private final List<byte[]> gaps = new ArrayList<>();
    private int bytes; // of both
    private boolean stateEnds; // with this answer
    private boolean answered; // or about to be, and not all written
    private boolean whole; // the last answer is written

    private enum State {
        /// The client waits for its answer.
        HERE,
        /// It has its answer, and may come back.
        AWAY,
        /// Whatever it sends is HTTP's.
        LEFT
    }

    /// How the answer gets out.
    interface Answer {
        /// Takes the whole response, and writes what can be written without waiting.
        ///
        /// @param bytes of all pieces together
        /// @return whether that was all; if not, [#finish] comes next
        boolean offer(List<byte[]> body, int bytes) throws IOException;

        /// The next response is the connection's last.
        void last();

        /// Waits until the response is written.
        void finish() throws IOException;

        /// The response is written: the connection serves another request, or ends.
        void done();

        /// Whether another request is there already.
        boolean isOutrun();

        void abort();

        long stalledSince();
    }

    /// @param bytesMax of events and gaps, give or take the last one
    /// @param hold how long to wait for something; zero: an empty answer is better than waiting
    /// @param buffers told what is held; closed by whoever writes the answer
    PollWire(PollForm form, int bytesMax, Duration hold, PollBuffers.Share buffers, Answer answer) {
        this.form = form;
        this.buffers = buffers;
        this.hold = hold;
        this.bytesMax = bytesMax;
        this.answer = answer;
        this.dueNanos = nextDue();
    }

    private long nextDue() {
        return System.nanoTime() + (hold.isZero() ? LOOK_NANOS : hold.toNanos());
    }

    /// Lets the client come back. Called before it is served.
    ///
    /// @param by the request that it comes back with
    /// @param welcome whether it need not be looked at anew then; must not block
    void repeated(Repeat by, BooleanSupplier welcome) {
        this.repeat = by;
        this.welcome = welcome;
    }

    void serve(Session opened) {
        session = opened;
        if (gone) {
            opened.end(CloseReason.CLIENT_GONE);
        }
    }

    // ---- what the peer does ----

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
    public boolean take(byte[] request) {
        var served = session;
        if (served == null || state.get() != State.AWAY) {
            return false;
        }
        var expected = repeat;
        if (expected == null || !expected.is(request, given) || buffers.isOverdrawn() || !welcome.getAsBoolean()) {
            return false;
        }
        dueNanos = nextDue();
        if (!state.compareAndSet(State.AWAY, State.HERE)) {
            return false;
        }
        served.signal();
        return true;
    }

    @Override
    public boolean makesWay() {
        var served = session;
        if (served == null || !state.compareAndSet(State.AWAY, State.LEFT)) {
            return false;
        }
        served.end(CloseReason.ANSWERED);
        return true;
    }

    // ---- what the session does ----

    @Override
    public EventForm form() {
        return form;
    }

    /// Keeps the pieces, which most often are those that all clients share.
    @Override
    public boolean offer(List<byte[]> pieces, int more) {
        for (var piece : pieces) {
            if (startsWith(piece, STATE_MARK)) {
                stateEnds = true; // a member of the answer
                continue;
            }
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
        boolean enough = bytes >= bytesMax
                || (bytes > 0 ? caughtUp || buffers.isSpent() : caughtUp && hold.isZero())
                || untilDue(System.nanoTime()) <= 0;
        if (!enough) {
            return Answered.NO;
        }
        if (!respond(cursor.get())) {
            return Answered.PARTLY;
        }
        if (repeat == null) {
            return Answered.YES;
        }
        answered = false;
        dueNanos = System.nanoTime() + AWAY_NANOS;
        state.set(State.AWAY);
        return answer.isOutrun() ? Answered.YES : Answered.FOR_NOW; // in this order: see makesWay
    }

    /// Whether the response is written whole.
    private boolean respond(byte[] cursor) throws IOException {
        var body = new ArrayList<byte[]>(events.size() + gaps.size() + 5);
        body.add(EVENTS);
        body.addAll(events);
        if (!gaps.isEmpty()) {
            body.add(GAPS);
            body.addAll(gaps);
        }
        var before = stateEnds ? STATE_CURSOR : CURSOR;
        body.add(before);
        body.add(cursor);
        body.add(END);
        int length = EVENTS.length + before.length + cursor.length + END.length + (gaps.isEmpty() ? 0 : GAPS.length);
        for (var piece : events) {
            length += piece.length;
        }
        for (var piece : gaps) {
            length += piece.length;
        }
        events.clear();
        gaps.clear();
        bytes = 0;
        stateEnds = false;
        given = cursor;
        answered = true;
        return answer.offer(body, length);
    }

    /// Whatever the reason, the client gets its answer, with the cursor to go on from.
    @Override
    public void close(CloseReason reason, Supplier<byte[]> cursor) {
        if (reason == CloseReason.CLIENT_GONE || gone) {
            abort();
        } else if (state.compareAndSet(State.AWAY, State.LEFT)) {
            whole = true;
            answer.done();
        } else if (state.compareAndSet(State.HERE, State.LEFT)) {
            try {
                if (!answered) {
                    if (reason == CloseReason.SHUTTING_DOWN
                            || reason == CloseReason.MOVED
                            || reason == CloseReason.DISCONNECTED) {
                        answer.last(); // over the same connection it would not find another node
                    }
                    var _ = respond(cursor.get());
                }
                answer.finish();
                whole = true;
                answer.done();
            } catch (IOException tooLate) {
                abort();
            }
        }
    }

    @Override
    public boolean isAnswered() {
        return whole;
    }

    @Override
    public void abort() {
        answer.abort();
    }

    @Override
    public boolean isAway() {
        return state.get() != State.HERE; // who has left for good is not to be answered either
    }

    @Override
    public long untilDue(long nowNanos) {
        return dueNanos - nowNanos;
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
