package dev.fanfare.gateway.session;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import dev.fanfare.gateway.channel.Head;
import dev.fanfare.gateway.channel.History;
import dev.fanfare.gateway.channel.History.Read;
import dev.fanfare.gateway.channel.History.Stored;
import dev.fanfare.gateway.channel.HistoryUnavailableException;
import dev.fanfare.gateway.channel.PositionVector;
import dev.fanfare.gateway.channel.Topology;
import dev.fanfare.gateway.protocol.GapReason;
import java.util.BitSet;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One walk from a position to a fixed head, partition by partition, through what Kafka holds. Owned by the session's
/// drain.
final class Replay {
    private final History history;
    private final Interests interests;
    private final Head target;
    private final Topology topology;
    private final PositionVector.Mutable reached;
    private final @Nullable StateFilter state; // if it tells one
    private int partition; // all before this one are done
    private Read.@Nullable Chunk chunk; // being walked
    private int nextInChunk;
    private @Nullable BitSet superseded; // in the chunk; null: nothing
    private boolean moved;
    private boolean limited;

    Replay(History history, Interests interests, PositionVector from, Head target, @Nullable StateFilter state) {
        this.state = state;
        this.history = history;
        this.interests = interests;
        this.target = target;
        this.topology = target.topology();
        this.reached = from.mutable(topology.size());
    }

    Head target() {
        return target;
    }

    /// A copy of where the walk stands.
    PositionVector reached() {
        return reached.copy();
    }

    boolean isDone() {
        return partition >= topology.size();
    }

    /// What it leaves out, if it tells a state.
    @Nullable
    StateFilter state() {
        return state;
    }

    /// Itself; of one that goes on aside, the session's own that it interrupts, if there is any.
    @Nullable
    Replay own() {
        if (state == null || state.aside() == null) {
            return this;
        }
        var interrupted = state.aside().interrupted();
        return interrupted == null ? null : interrupted.own();
    }

    private boolean concerns(int p) {
        if (state != null && state.aside() != null) {
            return state.covers(p)
                    && topology.isLive(p)
                    && state.aside().patterns().stream().anyMatch(pattern -> history.mayHold(topology, p, pattern));
        }
        return topology.isLive(p) && interests.any(pattern -> history.mayHold(topology, p, pattern));
    }

    /// How many offsets that could be of interest lie between here and the target.
    long distance() {
        long distance = 0;
        for (int p = partition; p < topology.size(); p++) {
            if (concerns(p)) {
                distance += Math.max(0, target.vector().offset(p) - reached.offset(p));
            }
        }
        return distance;
    }

    /// Gives up on what lies further back than so many offsets in all, each partition in proportion. Only the first
    /// call counts.
    ///
    /// @param lost told each range that is given up
    void limit(long offsetsMax, Consumer<LostRange> lost) {
        if (limited) {
            return;
        }
        limited = true;
        long distance = distance();
        if (distance <= offsetsMax) {
            return;
        }
        for (int p = partition; p < topology.size(); p++) {
            long end = target.vector().offset(p);
            long behind = end - reached.offset(p);
            if (concerns(p) && behind > 0) {
                long from = reached.offset(p);
                long to = end - (long) ((double) behind / distance * offsetsMax);
                reached.set(p, to, -1);
                lost.accept(new LostRange(p, from, to, GapReason.REPLAY_LIMIT));
            }
        }
    }

    /// Takes one more step: some events of a chunk, or a gap, or nothing but a moved position.
    ///
    /// @param take told each event that matches
    /// @param lost told what can no longer be read
    /// @param full asked after each event whether enough was taken
    /// @return whether it has cost a read
    boolean step(Consumer<Matched> take, Consumer<LostRange> lost, BooleanSupplier full)
            throws HistoryUnavailableException, InterruptedException {
        long end = target.vector().offset(partition);
        int p = partition;
        if (!topology.isLive(p) || reached.offset(p) >= end) {
            nextPartition();
            return false;
        }
        if (!concerns(p)) {
            reached.set(p, end, target.vector().epoch(p));
            moved = true;
            nextPartition();
            return false;
        }
        if (chunk == null) {
            switch (history.read(topology, p, reached.offset(p), end)) {
                case Read.Chunk read -> {
                    chunk = read;
                    nextInChunk = 0;
                    var policies = interests.policies();
                    superseded = policies == null || state != null
                            ? null
                            : policies.superseded(read, reached.offset(p), end);
                }
                case Read.Lost(var to, var reason) -> {
                    var range = new LostRange(p, reached.offset(p), to, reason);
                    reached.set(p, to, -1);
                    moved = true;
                    lost.accept(range);
                    return true;
                }
            }
        }
        walk(chunk, p, end, take, full);
        return true;
    }

    private void walk(Read.Chunk read, int p, long end, Consumer<Matched> take, BooleanSupplier full) {
        var events = read.events();
        while (nextInChunk < events.size()) {
            var stored = events.get(nextInChunk);
            long offset = stored.event().offset();
            if (offset >= end) {
                break;
            }
            nextInChunk++;
            if (offset < reached.offset(p)) {
                continue;
            }
            var channel = match(stored.channels());
            if (channel != null && isSuperseded(nextInChunk - 1, stored)) {
                continue;
            }
            if (channel != null && (state == null || !state.leavesOut(stored.event(), p, end))) {
                reached.set(p, offset + 1, stored.epoch());
                moved = true;
                take.accept(new Matched(stored.event(), channel, state != null && state.covers(p)));
                if (full.getAsBoolean()) {
                    return;
                }
            }
        }
        chunk = null;
        long to = Math.min(read.end(), end);
        if (to > reached.offset(p)) {
            reached.set(p, to, to == end ? target.vector().epoch(p) : epochBefore(to, events));
            moved = true;
        }
    }

    private @Nullable ChannelName match(List<ChannelName> channels) {
        return state == null || state.aside() == null
                ? interests.match(channels)
                : state.aside().match(channels);
    }

    private boolean isSuperseded(int index, Stored stored) {
        var policies = interests.policies();
        if (superseded == null || policies == null || !superseded.get(index)) {
            return false;
        }
        policies.leftOut(stored);
        return true;
    }

    /// Of the record just before an offset; unknown if that was none of these.
    private static int epochBefore(long offset, List<Stored> events) {
        return !events.isEmpty() && events.getLast().event().offset() + 1 == offset
                ? events.getLast().epoch()
                : -1;
    }

    /// Lets go of what was read and not walked yet: the next step asks for it again, most likely of the cache.
    void rest() {
        chunk = null;
    }

    private void nextPartition() {
        partition++;
        chunk = null;
    }

    /// Whether the position has moved since the last call.
    boolean takeMoved() {
        boolean was = moved;
        moved = false;
        return was;
    }

    /// An event and the channel it is delivered under.
    ///
    /// @param state whether it belongs to a state
    record Matched(Event event, ChannelName channel, boolean state) {}

    /// A range of a partition that is gone.
    record LostRange(int partition, long from, long to, GapReason reason) {}
}
