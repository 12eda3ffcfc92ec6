package dev.fanfare.gateway.channel;

import org.jspecify.annotations.Nullable;

/// Where the feed stands after a batch: everything up to `seq` is in the logs. Immutable.
public final class Head implements Mark {
    /// Before the first batch.
    public static final Head START = new Head(0, PositionVector.START, Topology.EMPTY, 0);

    private final long seq;
    private final PositionVector vector;
    private final Topology topology;
    private final long timeMillis;
    private byte @Nullable [] cursor; // benign race: any thread computes the same bytes

    public Head(long seq, PositionVector vector, Topology topology, long timeMillis) {
        this.seq = seq;
        this.vector = vector;
        this.topology = topology;
        this.timeMillis = timeMillis;
    }

    @Override
    public long seq() {
        return seq;
    }

    @Override
    public PositionVector vector() {
        return vector;
    }

    public Topology topology() {
        return topology;
    }

    /// The time of the last record before this head: what cursors carry for the case that the topics are replaced.
    public long timeMillis() {
        return timeMillis;
    }

    @Override
    public byte[] cursor() {
        var bytes = cursor;
        if (bytes == null) {
            bytes = topology.encode(vector, timeMillis);
            cursor = bytes;
        }
        return bytes;
    }
}
