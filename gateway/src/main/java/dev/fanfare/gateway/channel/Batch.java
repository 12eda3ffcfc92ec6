package dev.fanfare.gateway.channel;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one poll of Kafka brought: events partition by partition, between two position vectors. From these the vector
/// at each of its events is computed when somebody needs it.
///
/// Threads: built by the feed thread, then published with [Channels#append] and immutable.
public final class Batch {
    private final Topology topology;
    private final PositionVector start;
    private final long firstSeq;
    private final long nowMillis;
    private List<FeedEvent> events = new ArrayList<>();
    private int count;
    private final List<Ended> ended = new ArrayList<>();
    private long timeMillis;
    private @Nullable PositionVector end;

    private record Ended(int partition, long offset, int epoch) {}

    /// @param after the head that the batch continues
    /// @param topology at least the head's
    /// @param nowMillis this node's clock: bounds the timestamps that producers invent
    public Batch(Head after, Topology topology, long nowMillis) {
        this.topology = topology;
        this.start = after.vector();
        this.firstSeq = after.seq() + 1;
        this.timeMillis = after.timeMillis();
        this.nowMillis = nowMillis;
    }

    Topology topology() {
        return topology;
    }

    /// Adds an event of the partition that is being filled: all its events first, in offset order, then
    /// [#endPartition].
    public void add(int partition, int epoch, Event event, List<ChannelName> channels) {
        timeMillis = Math.clamp(event.timestamp(), 0, Math.max(0, nowMillis)); // a record may have none: -1
        events.add(
                new FeedEvent(firstSeq + count++, partition, epoch, timeMillis, this, ended.size(), event, channels));
    }

    /// Ends the partition that was being filled: the consumer's position is there now. Also for partitions that had
    /// no event, where only the position moved.
    public void endPartition(int partition, long nextOffset, int epoch) {
        ended.add(new Ended(partition, nextOffset, epoch));
    }

    public boolean isEmpty() {
        return ended.isEmpty();
    }

    /// Takes a sequence number for a loss, of a batch without events: so that what came before and what comes after
    /// it can be told apart.
    void countLoss() {
        count++;
    }

    /// The events, until the batch is appended.
    public List<FeedEvent> events() {
        return Collections.unmodifiableList(events);
    }

    /// The events, once: a batch that kept them would keep them all for as long as any of them is kept.
    List<FeedEvent> takeEvents() {
        var taken = events;
        events = List.of();
        return taken;
    }

    /// The head after this batch.
    public Head head() {
        var vector = end;
        if (vector == null) {
            vector = vector(ended.size()).done();
            end = vector;
        }
        return new Head(firstSeq - 1 + count, vector, topology, timeMillis);
    }

    PositionVector vectorAt(int rank, int partition, long nextOffset, int epoch) {
        return vector(rank).set(partition, nextOffset, epoch).done();
    }

    private PositionVector.Mutable vector(int rank) {
        var vector = start.mutable(topology.size());
        for (int i = 0; i < rank; i++) {
            var e = ended.get(i);
            vector.set(e.partition, e.offset, e.epoch);
        }
        return vector;
    }
}
