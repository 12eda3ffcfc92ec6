package dev.fanfare.gateway.session;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.channel.Head;
import dev.fanfare.gateway.channel.Subscriber;
import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.service.log.Faults;
import dev.fanfare.service.log.LogField;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Where one client stands, and what moves it on. Holds no events: it reads the channels' logs from its position, and
/// Kafka where the logs do not reach back far enough.
///
/// Threads: any thread may [#signal], [#command] or [#end]. At most one drain runs, and only it touches the fields
/// that it owns and the [Wire]: on the thread that came with the news as long as that need not wait, and from there on
/// on a virtual thread of its own. No lock is held during I/O.
public final class Session extends Drained implements Subscriber {
    private static final int WRITES_MAX = 16; // on a thread that others wait for

    private final Sessions sessions;
    private final SessionOptions options;
    private final Wire wire;
    private final Wheel.Timer<Session> timer = new Wheel.Timer<>(this);
    private volatile boolean cut; // without having been written to

    // owned by the drain
    private final Interests interests;
    private final Place place;
    private final Outlet outlet;
    private @Nullable Walker walker; // once it has walked
    private long behindSinceNanos; // since when the session keeps falling back from live; 0: it does not

    Session(Sessions sessions, SessionOptions options, Wire wire) {
        this.sessions = sessions;
        this.options = options;
        this.wire = wire;
        this.interests = new Interests(sessions, this);
        this.place = new Place(sessions.channels(), sessions.history(), interests);
        this.outlet = new Outlet(
                options, sessions.metrics(), wire, sessions.channels().encodings(), place);
    }

    public String id() {
        return options.id();
    }

    /// What operators call it: its id, or, as long as it lasts, a name for a long-poll, which has none.
    public String name() {
        return options.transport() == Transport.POLL
                ? "poll-" + HexFormat.of().toHexDigits(System.identityHashCode(this))
                : options.id();
    }

    public SessionOptions options() {
        return options;
    }

    /// Begins: called once, before anything else, by the thread that made the session.
    void start(List<ChannelPattern> patterns, Start start, boolean ready) {
        try {
            begin(patterns, start, ready);
        } catch (RuntimeException | Error fault) { // nobody would ever end it
            retire();
            interests.clear();
            wire.abort();
            sessions.ended(this, CloseReason.INTERNAL);
            throw fault;
        }
        drain(false);
    }

    private void begin(List<ChannelPattern> patterns, Start start, boolean ready) {
        // first, so that nothing falls between the position and the logs
        patterns.forEach(pattern -> interests.add(pattern, options.terms()));
        if (!place.begin(start)) {
            end(CloseReason.SHUTTING_DOWN); // the start has to be worked out anew
        }
        boolean fresh = start instanceof Start.Live;
        outlet.caughtUp(fresh);
        var missed = place.replay() == null ? SessionMetrics.Begin.MEMORY : SessionMetrics.Begin.KAFKA;
        sessions.metrics().begun(fresh ? SessionMetrics.Begin.HEAD : missed).increment();
        outlet.tellStart(start, ready);
    }

    @Override
    public int approach() {
        return glimpse() + place.approach() + interests.approach() + outlet.approach() + wire.approach();
    }

    @Override
    public void signal() {
        if (claim()) {
            drain(false);
        }
    }

    private void drainOnItsOwn() {
        Thread.ofVirtual().name("drain").start(() -> drain(true));
    }

    /// Has the drain do something soon. A client that asks for more than it reads answers to is closed.
    public void command(Command command) {
        if (commands().offer(command)) {
            signal();
        } else {
            end(CloseReason.POLICY);
        }
    }

    /// Like [#command], for what the gateway itself has to say: does not count against the client.
    public void inform(Command command) {
        commands().add(command);
        if (claim()) {
            drainOnItsOwn(); // the caller has others to tell
        }
    }

    /// Ends the session; the first reason counts. The client is told what its transport can tell.
    public void end(CloseReason reason) {
        if (endBy(reason) && reason == CloseReason.CLIENT_GONE) {
            wire.abort();
        }
        signal(); // also for one who comes second: the first may have found the drain about to sleep
    }

    /// Has it looked at within a moment whether the session is still permitted.
    public void lookSoon() {
        sessions.lookSoon(this);
    }

    /// What is subscribed to at about this moment. Any thread.
    public List<ChannelPattern> subscriptions() {
        return interests.glance();
    }

    Wheel.Timer<Session> timer() {
        return timer;
    }

    /// About: a drain may be changing it. Any thread.
    SessionState state() {
        if (isEnding()) {
            return SessionState.ENDING;
        }
        if (wire.isAway()) {
            return SessionState.AWAY;
        }
        if (wire.stalledSince() != 0) {
            return SessionState.UNREAD;
        }
        return place.replay() == null ? SessionState.LIVE : SessionState.REPLAYING;
    }

    /// Cuts a connection to which a write has stalled; called every so often while one is waited for.
    void checkStall(long nowNanos) {
        long stalledSince = wire.stalledSince();
        if (stalledSince != 0
                && (cut || nowNanos - stalledSince > options.writeStall().toNanos())) {
            cut(CloseReason.TOO_SLOW);
        }
    }

    /// How long a write has made no progress.
    long stalledNanos(long nowNanos) {
        long stalledSince = wire.stalledSince();
        return stalledSince == 0 ? 0 : nowNanos - stalledSince;
    }

    boolean isCut() {
        return cut;
    }

    /// Ends the session without a word: its client does not read.
    void cut(CloseReason reason) {
        cut = true;
        endBy(reason);
        wire.abort();
        signal();
    }

    /// Looks after heartbeats and dead peers; called by one thread.
    ///
    /// @return in how many nanoseconds to look again
    long tick(long nowNanos) {
        long permitted = options.permit().look(this);
        long silenceMax = 2 * options.heartbeat().toNanos();
        long silence = nowNanos - wire.lastHeard();
        if (silence > silenceMax) {
            endBy(CloseReason.CLIENT_SILENT);
            wire.abort();
            signal();
        } else if (nowNanos - options.endsAtNanos() > 0) {
            end(CloseReason.MAXIMUM_LIFE);
        } else if (outlet.tick(nowNanos)) {
            signal();
        }
        long due = wire.untilDue(nowNanos);
        if (due <= 0 && wire.isAway()) {
            end(CloseReason.ANSWERED);
        } else if (due <= 0) {
            signal();
        }
        return Math.min(
                Math.min(permitted, silenceMax - silence),
                Math.min(Math.min(options.endsAtNanos() - nowNanos, due), outlet.untilHeartbeat(nowNanos)));
    }

    /// How it is doing. Any thread; nobody waits for anybody.
    public Glance glance(long nowNanos) {
        var state = state();
        return new Glance(
                state,
                interests.glance(),
                outlet.unwritten(),
                TimeUnit.NANOSECONDS.toMillis(stalledNanos(nowNanos)),
                wire.isAway() ? 0 : interests.waiting(place.position().seq()));
    }

    // ---- from here on: the drain ----

    /// @param mayWait whether on a thread of its own; otherwise one takes over where it has to wait
    private void drain(boolean mayWait) {
        try {
            if (outlet.unwritten() > 0) {
                finishWrite();
            }
            int writes = 0;
            while (true) {
                look();
                if (!mayWait && (isEnding() || place.replay() != null || writes++ == WRITES_MAX)) {
                    drainOnItsOwn();
                    return;
                }
                if (isEnding()) {
                    if (!outlet.flush()) { // what `start` had to say: the cursor is beyond it already
                        finishWrite();
                    }
                    finish();
                    return;
                }
                if (wire.isAway()) {
                    outlet.caughtUp(false);
                    if (leave()) {
                        return;
                    }
                    continue;
                }
                var head = sessions.channels().head(); // before the commands: what it passes over is told by then
                var given = given();
                if (given != null && given.run(this)) {
                    lookAgain(); // for what is subscribed to now, others may have been signalled already
                }
                var walk = place.replay();
                boolean more = walk == null ? live(head) : replayed(walk);
                outlet.heartbeat(more);
                if (!outlet.flush()) {
                    if (!mayWait) {
                        drainOnItsOwn();
                        return;
                    }
                    finishWrite();
                }
                var tracing = sessions.tracing();
                if (tracing != null) {
                    tracing.written(this);
                }
                var answered = wire.flushed(!more, place::cursor);
                if (answered == Wire.Answered.NO) {
                    if (!more && leave()) {
                        return;
                    }
                } else if (answered == Wire.Answered.FOR_NOW) {
                    sessions.answered(this, true);
                } else {
                    endBy(CloseReason.ANSWERED);
                    if (answered == Wire.Answered.YES) {
                        finish();
                        return;
                    }
                }
            }
        } catch (IOException gone) {
            sessions.metrics().writeFailures.increment();
            breakOff(CloseReason.CLIENT_GONE);
        } catch (InterruptedException cut) {
            breakOff(CloseReason.CLIENT_GONE);
        } catch (RuntimeException | Error fault) {
            Faults.log(Session.class, fault, "session {0} failed", new LogField("session", options.id()));
            breakOff(CloseReason.INTERNAL);
        }
    }

    /// Without a goodbye: its cursor could be ahead of what was written.
    private void breakOff(CloseReason reason) {
        endBy(reason);
        wire.abort();
        finish();
    }

    private void finishWrite() throws IOException {
        sessions.unwritten().add(this, outlet.unwritten());
        try {
            outlet.finish();
        } finally {
            sessions.unwritten().remove(this);
        }
    }

    /// Takes what the logs hold up to a head. True if there is more to do.
    private boolean live(Head head) {
        if (place.knowsMoreThanAtStart(head.topology())) {
            end(CloseReason.SHUTTING_DOWN);
            return true;
        }
        return switch (interests.deliver(place, head, outlet)) {
            case ALL -> {
                behindSinceNanos = 0;
                outlet.caughtUp(true);
                yield false;
            }
            case PART -> true;
            case OVERFLOW -> fallBack(head);
            case BEHIND -> {
                end(CloseReason.FELL_BEHIND);
                yield true;
            }
        };
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
        place.fallBack(head);
        return true;
    }

    /// Walks on through Kafka. True always: there is more to do.
    private boolean replayed(Replay walk) throws InterruptedException {
        outlet.caughtUp(false);
        if (walker == null) {
            walker = new Walker(this, sessions, outlet);
        }
        if (walker.walk(walk)) {
            place.arrive(walk);
            outlet.tellEnd(walk.state());
        }
        return true;
    }

    private void finish() {
        retire();
        var account = options.account();
        if (account != null) {
            account.subscribed(interests);
        }
        interests.clear();
        var unheard = given();
        if (unheard != null) {
            unheard.clear();
        }
        var reason = Objects.requireNonNullElse(ending(), CloseReason.INTERNAL);
        sessions.unwritten().add(this, 0);
        try {
            wire.close(reason, place::cursor);
        } finally {
            sessions.unwritten().remove(this);
            sessions.answered(this, wire.isAnswered());
            sessions.ended(this, reason);
        }
    }

    /// Itself as commands see it.
    Commanded commanded() {
        return new Commanded(this, sessions, place, interests, outlet);
    }

    /// For the drain.
    Interests interests() {
        return interests;
    }
}
