package dev.fanfare.gateway.channel;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Event;
import dev.fanfare.gateway.protocol.GapReason;
import java.time.Instant;
import java.util.List;

/// What Kafka still holds of the partitions of a topology: where replays read what the logs no longer have.
///
/// Threads: all methods block and may be called by any thread; concurrent reads of the same range cost one.
public interface History {
    /// What a read found.
    sealed interface Read {
        /// The events of a range of a partition, in offset order. Offsets without one are holes that were never
        /// events, or records that could not be decoded or that no rule matches.
        ///
        /// @param end the offset after the range; greater than the offset that was asked for
        record Chunk(List<Stored> events, long end) implements Read {}

        /// The range can no longer be read.
        ///
        /// @param to the offset after the range
        record Lost(long to, GapReason reason) implements Read {}
    }

    /// One event read back.
    record Stored(Event event, int epoch, List<ChannelName> channels) {}

    /// Reads on from an offset.
    ///
    /// @param partition index in the topology
    /// @param before where the caller will stop: a read that finds nothing more waits until Kafka has it
    /// @throws HistoryUnavailableException if Kafka does not answer soon; ask again
    Read read(Topology topology, int partition, long offset, long before)
            throws HistoryUnavailableException, InterruptedException;

    /// Whether a record of this partition could belong to a channel that the pattern matches.
    boolean mayHold(Topology topology, int partition, ChannelPattern pattern);

    /// The position of the first record of a topic at or after a time; the end where there is none, and where the
    /// feed stands in a topic that is deleted.
    PositionVector at(Topology topology, Instant time) throws HistoryUnavailableException, InterruptedException;

    /// The ends (last stable offsets) of all partitions, asked for afresh; of a topic that is deleted, where
    /// the feed stands.
    PositionVector ends(Topology topology) throws HistoryUnavailableException, InterruptedException;
}
