package dev.fanfare.gateway.channel;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import dev.fanfare.gateway.protocol.EventForm;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// An event in the feed's order, with the bytes that it has been encoded to.
///
/// Threads: immutable but for the encoded bytes, which any drain may add, and the links of the list of all kept
/// events, which belong to [Channels] under its lock.
public final class FeedEvent implements Mark {
    private static final int OVERHEAD = 400; // bytes an event costs beside its data: measured by class histogram

    private final long seq;
    private final int partition;
    private final int epoch;
    private final long timeMillis;
    private final Batch batch;
    private final int rank;
    private final Event event;
    private final List<ChannelName> channels;
    private final AtomicReference<@Nullable Encoded> encoded = new AtomicReference<>();
    private volatile boolean forgotten;
    private byte @Nullable [] cursor; // benign race: any thread computes the same bytes

    // owned by KeptEvents, under the lock of Channels
    @Nullable
    FeedEvent older;

    @Nullable
    FeedEvent newer;

    int logs;
    long keptSinceNanos;

    @SuppressWarnings("ArrayRecordComponent") // private, never compared
    private record Encoded(
            EventForm form,
            ChannelName channel,
            byte[] bytes,
            @Nullable Encoded next) {}

    /// @param partition its index in the topology
    /// @param rank how many partitions of the batch come wholly before this event
    FeedEvent(
            long seq,
            int partition,
            int epoch,
            long timeMillis,
            Batch batch,
            int rank,
            Event event,
            List<ChannelName> channels) {
        this.seq = seq;
        this.partition = partition;
        this.epoch = epoch;
        this.timeMillis = timeMillis;
        this.batch = batch;
        this.rank = rank;
        this.event = event;
        this.channels = channels;
    }

    @Override
    public long seq() {
        return seq;
    }

    /// Index of its partition in the topology.
    public int partition() {
        return partition;
    }

    /// What cursors carry as their time: the record's, but neither before 1970 nor ahead of this node's clock.
    public long timeMillis() {
        return timeMillis;
    }

    public Event event() {
        return event;
    }

    /// The channels it belongs to, never empty.
    public List<ChannelName> channels() {
        return channels;
    }

    @Override
    public PositionVector vector() {
        return batch.vectorAt(rank, partition, event.offset() + 1, epoch);
    }

    /// The positions just before this event.
    public PositionVector vectorBefore() {
        return batch.vectorAt(rank, partition, event.offset(), epoch);
    }

    /// A head just before this event, for whoever passes over what comes before it.
    public Head before(Topology topology) {
        return new Head(seq - 1, vectorBefore(), topology, timeMillis);
    }

    @Override
    public byte[] cursor() {
        var bytes = cursor;
        if (bytes == null) {
            bytes = batch.topology().encode(vector(), timeMillis);
            cursor = bytes;
        }
        return bytes;
    }

    /// The event in a form, with the shared cursor as its id: encoded at first need, then shared by all sessions.
    ///
    /// @param encodings encodes, and is told how many bytes were kept, if any were
    @SuppressWarnings("ReferenceEquality") // forms are singletons
    public byte[] encoded(EventForm form, ChannelName channel, Encodings encodings) {
        while (true) {
            var first = encoded.get();
            for (var e = first; e != null; e = e.next) {
                if (e.form == form && (e.channel.equals(channel) || !form.namesChannel(event))) {
                    return e.bytes;
                }
            }
            var bytes = encodings.encode(form, event, channel, cursor());
            if (forgotten) {
                return bytes;
            }
            if (encoded.compareAndSet(first, new Encoded(form, channel, bytes, first))) {
                encodings.keptBytes.add(bytes.length);
                if (forgotten) {
                    forget(encodings);
                }
                return bytes;
            }
        }
    }

    /// No log holds the event any more: what was encoded is no longer kept.
    void forget(Encodings encodings) {
        forgotten = true;
        for (var e = encoded.getAndSet(null); e != null; e = e.next) {
            encodings.keptBytes.add(-e.bytes.length);
        }
    }

    /// Bytes that keeping this event costs, about, without its encoded forms.
    long weight() {
        return (long) OVERHEAD + event.dataLength();
    }
}
