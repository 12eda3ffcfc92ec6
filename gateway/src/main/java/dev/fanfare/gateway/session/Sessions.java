package dev.fanfare.gateway.session;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.Head;
import dev.fanfare.gateway.channel.History;
import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.Notice;
import dev.fanfare.gateway.trace.EventTracing;
import dev.fanfare.service.log.Faults;
import dev.fanfare.service.log.LogField;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// All sessions of this node, and the one thread that looks after their heartbeats and dead connections.
///
/// Threads: everything may be called by any thread.
public final class Sessions implements AutoCloseable {
    private final Channels channels;
    private final History history;
    private final SessionMetrics metrics;
    private final Turns replays;
    private final Set<Session> all = ConcurrentHashMap.newKeySet();
    private final Unwritten unwritten;
    private final @Nullable EventTracing tracing;
    private volatile boolean lowThinned;
    private volatile @Nullable Recorder recorder; // null: nothing is recorded
    private final Wheel<Session> wheel = new Wheel<>();
    private final Thread ticker =
            Thread.ofPlatform().name("heartbeats").daemon().unstarted(this::tick);

    /// @param replaysMax replays that read from Kafka at once; further ones wait
    /// @param unwrittenMax bytes that wait for clients to read them
    public Sessions(Channels channels, History history, SessionMetrics metrics, int replaysMax, long unwrittenMax) {
        this(channels, history, metrics, replaysMax, unwrittenMax, null);
    }

    /// @param replaysMax replays that read from Kafka at once; further ones wait
    /// @param unwrittenMax bytes that wait for clients to read them
    /// @param tracing null: nothing is traced
    public Sessions(
            Channels channels,
            History history,
            SessionMetrics metrics,
            int replaysMax,
            long unwrittenMax,
            @Nullable EventTracing tracing) {
        this.channels = channels;
        this.history = history;
        this.metrics = metrics;
        this.replays = new Turns(replaysMax);
        this.unwritten = new Unwritten(unwrittenMax);
        this.tracing = tracing;
        ticker.start();
    }

    /// Opens a session: from now on the wire is its.
    ///
    /// @param ready whether it begins with a `ready` notice
    public Session open(Wire wire, SessionOptions options, List<ChannelPattern> patterns, Start start, boolean ready) {
        var session = new Session(this, options, wire);
        all.add(session);
        wheel.schedule(session.timer(), 0);
        session.start(patterns, start, ready);
        return session;
    }

    public Channels channels() {
        return channels;
    }

    public History history() {
        return history;
    }

    public SessionMetrics metrics() {
        return metrics;
    }

    /// Ends all sessions that are open now.
    public void endAll(CloseReason reason) {
        for (var session : all) {
            if (!session.isEnding()) {
                session.end(reason);
            }
        }
    }

    /// A view of all open sessions.
    public Collection<Session> all() {
        return Collections.unmodifiableSet(all);
    }

    /// An open session, by its id.
    public Optional<Session> find(String id) {
        return all.stream().filter(session -> session.id().equals(id)).findFirst();
    }

    /// How many sessions a transport has.
    public long count(Transport transport) {
        return all.stream().filter(s -> s.options().transport() == transport).count();
    }

    /// How many sessions stand how, by transport. Looks at each of them once.
    public Map<Transport, Map<SessionState, Integer>> states() {
        var states = new EnumMap<Transport, Map<SessionState, Integer>>(Transport.class);
        for (var session : all) {
            states.computeIfAbsent(session.options().transport(), _ -> new EnumMap<>(SessionState.class))
                    .merge(session.state(), 1, Integer::sum);
        }
        return states;
    }

    /// Lets no replay read from Kafka, or lets them go on. Those that wait are ended after a while, as always.
    public void holdReplays(boolean back) {
        replays.hold(back);
    }

    /// Whether of subscriptions with low priority only the newest event of each key comes, if it is behind.
    public void thinLow(boolean thin) {
        lowThinned = thin;
    }

    boolean isLowThinned() {
        return lowThinned;
    }

    void recordWith(@Nullable Recorder with) {
        recorder = with;
    }

    /// Who is told what becomes of events; null: nobody.
    @Nullable
    Recorder recorder() {
        return recorder;
    }

    /// Replays that read from Kafka now.
    public int replaying() {
        return replays.taken();
    }

    /// What waits for clients to read it, in bytes.
    public long unwrittenBytes() {
        return unwritten.bytes();
    }

    /// Tells every session that could have got an event of the partition that a range of it is gone.
    ///
    /// @param partition index in the topology
    /// @param after the head behind the loss
    public void tellLost(Notice.Gap gap, int partition, Head after) {
        var topology = after.topology();
        for (var session : all) {
            session.inform(s -> {
                s.passLoss(partition, gap, after);
                s.tellIf(pattern -> history.mayHold(topology, partition, pattern), gap);
            });
        }
    }

    Turns replays() {
        return replays;
    }

    /// Null: nothing is traced.
    @Nullable
    EventTracing tracing() {
        return tracing;
    }

    Unwritten unwritten() {
        return unwritten;
    }

    void lookSoon(Session session) {
        wheel.hasten(session.timer());
    }

    /// What becomes of the answer that a client came for.
    void answered(Session session, boolean written) {
        var told = recorder;
        if (told != null) {
            told.answered(session, written);
        }
    }

    void ended(Session session, CloseReason reason) {
        wheel.cancel(session.timer());
        if (all.remove(session)) {
            metrics.ended(reason).increment();
            session.options().permit().ended();
            var account = session.options().account();
            if (account != null) {
                account.ended(session, reason);
            }
            if (tracing != null) {
                tracing.ended(session, reason.name().toLowerCase(Locale.ROOT));
            }
            var recording = recorder;
            if (recording != null) {
                recording.ended(session);
            }
        }
    }

    private void tick() {
        long next = System.nanoTime();
        try {
            while (true) {
                next += Wheel.TICK.toNanos();
                Thread.sleep(Duration.ofNanos(Math.max(1, next - System.nanoTime())));
                long now = System.nanoTime();
                unwritten.forEach(session -> checkStall(session, now));
                wheel.advance().forEach(session -> tick(session, now));
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static void failed(Session session, Throwable fault) {
        Faults.log(Sessions.class, fault, "session {0} failed", new LogField("session", session.id()));
    }

    private static void checkStall(Session session, long nowNanos) {
        try {
            session.checkStall(nowNanos);
        } catch (RuntimeException | Error fault) {
            failed(session, fault);
        }
    }

    private void tick(Session session, long nowNanos) {
        try {
            wheel.schedule(session.timer(), session.tick(nowNanos));
        } catch (RuntimeException | Error fault) { // one session's must not cost the others their heartbeats
            failed(session, fault);
            session.end(CloseReason.INTERNAL);
        }
    }

    @Override
    public void close() {
        ticker.interrupt();
    }
}
