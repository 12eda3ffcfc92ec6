package dev.fanfare.gateway.session;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Cursor;
import dev.fanfare.events.Event;
import dev.fanfare.gateway.channel.Encodings;
import dev.fanfare.gateway.channel.FeedEvent;
import dev.fanfare.gateway.channel.Head;
import dev.fanfare.gateway.channel.HistoryUnavailableException;
import dev.fanfare.gateway.channel.Mark;
import dev.fanfare.gateway.channel.PositionVector;
import dev.fanfare.gateway.channel.Subscriber;
import dev.fanfare.gateway.channel.Topology;
import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.EventForm;
import dev.fanfare.gateway.protocol.GapReason;
import dev.fanfare.gateway.protocol.Notice;
import dev.fanfare.gateway.session.Interests.Found;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Where one client stands, and what moves it on. Holds no events: it reads the channels' logs from its position, and
/// Kafka where the logs do not reach back far enough.
///
/// Threads: any thread may [#signal], [#command] or [#end]; at most one drain runs, on a virtual thread of its own
/// that
/// is started when there is something to do, and only it touches the fields below `run` and the [Wire]. No lock is
/// held
/// during I/O.
public final class Session implements Subscriber {
    private static final System.Logger LOG = System.getLogger(Session.class.getName());
    private static final int IDLE = 0;
    private static final int RUN = 1;
    private static final int AGAIN = 2;
    private static final int CLOSED = 3;
    private static final int COMMANDS_MAX = 64;
    private static final int BLOCKS_A_TURN = 4;
    private static final Duration TURN_TRY = Duration.ofMillis(200); // then heartbeats and commands are looked after
    private static final long KAFKA_RETRY_NANOS = Duration.ofMillis(250).toNanos();

    private final Sessions sessions;
    private final SessionOptions options;
    private final Wire wire;
    private final EventForm form;
    private final Encodings encodings;
    private final Queue<Command> commands = new ConcurrentLinkedQueue<>();
    private final AtomicInteger commandCount = new AtomicInteger();
    private final AtomicReference<@Nullable CloseReason> ending = new AtomicReference<>();
    private volatile boolean heartbeatDue;
    private volatile long lastWriteNanos = System.nanoTime();
    private volatile long lastHeartbeatNanos = System.nanoTime();
    private final AtomicInteger run = new AtomicInteger(RUN); // until started

    // owned by the drain
    private final Interests interests;
    private final Outbox out = new Outbox();
    private final ArrayList<FeedEvent> found = new ArrayList<>(0);
    private Mark position = Head.START;
    private @Nullable PositionVector base; // what was delivered beyond the position, while that is so
    private List<Cursor.TopicPosition> foreign = List.of();
    private Topology startTopology = Topology.EMPTY; // what was known when `foreign` was not
    private @Nullable Replay replay;
    private long turnWaitNanos; // since when a turn is waited for; 0: none is
    private long timeMillis; // of what was delivered last, for the cursor
    private long behindSinceNanos; // since when the session keeps falling back from live; 0: it does not
    private @Nullable PositionVector told; // the last cursor that went out
    private boolean cursorDue; // positions moved without an event

    /// Something to be done by the drain, between two writes.
    public interface Command {
        void run(Session session);
    }

    Session(Sessions sessions, SessionOptions options, Wire wire) {
        this.sessions = sessions;
        this.options = options;
        this.wire = wire;
        this.form = wire.form();
        this.encodings = sessions.channels().encodings();
        this.interests = new Interests(sessions.channels(), this);
    }

    public String id() {
        return options.id();
    }

    public SessionOptions options() {
        return options;
    }

    /// Begins: called once, before anything else, by the thread that made the session.
    void start(List<ChannelPattern> patterns, Start start, boolean ready) {
        try {
            begin(patterns, start, ready);
        } catch (RuntimeException fault) { // nobody would ever end it
            run.set(CLOSED);
            interests.clear();
            wire.abort();
            sessions.ended(this, CloseReason.INTERNAL);
            throw fault;
        }
        Thread.ofVirtual().name("drain").start(this::drain);
    }

    private void begin(List<ChannelPattern> patterns, Start start, boolean ready) {
        patterns.forEach(interests::add); // first, so that nothing falls between the position and the logs
        switch (start) {
            case Start.Live() -> {
                var head = sessions.channels().head();
                position = head;
                timeMillis = head.timeMillis();
            }
            case Start.After after -> {
                foreign = after.foreign();
                startTopology = after.head().topology();
                timeMillis = after.timeMillis();
                resume(after.position());
                if (!after.head().vector().isAtMost(sessions.channels().head().vector())) {
                    end(CloseReason.SHUTTING_DOWN); // truncated since: the start has to be worked out anew
                }
            }
        }
        if (ready) {
            boolean complete = !(start instanceof Start.After after) || after.complete();
            out.add(form.notice(new Notice.Ready(options.id(), options.heartbeat(), start.name(), complete), cursor()));
            told = vector();
        }
        if (start instanceof Start.After(var _, var _, var _, var _, var gaps, var _, var _)) {
            gaps.forEach(this::tellGap);
        }
    }

    private void resume(PositionVector from) {
        base = from;
        var mark = sessions.channels().newestMarkAtMost(from);
        if (mark == null) {
            var head = sessions.channels().head(); // that of now: where `from` was worked out, a loss may have followed
            position = head;
            replay = new Replay(sessions.history(), interests, from, head);
        } else {
            position = mark;
        }
    }

    @Override
    public void signal() {
        while (true) {
            int now = run.get();
            if (now == IDLE ? run.compareAndSet(IDLE, RUN) : now != RUN || run.compareAndSet(RUN, AGAIN)) {
                if (now == IDLE) {
                    Thread.ofVirtual().name("drain").start(this::drain);
                }
                return;
            }
        }
    }

    /// Has the drain do something soon. A client that asks for more than it reads answers to is closed.
    public void command(Command command) {
        if (commandCount.incrementAndGet() > COMMANDS_MAX) {
            end(CloseReason.POLICY);
        } else {
            commands.add(session -> {
                commandCount.decrementAndGet();
                command.run(session);
            });
            signal();
        }
    }

    /// Like [#command], for what the gateway itself has to say: does not count against the client.
    void inform(Command command) {
        commands.add(command);
        signal();
    }

    /// Ends the session; the first reason counts. The client is told what its transport can tell.
    public void end(CloseReason reason) {
        if (ending.compareAndSet(null, reason) && reason == CloseReason.CLIENT_GONE) {
            wire.abort();
        }
        signal(); // also for one who comes second: the first may have found the drain about to sleep
    }

    boolean isEnding() {
        return ending.get() != null;
    }

    /// Looks after heartbeats, dead peers and stalled writes; called every so often by one thread.
    void tick(long nowNanos) {
        long stalledSince = wire.stalledSince();
        if (stalledSince != 0 && nowNanos - stalledSince > options.writeStall().toNanos()) {
            ending.compareAndSet(null, CloseReason.TOO_SLOW);
            wire.abort();
            signal();
            return;
        }
        long interval = options.heartbeat().toNanos();
        if (nowNanos - wire.lastHeard() > 2 * interval) {
            ending.compareAndSet(null, CloseReason.CLIENT_SILENT);
            wire.abort();
            signal();
        } else if (nowNanos - options.endsAtNanos() > 0) {
            end(CloseReason.MAXIMUM_LIFE);
        } else if (!heartbeatDue
                && nowNanos - (wire.heartbeatsAlways() ? lastHeartbeatNanos : lastWriteNanos)
                        >= options.heartbeatAfterNanos()) {
            heartbeatDue = true;
            signal();
        }
    }

    // ---- from here on: the drain ----

    private void drain() {
        try {
            while (true) {
                run.compareAndSet(AGAIN, RUN);
                if (ending.get() != null) {
                    flush(); // what `start` had to say: the cursor is beyond it already
                    finish();
                    return;
                }
                var head = sessions.channels().head(); // before the commands: what it passes over is told by then
                runCommands();
                boolean more = replay == null ? live(head) : replayed(replay);
                heartbeat(more);
                flush();
                if (wire.flushed(!more, this::cursor)) {
                    ending.compareAndSet(null, CloseReason.ANSWERED);
                } else if (!more && run.compareAndSet(RUN, IDLE)) {
                    return;
                }
            }
        } catch (IOException gone) {
            sessions.metrics().writeFailures.increment();
            ending.compareAndSet(null, CloseReason.CLIENT_GONE);
            wire.abort();
            finish();
        } catch (InterruptedException cut) {
            ending.compareAndSet(null, CloseReason.CLIENT_GONE);
            wire.abort();
            finish();
        } catch (RuntimeException fault) {
            LOG.log(System.Logger.Level.ERROR, "session " + options.id() + " failed", fault);
            ending.compareAndSet(null, CloseReason.INTERNAL);
            wire.abort(); // without a goodbye: its cursor could be ahead of what was written
            finish();
        }
    }

    private void runCommands() {
        for (var command = commands.poll(); command != null; command = commands.poll()) {
            command.run(this);
        }
    }

    /// Takes what the logs hold up to a head. True if there is more to do.
    private boolean live(Head head) {
        found.clear();
        if (knowsMoreThanAtStart(head.topology())) {
            end(CloseReason.SHUTTING_DOWN);
            return true;
        }
        var extent = interests.collect(position.seq(), head.seq(), found);
        if (extent == Found.OVERFLOW) {
            found.clear();
            return fallBack(head);
        }
        Mark last = position;
        for (var event : found) {
            last = event;
            take(event);
            if (out.bytes() >= options.writeBytes()) {
                break;
            }
        }
        boolean all = extent == Found.ALL && (found.isEmpty() || last == found.getLast());
        if (!all || head.seq() >= position.seq()) {
            position = all ? head : last;
        }
        if (found.size() > 64) {
            found.clear();
            found.trimToSize();
        } else {
            found.clear();
        }
        var ahead = base;
        if (ahead != null && ahead.isAtMost(position.vector())) {
            base = null;
        }
        if (all) {
            behindSinceNanos = 0;
        }
        return !all;
    }

    /// Whether partitions that the client has positions in, and this node had not, have come up: where it stands
    /// there has to be worked out anew, which is what a reconnection does.
    private boolean knowsMoreThanAtStart(Topology now) {
        return !foreign.isEmpty()
                && now != startTopology
                && foreign.stream()
                        .anyMatch(was -> !now.topic(was.nameHash()).equals(startTopology.topic(was.nameHash())));
    }

    private void take(FeedEvent event) {
        var delivered = base;
        if (delivered != null && event.event().offset() < delivered.offset(event.partition())) {
            return;
        }
        var channel = interests.match(event.channels());
        if (channel == null) {
            return;
        }
        timeMillis = event.timeMillis();
        if (event.event().dataLength() > options.eventMax()) {
            tellTooLarge(event.event(), idOf(event));
        } else if (delivered == null && foreign.isEmpty()) {
            out.add(event.encoded(form, channel, encodings));
        } else {
            out.add(encodings.encode(form, event.event(), channel, idOf(event)));
        }
        sessions.metrics().delivered.increment();
        told = null;
        cursorDue = false;
    }

    /// Producers may invent any time.
    private static long timeOf(Event event) {
        return Math.clamp(event.timestamp(), 0, System.currentTimeMillis());
    }

    private byte[] idOf(FeedEvent event) {
        return base == null && foreign.isEmpty() ? event.cursor() : encode(event.vector());
    }

    /// The logs have moved on beyond this session: the way back is the same as for one that comes back.
    private boolean fallBack(Head head) {
        long now = System.nanoTime();
        if (behindSinceNanos == 0) {
            behindSinceNanos = now;
            sessions.metrics().overflows.increment();
        } else if (now - behindSinceNanos > options.stall().toNanos()) {
            end(CloseReason.TOO_SLOW);
            return true;
        }
        replay = new Replay(sessions.history(), interests, vector(), head);
        return true;
    }

    /// Walks on for one turn, or until there is enough for a write; what was found goes out before the next turn is
    /// waited for. True always: there is more to do.
    private boolean replayed(Replay walk) throws InterruptedException {
        if (!takeTurn(walk)) {
            return true;
        }
        boolean kafkaAway = false;
        try {
            walk.limit(options.replayEventsMax(), this::tellLost);
            for (int blocks = 0; blocks < BLOCKS_A_TURN && !walk.isDone() && goesOn(); ) {
                blocks += walk.step(matched -> takeReplayed(walk, matched), this::tellLost, this::isFull) ? 1 : 0;
            }
        } catch (HistoryUnavailableException away) {
            kafkaAway = true;
        } finally {
            walk.rest(); // a client that takes its time with what was read holds nothing that others wait for
            sessions.replays().giveBack();
        }
        if (kafkaAway) {
            LockSupport.parkNanos(KAFKA_RETRY_NANOS); // stays connected: the walk goes on where it stopped
        }
        cursorDue |= walk.takeMoved();
        if (walk.isDone()) {
            base = walk.reached();
            position = walk.target();
            replay = null;
        }
        return true;
    }

    private boolean goesOn() {
        return !isFull() && !heartbeatDue && ending.get() == null;
    }

    private boolean isFull() {
        return out.bytes() >= options.writeBytes();
    }

    /// Waits a little for a turn to read from Kafka, and ends the session when that took too long in all.
    private boolean takeTurn(Replay walk) throws InterruptedException {
        long since = turnWaitNanos == 0 ? System.nanoTime() : turnWaitNanos;
        if (sessions.replays().take(walk::distance, since, TURN_TRY)) {
            turnWaitNanos = 0;
            return true;
        }
        turnWaitNanos = since;
        if (System.nanoTime() - since > options.permitWait().toNanos()) {
            end(CloseReason.REPLAY_BUSY);
        }
        return false;
    }

    private void takeReplayed(Replay walk, Replay.Matched matched) {
        timeMillis = timeOf(matched.event());
        var id = encode(walk.reached());
        if (matched.event().dataLength() > options.eventMax()) {
            tellTooLarge(matched.event(), id);
        } else {
            out.add(encodings.encode(form, matched.event(), matched.channel(), id));
        }
        sessions.metrics().delivered.increment();
        sessions.metrics().replayed.increment();
        told = null;
    }

    private void tellLost(Replay.LostRange lost) {
        var where = topology().place(lost.partition());
        tellGap(new Notice.Gap(where.topic(), where.partition(), lost.from(), lost.to(), lost.reason(), false));
    }

    private void tellTooLarge(Event event, byte[] id) {
        sessions.metrics().gaps(GapReason.TOO_LARGE).increment();
        out.add(form.notice(
                new Notice.Gap(
                        event.topic(),
                        event.partition(),
                        event.offset(),
                        event.offset() + 1,
                        GapReason.TOO_LARGE,
                        false),
                id));
    }

    private void tellGap(Notice.Gap gap) {
        sessions.metrics().gaps(gap.reason()).increment();
        out.add(form.notice(gap, cursor()));
        told = null;
    }

    private void heartbeat(boolean more) {
        if (!heartbeatDue) {
            return;
        }
        heartbeatDue = false;
        if (out.bytes() > 0 && !wire.heartbeatsAlways()) {
            return; // what goes out anyway shows that we are alive
        }
        lastHeartbeatNanos = System.nanoTime();
        sessions.metrics().heartbeats.increment();
        if (out.bytes() == 0 && (replay != null ? cursorDue : !more)) {
            var now = vector();
            if (told == null || !now.equals(told)) {
                out.add(form.cursor(cursor()));
                told = now;
            }
            cursorDue = false;
        }
        out.add(form.heartbeat());
    }

    private void flush() throws IOException {
        if (out.bytes() > 0) {
            long begin = System.nanoTime();
            wire.write(out.pieces(), out.bytes());
            long end = System.nanoTime();
            var metrics = sessions.metrics();
            metrics.writes.increment();
            metrics.bytesWritten.add(out.bytes());
            metrics.writeNanos.add(end - begin);
            lastWriteNanos = end;
            out.clear();
        }
    }

    private void finish() {
        run.set(CLOSED);
        interests.clear();
        commands.clear();
        var reason = Objects.requireNonNullElse(ending.get(), CloseReason.INTERNAL);
        try {
            wire.close(reason, this::cursor); // still watched: it may block
        } finally {
            sessions.ended(this, reason);
        }
    }

    private Topology topology() {
        return replay != null
                ? replay.target().topology()
                : sessions.channels().head().topology();
    }

    private PositionVector vector() {
        if (replay != null) {
            return replay.reached();
        }
        return base == null ? position.vector() : base.max(position.vector());
    }

    /// The client's cursor: everything before it was written or told as a gap.
    private byte[] cursor() {
        return replay == null && base == null && foreign.isEmpty() ? position.cursor() : encode(vector());
    }

    private byte[] encode(PositionVector vector) {
        var delivered = base;
        var all = delivered == null || replay != null ? vector : delivered.max(vector);
        return topology().encode(all, timeMillis, foreign);
    }

    // ---- for commands ----

    /// Whoever has everything before a loss passes it at once, so that the gap carries the cursor behind it. If a
    /// partition was cut back, whoever stands beyond its end, or walks towards what lay there, goes back to the end
    /// and on from there; what was read in new history before the feed noticed comes twice.
    ///
    /// @param after the head behind the loss
    void passLoss(int partition, Notice.Gap gap, Head after) {
        var next = replay == null ? position : replay.target();
        if (next.seq() >= after.seq()) {
            return; // began behind it
        }
        if (replay == null && base == null && next.seq() == after.seq() - 1) {
            position = after;
        } else if (gap.reason() == GapReason.TRUNCATED) {
            var reached = vector();
            boolean beyond = reached.offset(partition) > gap.from();
            base = null;
            replay = new Replay(
                    sessions.history(), interests, beyond ? reached.with(partition, gap.from(), -1) : reached, after);
        }
    }

    void tellIf(Predicate<ChannelPattern> concerned, Notice.Gap gap) {
        if (interests.any(concerned)) {
            tellGap(gap);
        }
    }

    /// Sends bytes that are whole in the transport's framing. From a [Command] only.
    public void send(byte[] frame) {
        out.add(frame);
    }

    /// Subscribes to one more pattern, from the session's position on. From a [Command] only.
    ///
    /// @return false if it is subscribed to already
    public boolean subscribe(ChannelPattern pattern) {
        return interests.add(pattern);
    }

    /// From a [Command] only.
    ///
    /// @return false if there was no such subscription
    public boolean unsubscribe(ChannelPattern pattern) {
        return interests.remove(pattern);
    }

    /// How many patterns are subscribed to. From a [Command] only.
    public int subscriptions() {
        return interests.count();
    }

    /// Tells the client something. From a [Command] only.
    public void tell(Notice notice) {
        out.add(form.notice(notice, cursor()));
    }
}
