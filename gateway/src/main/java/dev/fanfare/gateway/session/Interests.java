package dev.fanfare.gateway.session;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.channel.ChannelLog;
import dev.fanfare.gateway.channel.ChannelLog.Subscription;
import dev.fanfare.gateway.channel.FeedEvent;
import dev.fanfare.gateway.channel.Head;
import dev.fanfare.gateway.channel.Mark;
import dev.fanfare.gateway.channel.PositionVector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What one session subscribes to, and the logs that this is read from. Owned by the session's drain: others ask in a
/// [Command].
public final class Interests {
    private static final int PER_LOG_MAX = 512; // events taken from one log at a time

    private final Sessions sessions;
    private final Session session;
    private Interest[] interests = {}; // most sessions have one
    private @Nullable Policies policies; // null: all have the usual terms

    /// @param log the subscription's
    record Interest(ChannelPattern pattern, ChannelLog log, Subscription subscription) {}

    Interests(Sessions sessions, Session session) {
        this.sessions = sessions;
        this.session = session;
    }

    /// How many patterns.
    public int count() {
        return interests.length;
    }

    /// Subscribes; false if it is there already, on whatever terms: now it is on these.
    @CanIgnoreReturnValue
    public boolean add(ChannelPattern pattern, Terms on) {
        agree(pattern, on);
        if (any(pattern::equals)) {
            return false;
        }
        var subscription = sessions.channels().subscribe(pattern, session);
        var more = Arrays.copyOf(interests, interests.length + 1);
        more[interests.length] = new Interest(subscription.pattern(), subscription.log(), subscription);
        interests = more;
        return true;
    }

    private void agree(ChannelPattern pattern, Terms terms) {
        var unusual = policies;
        if (unusual == null && !terms.equals(Terms.USUAL)) {
            unusual = new Policies(this, sessions, session);
        }
        policies = unusual != null && unusual.agree(pattern, terms) ? unusual : null;
    }

    /// On what terms a pattern is subscribed to.
    public Terms terms(ChannelPattern pattern) {
        var unusual = policies;
        return unusual == null ? Terms.USUAL : unusual.terms(pattern);
    }

    /// Null if all terms are the usual ones.
    @Nullable
    Policies policies() {
        return policies;
    }

    /// Unsubscribes; false if there is none.
    @CanIgnoreReturnValue
    public boolean remove(ChannelPattern pattern) {
        for (int i = 0; i < interests.length; i++) {
            if (interests[i].pattern.equals(pattern)) {
                sessions.channels().unsubscribe(pattern, interests[i].subscription);
                agree(pattern, Terms.USUAL);
                var fewer = Arrays.copyOf(interests, interests.length - 1);
                System.arraycopy(interests, i + 1, fewer, i, fewer.length - i);
                interests = fewer;
                return true;
            }
        }
        return false;
    }

    /// Unsubscribes from what is not allowed.
    ///
    /// @return what that was
    public List<ChannelPattern> retain(Predicate<ChannelPattern> allowed) {
        var ended = Arrays.stream(interests)
                .map(Interest::pattern)
                .filter(allowed.negate())
                .toList();
        ended.forEach(this::remove);
        return ended;
    }

    /// Whether the logs get everything from a position on.
    boolean areMet(PositionVector from) {
        var demand = sessions.channels().demand();
        for (var interest : interests) {
            if (!demand.isMet(interest.pattern, from)) {
                return false;
            }
        }
        return true;
    }

    void clear() {
        for (var interest : interests) {
            sessions.channels().unsubscribe(interest.pattern, interest.subscription);
        }
        interests = new Interest[0];
    }

    /// What is subscribed to, about now. Any thread: it may miss what changes just now.
    List<ChannelPattern> glance() {
        var found = new ArrayList<ChannelPattern>();
        for (@Nullable Interest interest : interests) {
            if (interest != null) { // what another thread has just put there may not be seen yet
                found.add(interest.pattern);
            }
        }
        return found;
    }

    /// Events behind a position, of several logs perhaps more than once; -1 if a log no longer has all. Any thread.
    long waiting(long after) {
        long sum = 0;
        for (@Nullable Interest interest : interests) {
            int count = interest == null ? 0 : interest.log.countAfter(after);
            if (count < 0) {
                return -1;
            }
            sum += count;
        }
        return sum;
    }

    List<Standing.Subscribed> subscribed() {
        return Arrays.stream(interests)
                .map(one -> new Standing.Subscribed(one.pattern, terms(one.pattern)))
                .toList();
    }

    /// See [dev.fanfare.gateway.channel.Subscriber#approach].
    int approach() {
        var all = interests;
        return all.length > 0 && all[0].subscription == null ? 0 : 1;
    }

    Interest[] all() {
        return interests;
    }

    boolean any(Predicate<ChannelPattern> test) {
        for (var interest : interests) {
            if (test.test(interest.pattern)) {
                return true;
            }
        }
        return false;
    }

    /// The first of an event's channels that is subscribed to.
    @Nullable
    ChannelName match(List<ChannelName> eventChannels) {
        for (var channel : eventChannels) {
            for (var interest : interests) {
                if (interest.pattern.matches(channel)) {
                    return channel;
                }
            }
        }
        return null;
    }

    /// What a look into the logs found.
    enum Found {
        /// Everything up to the head.
        ALL,
        /// The beginning of it; there is more.
        PART,
        /// A log no longer reaches back far enough.
        OVERFLOW,
        /// More than the client wants to be behind.
        BEHIND
    }

    /// Delivers what the logs hold between a place and a head, up to a write's fill, and moves the place there.
    Found deliver(Place place, Head head, Outlet outlet) {
        var unusual = policies;
        if (unusual != null && unusual.leaveOut()) {
            return unusual.rounds().deliver(place, head, outlet);
        }
        var found = new ArrayList<FeedEvent>(4);
        var extent = collect(place.position().seq(), head.seq(), found);
        boolean all = extent == Found.ALL;
        if (extent != Found.OVERFLOW) {
            Mark last = place.position();
            boolean shared = place.isShared();
            for (var event : found) {
                last = event;
                var channel = place.isPast(event) ? null : match(event.channels());
                if (channel != null) {
                    shared = shared || place.isShared(event);
                    outlet.deliver(event, channel, shared);
                }
                if (outlet.isFull()) {
                    all &= event == found.getLast();
                    break;
                }
            }
            var recorder = sessions.recorder();
            if (recorder != null && last instanceof FeedEvent event) {
                recorder.looked(session, found, event, place);
            }
            if (sessions.tracing() != null) {
                trace(found, last, place, outlet.options());
            }
            place.moveTo(all && head.seq() >= place.position().seq() ? head : last);
        }
        return extent == Found.ALL && !all ? Found.PART : extent;
    }

    /// @param last of those that were delivered
    private void trace(List<FeedEvent> events, Mark last, Place place, SessionOptions options) {
        for (var event : events) {
            if (event.seq() <= last.seq() && !place.isPast(event)) {
                trace(event, options);
            }
        }
    }

    /// An event was delivered: where anything is traced, its write may be.
    void trace(FeedEvent event, SessionOptions options) {
        var tracing = sessions.tracing();
        if (tracing != null) {
            tracing.taken(session, options.transport().label(), options.id(), event);
        }
    }

    /// Collects the events with `after < seq <= upTo` of all logs: in order, each once.
    private Found collect(long after, long upTo, List<FeedEvent> into) {
        long cut = Long.MAX_VALUE;
        for (var interest : interests) {
            int before = into.size();
            if (!interest.log.collect(after, upTo, PER_LOG_MAX, into)) {
                return Found.OVERFLOW;
            }
            if (into.size() - before == PER_LOG_MAX) {
                cut = Math.min(cut, into.getLast().seq());
            }
        }
        if (interests.length > 1 && into.size() > 1) {
            merge(into, cut);
        }
        return cut == Long.MAX_VALUE ? Found.ALL : Found.PART;
    }

    private static void merge(List<FeedEvent> events, long cut) {
        events.sort(Comparator.comparingLong(FeedEvent::seq));
        int kept = 0;
        long last = -1;
        for (var event : events) {
            if (event.seq() > cut) {
                break;
            }
            if (event.seq() != last) {
                last = event.seq();
                events.set(kept++, event);
            }
        }
        events.subList(kept, events.size()).clear();
    }
}
