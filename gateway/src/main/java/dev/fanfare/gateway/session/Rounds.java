package dev.fanfare.gateway.session;

import dev.fanfare.gateway.channel.FeedEvent;
import dev.fanfare.gateway.channel.Head;
import dev.fanfare.gateway.channel.Mark;
import dev.fanfare.gateway.protocol.GapReason;
import dev.fanfare.gateway.protocol.Notice;
import dev.fanfare.gateway.protocol.Policy;
import dev.fanfare.gateway.session.Interests.Found;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Delivers what the logs hold to a client that does not want all of it when it is slow: in rounds.
///
/// A round is what had come when it began. What has a successor in it is left out, and the rest is written before
/// anything newer is looked at, so that a key that changes all the time does not keep the others waiting. The cursor
/// may pass what is left out at once, since the successor is still to be written. For that reason a sampled session
/// does not hold back single keys: the whole next round waits for the interval to end.
///
/// Owned by the session's drain.
final class Rounds {
    private static final long HELD_BYTES_MAX = 1 << 20; // between two looks
    private static final int EVENT_BYTES = 400; // what an event costs beside its data

    private final Interests interests;
    private final Policies policies;
    private final Sessions sessions;
    private final Session session;
    private final AtomicBoolean waking = new AtomicBoolean();
    private final Map<Integer, Range> dropped = new TreeMap<>(); // of what waits, by partition, and not told
    private List<FeedEvent> waiting = new ArrayList<>(); // from the place up to `seen`, less what is left out
    private long base = -1; // where the place has to be for that to hold
    private long seen;
    private @Nullable Head round; // up to where what waits is being written
    private boolean conflates; // in this round
    private boolean caughtUp; // once the session was: before that, what waits is what its client asked for
    private boolean begun;
    private boolean gaveUp; // until the next round: too much waits for it to be held
    private long dueNanos; // when the next round of a sampled session may begin

    /// Offsets of one partition.
    private record Range(long from, long to) {
        Range with(Range other) {
            return new Range(Math.min(from, other.from), Math.max(to, other.to));
        }
    }

    Rounds(Interests interests, Policies policies, Sessions sessions, Session session) {
        this.interests = interests;
        this.policies = policies;
        this.sessions = sessions;
        this.session = session;
    }

    /// What is subscribed to, or on what terms, has changed.
    void changed() {
        base = -1;
    }

    /// See [Interests#deliver].
    Found deliver(Place place, Head head, Outlet outlet) {
        var options = outlet.options();
        long interval = intervalNanos(options);
        if (!begun) {
            begun = true;
            caughtUp = isPoll(options); // a poll's cursor is where its client was a moment ago
            dueNanos = System.nanoTime() + (caughtUp ? interval : 0);
        }
        if (base != place.position().seq()) {
            forget(place);
        }
        var upTo = round;
        if (upTo == null || upTo.seq() <= base) {
            long early = interval == 0 ? 0 : dueNanos - System.nanoTime();
            var found = early > 0 && gaveUp ? Found.ALL : collect(place, head, options);
            if (found != Found.ALL) {
                return found;
            }
            if (early > 0) {
                waiting = policies.newest(waiting, false);
                gaveUp |= !trim(place);
                wakeIn(early);
                return Found.ALL;
            }
            if (!begin(options)) {
                return Found.BEHIND;
            }
            upTo = head;
            round = head;
        } else if (seen < upTo.seq()) {
            var found = collect(place, upTo, options);
            if (found != Found.ALL) {
                return found;
            }
            waiting = policies.newest(waiting, conflates);
        }
        tellDropped(place, upTo, outlet);
        if (interval > 0 && !waiting.isEmpty()) {
            dueNanos = System.nanoTime() + interval;
        }
        boolean done = write(place, upTo, outlet);
        trim(place);
        boolean all = done && upTo.seq() >= head.seq();
        caughtUp |= all;
        return all ? Found.ALL : Found.PART;
    }

    private static boolean isPoll(SessionOptions options) {
        return options.transport() == Transport.POLL;
    }

    /// A poll does not wait for longer than its client would.
    private long intervalNanos(SessionOptions options) {
        long interval = policies.intervalNanos();
        return isPoll(options) ? Math.min(interval, options.heartbeat().toNanos()) : interval;
    }

    private void wakeIn(long nanos) {
        if (waking.compareAndSet(false, true)) {
            Thread.ofVirtual().name("sample").start(() -> {
                try {
                    Thread.sleep(Duration.ofNanos(nanos));
                } catch (InterruptedException early) {
                    Thread.currentThread().interrupt();
                }
                waking.set(false); // first: whoever is early from now on is woken again
                session.signal();
            });
        }
    }

    private void forget(Place place) {
        waiting.clear();
        dropped.clear();
        base = place.position().seq();
        seen = base;
    }

    /// Holds no more than a little between two looks: the rest is read from the logs again.
    ///
    /// @return whether everything is held
    private boolean trim(Place place) {
        long bytes = 0;
        for (var event : waiting) {
            bytes += EVENT_BYTES + event.event().dataLength();
            if (bytes > HELD_BYTES_MAX) {
                forget(place);
                return false;
            }
        }
        return true;
    }

    /// Adds what has come since the last look, up to a head, to what waits.
    ///
    /// @return [Found#ALL], or what else is to be done
    private Found collect(Place place, Head upTo, SessionOptions options) {
        var found = new ArrayList<FeedEvent>();
        for (var interest : interests.all()) {
            int before = found.size();
            if (interest.log().collect(seen, upTo.seq(), Integer.MAX_VALUE, found)) {
                continue;
            }
            var policy = policies.terms(interest.pattern()).policy();
            if (caughtUp && policy == Policy.DISCONNECT && !isPoll(options)) {
                return Found.BEHIND;
            } else if (!caughtUp || policy != Policy.DROP_OLDEST) {
                forget(place);
                caughtUp = isPoll(options);
                return Found.OVERFLOW;
            }
            found.subList(before, found.size()).clear();
            passOver(place, interest, upTo, found);
        }
        seen = Math.max(seen, upTo.seq());
        found.sort(Comparator.comparingLong(FeedEvent::seq));
        FeedEvent last = null;
        for (var event : found) {
            if (event != last && !place.isPast(event)) {
                waiting.add(event);
            }
            last = event;
        }
        return Found.ALL;
    }

    /// Drops what a log no longer has, and takes the rest.
    private void passOver(Place place, Interests.Interest interest, Head upTo, List<FeedEvent> found) {
        var rest = new ArrayList<FeedEvent>();
        var log = interest.log();
        long from = Math.max(seen, log.floor() - 1);
        for (long margin = 1; !log.collect(from, upTo.seq(), Integer.MAX_VALUE, rest); margin *= 2) {
            rest.clear();
            from = Math.max(from, log.floor() - 1) + margin; // it goes on being filled
        }
        found.addAll(rest);
        var before = place.vector();
        var after = rest.isEmpty() ? upTo.vector() : rest.getFirst().vectorBefore();
        var topology = upTo.topology();
        for (int p = 0; p < topology.size(); p++) {
            if (before.offset(p) < after.offset(p) && place.mayHold(topology, p, interest.pattern())) {
                dropped.merge(p, new Range(before.offset(p), after.offset(p)), Range::with);
            }
        }
    }

    /// Begins a round: looks whether too much waits.
    ///
    /// @return false if the session has to end
    private boolean begin(SessionOptions options) {
        gaveUp = false;
        var of = new ArrayList<Policy>(waiting.size());
        waiting.forEach(event -> of.add(policies.of(event.channels())));
        int max = options.waitingMax();
        if (caughtUp && !isPoll(options) && Collections.frequency(of, Policy.DISCONNECT) > max) {
            return false;
        }
        int excess = Collections.frequency(of, Policy.DROP_OLDEST) - max;
        if (caughtUp && excess > 0) {
            drop(of, excess);
        }
        conflates = Collections.frequency(of, Policy.CONFLATE) > (policies.isThin() ? 0 : max);
        waiting = policies.newest(waiting, conflates);
        return true;
    }

    private void drop(List<Policy> of, int excess) {
        var kept = new ArrayList<FeedEvent>();
        int left = excess;
        for (int i = 0; i < waiting.size(); i++) {
            var event = waiting.get(i);
            if (left > 0 && of.get(i) == Policy.DROP_OLDEST) {
                left--;
                long offset = event.event().offset();
                dropped.merge(event.partition(), new Range(offset, offset + 1), Range::with);
                record(event);
            } else {
                kept.add(event);
            }
        }
        sessions.metrics().withheld(Policy.DROP_OLDEST).add(excess);
        waiting = kept;
    }

    private void record(FeedEvent event) {
        var recorder = sessions.recorder();
        if (recorder != null) {
            recorder.leftOut(session, event.event(), Recorder.What.DROPPED, "drop-oldest: too many newer ones wait");
        }
    }

    /// Names what was dropped before anything that comes behind it is written. Only the last of the gaps carries the
    /// cursor behind them all: whoever leaves in between is told again.
    private void tellDropped(Place place, Head upTo, Outlet outlet) {
        int left = dropped.size();
        for (var entry : dropped.entrySet()) {
            if (--left == 0) {
                place.moveTo(waiting.isEmpty() ? upTo : waiting.getFirst().before(upTo.topology()));
                base = place.position().seq();
            }
            var where = upTo.topology().place(entry.getKey());
            var range = entry.getValue();
            outlet.tellGap(
                    new Notice.Gap(where.topic(), where.partition(), range.from, range.to, GapReason.SLOW, false));
        }
        dropped.clear();
    }

    /// Writes what waits, as much as makes a write, and moves the place there.
    ///
    /// @return whether that was all
    private boolean write(Place place, Head upTo, Outlet outlet) {
        Mark last = place.position();
        int taken = 0;
        for (var event : waiting) {
            last = event;
            taken++;
            var channel = interests.match(event.channels());
            if (channel != null) {
                outlet.deliver(event, channel, place.isShared());
                interests.trace(event, outlet.options());
            }
            if (outlet.isFull()) {
                break;
            }
        }
        var recorder = sessions.recorder();
        if (recorder != null && last instanceof FeedEvent event) {
            recorder.looked(session, waiting, event, place);
        }
        waiting.subList(0, taken).clear();
        boolean done = waiting.isEmpty();
        if (!done || upTo.seq() >= place.position().seq()) {
            place.moveTo(done ? upTo : last);
        }
        base = place.position().seq();
        return done;
    }
}
