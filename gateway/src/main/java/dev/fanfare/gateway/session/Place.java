package dev.fanfare.gateway.session;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Cursor;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.FeedEvent;
import dev.fanfare.gateway.channel.Head;
import dev.fanfare.gateway.channel.History;
import dev.fanfare.gateway.channel.Mark;
import dev.fanfare.gateway.channel.PositionVector;
import dev.fanfare.gateway.channel.States;
import dev.fanfare.gateway.channel.Topology;
import dev.fanfare.gateway.protocol.GapReason;
import dev.fanfare.gateway.protocol.Notice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where one client stands, in the logs or on its way there through Kafka: everything before it was written or told as
/// a gap. Owned by the session's drain.
final class Place {
    private final Channels channels;
    private final History history;
    private final Interests interests;
    private Mark position = Head.START;
    private @Nullable PositionVector base; // what was delivered beyond the position, while that is so
    private List<Cursor.TopicPosition> foreign = List.of();
    private Topology startTopology = Topology.EMPTY; // what was known when `foreign` was not
    private @Nullable Replay replay;
    private long timeMillis; // of what was delivered last, for the cursor

    Place(Channels channels, History history, Interests interests) {
        this.channels = channels;
        this.history = history;
        this.interests = interests;
    }

    /// Begins with what comes from now on, or where a client left off.
    ///
    /// @return false if history was cut back since the start was worked out, or if it is not read any more
    boolean begin(Start start) {
        return switch (start) {
            case Start.Live() -> {
                var head = channels.head();
                position = head;
                timeMillis = head.timeMillis();
                yield interests.areMet(head.vector());
            }
            case Start.After after -> begin(after);
        };
    }

    private boolean begin(Start.After after) {
        foreign = after.foreign();
        startTopology = after.head().topology();
        timeMillis = after.timeMillis();
        base = after.position();
        var state = after.state();
        boolean inLogs = state == null && interests.areMet(after.position());
        var mark = inLogs ? channels.newestHeadAtMost(after.position()) : null;
        if (mark == null) {
            var head = channels.head(); // that of now: where `after` was worked out, a loss may have followed
            position = head;
            replay = new Replay(history, interests, after.position(), head, state);
        } else {
            position = mark;
        }
        var head = channels.head().vector();
        return after.head().vector().isAtMost(head) && interests.areMet(replay == null ? after.position() : head);
    }

    /// Goes back to Kafka if the logs have not got all that was subscribed to just now, from here on.
    ///
    /// @return false if that cannot be
    boolean reachBack(Head head) {
        var walk = own();
        if (interests.areMet(walk == null ? vector() : walk.target().vector())) {
            return true;
        }
        if (!interests.areMet(head.vector()) || walk != replay || (walk != null && walk.state() != null)) {
            return false;
        }
        fallBack(head);
        return true;
    }

    /// See [dev.fanfare.gateway.channel.Subscriber#approach].
    int approach() {
        return (int) timeMillis;
    }

    /// Up to where the logs were looked at.
    Mark position() {
        return position;
    }

    /// The walk through Kafka, if it does not stand in the logs.
    @Nullable
    Replay replay() {
        return replay;
    }

    /// Whether partitions that the client has positions in, and this node had not, have come up: where it stands
    /// there has to be worked out anew, which is what a reconnection does.
    boolean knowsMoreThanAtStart(Topology now) {
        return !foreign.isEmpty()
                && now != startTopology
                && foreign.stream()
                        .anyMatch(was -> !now.topic(was.nameHash()).equals(startTopology.topic(was.nameHash())));
    }

    /// Whether the client has had it before it came.
    boolean isPast(FeedEvent event) {
        var delivered = base;
        return delivered != null && event.event().offset() < delivered.offset(event.partition());
    }

    /// Something of this time is delivered.
    void delivers(long millis) {
        timeMillis = millis;
    }

    void moveTo(Mark mark) {
        position = mark;
        var ahead = base;
        if (ahead != null && ahead.isAtMost(mark.vector())) {
            base = null;
        }
    }

    /// Goes back to Kafka for what lies before a head: the logs no longer have it.
    void fallBack(Head head) {
        replay = new Replay(history, interests, vector(), head, null);
    }

    /// Stands still until a state of some subscriptions is told, up to here.
    void tellAside(States.Keys keys, @Nullable String id, List<ChannelPattern> patterns) {
        var topology = topology();
        var from = PositionVector.START.mutable(topology.size());
        for (int p = 0; p < topology.size(); p++) {
            from.set(p, keys.start(p), -1);
        }
        var here = new Head(position.seq(), vector(), topology, timeMillis);
        var filter = new StateFilter(keys, true, new StateFilter.Aside(id, patterns, replay));
        replay = new Replay(history, interests, from.done(), here, filter);
    }

    /// The walk is done: goes on with the logs.
    void arrive(Replay walk) {
        var state = walk.state();
        if (state != null && state.aside() != null) {
            replay = state.aside().interrupted();
            return;
        }
        if (state != null) {
            timeMillis = Math.max(Starts.IN_STATE + 1, walk.target().timeMillis());
        }
        base = walk.reached();
        position = walk.target();
        replay = null;
    }

    /// Whoever has everything before a loss passes it at once, so that the gap carries the cursor behind it. If a
    /// partition was cut back, whoever stands beyond its end, or walks towards what lay there, goes back to the end
    /// and on from there; what was read in new history before the feed noticed comes twice.
    ///
    /// @param after the head behind the loss
    /// @return false if it cannot: a state is told aside, of what is no more
    boolean passLoss(int partition, Notice.Gap gap, Head after) {
        var walk = own();
        var next = walk == null ? position : walk.target();
        if (next.seq() >= after.seq()) {
            return true; // began behind it
        }
        if (walk == null && base == null && next.seq() == after.seq() - 1) {
            position = after;
        } else if (gap.reason() == GapReason.TRUNCATED && walk != replay) {
            return false;
        } else if (gap.reason() == GapReason.TRUNCATED) {
            var state = walk == null ? null : walk.state();
            var reached = vector();
            boolean beyond = reached.offset(partition) > gap.from();
            base = null;
            replay = new Replay(
                    history,
                    interests,
                    beyond ? reached.with(partition, gap.from(), -1) : reached,
                    after,
                    state == null ? null : state.knowingNothing());
        }
        return true;
    }

    /// The session's own walk through Kafka, if there is one.
    private @Nullable Replay own() {
        return replay == null ? null : replay.own();
    }

    /// Whether a record of a partition could match.
    boolean mayHold(Topology of, int partition, ChannelPattern pattern) {
        return of.isLive(partition) && history.mayHold(of, partition, pattern);
    }

    Topology topology() {
        return replay != null ? replay.target().topology() : channels.head().topology();
    }

    PositionVector vector() {
        var walk = own();
        if (walk != null) {
            return walk.reached();
        }
        return base == null ? position.vector() : base.max(position.vector());
    }

    /// Whether it has the cursors of all who stand in the logs.
    boolean isShared() {
        return base == null && foreign.isEmpty();
    }

    /// Whether it has, once it has this event: then it has with all that come later.
    boolean isShared(FeedEvent event) {
        var ahead = base;
        return foreign.isEmpty() && (ahead == null || ahead.isAtMost(event.vector()));
    }

    /// The client's cursor.
    byte[] cursor() {
        return replay == null && isShared() ? position.cursor() : encode(vector());
    }

    /// The client's cursor once it has an event.
    byte[] cursor(FeedEvent event) {
        return isShared() ? event.cursor() : encode(event.vector());
    }

    private byte[] encode(PositionVector vector) {
        var delivered = base;
        var all = delivered == null || replay != null ? vector : delivered.max(vector);
        return topology().encode(all, timeMillis, foreign);
    }
}
