package dev.fanfare.gateway.session;

import dev.fanfare.events.Event;
import dev.fanfare.gateway.channel.FeedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Records what becomes of events in sessions, so that it can be told why a client did not get one: of one event in so
/// many, chosen by its id, for all sessions; and of all events for sessions that an operator has switched on. While
/// neither is so, drains do not know it.
///
/// What was recorded is kept in a ring; the oldest goes.
///
/// Threads: everything may be called by any thread.
public final class Recorder {
    private static final int KEPT = 1 << 14;
    private static final int WATCHED_MAX = 100;

    private final Sessions sessions;
    private final Set<String> watched = ConcurrentHashMap.newKeySet();
    private final AtomicReferenceArray<@Nullable Decision> ring = new AtomicReferenceArray<>(KEPT);
    private final AtomicLong next = new AtomicLong();
    private final Map<Session, List<Event>> answers = new ConcurrentHashMap<>(); // of long-polls, until written
    private volatile int oneIn;

    /// What became of an event, in the order in which it happens.
    public enum What {
        /// Kafka has brought it to this node.
        CAME,
        /// It is on a channel that the session subscribes to.
        MATCHED,
        /// It is not, or not any more.
        FILTERED,
        /// The client had it before it came here.
        PAST,
        /// The subscription's policy prefers a newer one of the same key.
        CONFLATED,
        /// The subscription's policy lets go of the oldest.
        DROPPED,
        /// It is larger than events may be; a gap was told instead.
        TOO_LARGE,
        /// It is in the next write.
        QUEUED,
        /// The operating system has taken the write.
        WRITTEN
    }

    /// One step of one event.
    ///
    /// @param session empty: of the node
    /// @param detail for people; empty if there is nothing to add
    public record Decision(
            long millis,
            String session,
            String event,
            String topic,
            int partition,
            long offset,
            What what,
            String detail) {}

    /// Records nothing yet.
    public Recorder(Sessions sessions) {
        this.sessions = sessions;
    }

    /// From now on one event in so many is recorded.
    ///
    /// @param events 0: none, 1: each
    public void sample(int events) {
        oneIn = events;
        apply();
    }

    public int oneIn() {
        return oneIn;
    }

    /// Records everything of a session, or no longer.
    ///
    /// @return false if there are too many already
    public boolean watch(Session session, boolean on) {
        var name = session.name();
        var there = sessions.all().stream().map(Session::name).collect(Collectors.toSet());
        watched.removeIf(one -> !one.equals(name) && !there.contains(one));
        if (on && watched.size() >= WATCHED_MAX && !watched.contains(name)) {
            return false;
        }
        if (on) {
            watched.add(name);
        } else {
            watched.remove(name);
        }
        apply();
        return true;
    }

    public boolean isWatched(Session session) {
        return watched.contains(session.name());
    }

    private synchronized void apply() {
        boolean records = oneIn > 0 || !watched.isEmpty();
        sessions.recordWith(records ? this : null);
        sessions.channels().onAppend(records ? this::came : null);
        if (!records) {
            answers.clear();
        }
    }

    /// Has nothing recorded any more if that was the last one that was.
    void ended(Session session) {
        if (watched.remove(session.name())) {
            apply();
        }
    }

    /// What is kept of an event, of a session or of both, in the order in which it came.
    ///
    /// @param session null: of all, and of the node
    /// @param event null: of all
    public List<Decision> find(@Nullable String session, @Nullable String event) {
        var found = new ArrayList<Decision>();
        long end = next.get();
        for (long i = Math.max(0, end - KEPT); i < end; i++) {
            var one = ring.get((int) i & (KEPT - 1));
            if (one != null
                    && (event == null || one.event.equals(event))
                    && (session == null || one.session.equals(session) || (event != null && one.session.isEmpty()))) {
                found.add(one);
            }
        }
        return found;
    }

    private void came(FeedEvent event) {
        if (isSampled(event.event()) || !watched.isEmpty()) {
            add("", event.event(), What.CAME, "on " + event.channels());
        }
    }

    private boolean isSampled(Event event) {
        int every = oneIn;
        return every == 1 || (every > 1 && ((event.id().hashCode() * 0x9E3779B9) >>> 8) % every == 0);
    }

    private boolean records(Session session, Event event) {
        return isSampled(event) || (!watched.isEmpty() && watched.contains(session.name()));
    }

    // ---- for drains ----

    /// A session has looked at events of its logs, up to `last`: called before its place moves on.
    void looked(Session session, List<FeedEvent> events, FeedEvent last, Place place) {
        var queued = new ArrayList<Event>();
        for (var event : events) {
            if (records(session, event.event())) {
                if (place.isPast(event)) {
                    add(session.name(), event.event(), What.PAST, "");
                } else {
                    take(session, event, queued);
                }
            }
            if (event == last) {
                break;
            }
        }
        tellWhenWritten(session, queued);
    }

    private void take(Session session, FeedEvent event, List<Event> queued) {
        var channel = session.interests().match(event.channels());
        if (channel == null) {
            add(session.name(), event.event(), What.FILTERED, "not subscribed to " + event.channels() + " any more");
        } else {
            queue(session, event.event(), channel.value(), queued);
        }
    }

    private void queue(Session session, Event event, String channel, List<Event> queued) {
        add(session.name(), event, What.MATCHED, "on " + channel);
        if (event.dataLength() > session.options().eventMax()) {
            add(session.name(), event, What.TOO_LARGE, event.dataLength() + " bytes");
        } else {
            add(session.name(), event, What.QUEUED, "");
            queued.add(event);
        }
    }

    /// A session has taken an event that was read back from Kafka.
    void replayed(Session session, Replay.Matched matched) {
        if (records(session, matched.event())) {
            var queued = new ArrayList<Event>(1);
            queue(session, matched.event(), matched.channel().value(), queued);
            tellWhenWritten(session, queued);
        }
    }

    /// The next thing that a drain does after a write is what it was commanded to. A long-poll's events are gathered
    /// for an answer first, after which the session may be over: that says so itself.
    private void tellWhenWritten(Session session, List<Event> queued) {
        if (queued.isEmpty()) {
            return;
        }
        if (session.options().transport() == Transport.POLL) {
            answers.computeIfAbsent(session, _ -> new ArrayList<>()).addAll(queued);
        } else {
            session.inform(_ -> tellWritten(session, queued));
        }
    }

    private void tellWritten(Session session, List<Event> events) {
        events.forEach(event -> add(session.name(), event, What.WRITTEN, ""));
    }

    /// A long-poll has its answer, or is over without one.
    void answered(Session session, boolean written) {
        var events = answers.remove(session);
        if (events != null && written) {
            tellWritten(session, events);
        }
    }

    /// A policy has left out an event.
    void leftOut(Session session, Event event, What what, String why) {
        if (records(session, event)) {
            add(session.name(), event, what, why);
        }
    }

    private void add(String session, Event event, What what, String detail) {
        var decision = new Decision(
                System.currentTimeMillis(),
                session,
                event.id(),
                event.topic(),
                event.partition(),
                event.offset(),
                what,
                detail);
        ring.set((int) next.getAndIncrement() & (KEPT - 1), decision);
    }
}
