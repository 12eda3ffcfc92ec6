package dev.fanfare.gateway.session;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Event;
import dev.fanfare.gateway.channel.FeedEvent;
import dev.fanfare.gateway.channel.History.Read;
import dev.fanfare.gateway.channel.History.Stored;
import dev.fanfare.gateway.protocol.Policy;
import dev.fanfare.gateway.protocol.Priority;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// On what terms a session has its subscriptions, where some are unusual ones, and what these leave out. Owned by the
/// session's drain.
final class Policies {
    private final Interests interests;
    private final Sessions sessions;
    private final Session session;
    private final Rounds rounds;
    private final Map<ChannelPattern, Terms> unusual = new HashMap<>(2);

    /// What was left out for an event up to there was told. Events that are too many to be held are looked at again.
    private final Map<Policy, Long> leftOutUpTo = new EnumMap<>(Policy.class);

    /// By what a newer event takes the place of an older one. One key in two partitions is two: between partitions
    /// there is no order.
    private record Key(Policy policy, int partition, String key) {}

    /// @param session signalled when an interval has ended
    Policies(Interests interests, Sessions sessions, Session session) {
        this.interests = interests;
        this.sessions = sessions;
        this.session = session;
        this.rounds = new Rounds(interests, this, sessions, session);
    }

    /// Agrees on terms.
    ///
    /// @return whether there are any unusual ones
    boolean agree(ChannelPattern pattern, Terms terms) {
        rounds.changed();
        if (terms.equals(Terms.USUAL)) {
            unusual.remove(pattern);
        } else {
            unusual.put(pattern, terms);
        }
        return !unusual.isEmpty();
    }

    Terms terms(ChannelPattern pattern) {
        return unusual.getOrDefault(pattern, Terms.USUAL);
    }

    /// As agreed; but with low priority and nothing to leave out, of each key the newest while there is too much to do.
    private Policy policy(Terms terms) {
        boolean thin = isThin(terms) && terms.policy() == Policy.RESUME;
        return thin ? Policy.CONFLATE : terms.policy();
    }

    private boolean isThin(Terms terms) {
        return terms.priority() == Priority.LOW && sessions.isLowThinned();
    }

    /// Whether what is conflated is so as soon as anything waits.
    boolean isThin() {
        for (var terms : unusual.values()) {
            if (isThin(terms)) {
                return true;
            }
        }
        return false;
    }

    /// What delivers, if they do.
    Rounds rounds() {
        return rounds;
    }

    /// Whether any leaves out events, or ends the session.
    boolean leaveOut() {
        return has(policy -> policy != Policy.RESUME);
    }

    /// Whether any subscription has such a policy.
    boolean has(Predicate<Policy> policy) {
        for (var terms : unusual.values()) {
            if (policy.test(policy(terms))) {
                return true;
            }
        }
        return false;
    }

    /// The longest that a subscription has; 0: none is sampled.
    long intervalNanos() {
        long longest = 0;
        for (var terms : unusual.values()) {
            longest = Math.max(longest, terms.interval().toNanos());
        }
        return longest;
    }

    /// Of the subscriptions that an event matches, the policy that keeps most.
    Policy of(List<ChannelName> channels) {
        var all = interests.all();
        if (all.length == 1) {
            return policy(terms(all[0].pattern()));
        }
        @Nullable Policy first = null;
        for (var interest : all) {
            var policy = policy(terms(interest.pattern()));
            if ((first == null || policy.compareTo(first) < 0)
                    && channels.stream().anyMatch(interest.pattern()::matches)) {
                first = policy;
            }
        }
        return first == null ? Policy.RESUME : first; // unsubscribed meanwhile
    }

    /// Leaves out what has a successor.
    ///
    /// @param conflated whether events that are conflated do; those that are sampled do always
    List<FeedEvent> newest(List<FeedEvent> events, boolean conflated) {
        Predicate<Policy> leavesOut = policy -> policy == Policy.SAMPLE || (policy == Policy.CONFLATE && conflated);
        if (!has(leavesOut)) {
            return events;
        }
        var newer = new HashMap<Key, Long>();
        var kept = new ArrayList<FeedEvent>();
        for (var event : events.reversed()) {
            var policy = of(event.channels());
            var key = event.event().key();
            @Nullable
            Long successor = key == null || !leavesOut.test(policy)
                    ? null
                    : newer.put(new Key(policy, event.partition(), key), event.seq());
            if (successor == null) {
                kept.add(event);
            } else if (successor > leftOutUpTo.getOrDefault(policy, 0L)) {
                leftOut(policy, event.event());
            }
        }
        for (var policy : Policy.values()) {
            if (leavesOut.test(policy)) {
                leftOutUpTo.merge(
                        policy, events.isEmpty() ? 0 : events.getLast().seq(), Math::max);
            }
        }
        Collections.reverse(kept);
        return kept;
    }

    /// Which events of a block that was read from Kafka have a successor in it; null if none can.
    ///
    /// @param from the offset that is reached
    /// @param to where the walk stops
    @Nullable
    BitSet superseded(Read.Chunk block, long from, long to) {
        if (!has(Policies::leavesOutOfBlocks)) {
            return null;
        }
        var newer = new HashSet<Key>();
        var superseded = new BitSet();
        var events = block.events();
        for (int i = events.size() - 1; i >= 0; i--) {
            var event = events.get(i).event();
            var key = event.key();
            var channels = events.get(i).channels();
            boolean walked = event.offset() >= from && event.offset() < to;
            if (key != null && walked && interests.match(channels) != null) { // or it is no successor to anything
                var policy = of(channels);
                if (leavesOutOfBlocks(policy) && !newer.add(new Key(policy, event.partition(), key))) {
                    superseded.set(i);
                }
            }
        }
        return superseded;
    }

    private static boolean leavesOutOfBlocks(Policy policy) {
        return policy == Policy.CONFLATE || policy == Policy.SAMPLE;
    }

    /// An event of a block is left out.
    void leftOut(Stored stored) {
        leftOut(of(stored.channels()), stored.event());
    }

    private void leftOut(Policy policy, Event event) {
        sessions.metrics().withheld(policy).increment();
        var recorder = sessions.recorder();
        if (recorder != null) {
            recorder.leftOut(
                    session,
                    event,
                    Recorder.What.CONFLATED,
                    "%s: a newer one of its key waits".formatted(policy.label()));
        }
    }
}
