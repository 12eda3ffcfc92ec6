package dev.fanfare.gateway.channel;

import dev.fanfare.events.ChannelPattern;
import java.util.List;

/// What the newest record of each key is, in topics that Kafka compacts: what a state is told by.
///
/// Threads: any; [#look] blocks for as long as it may.
public interface States {
    /// There are none.
    States NONE = (_, _, _) -> new Look.None();

    /// What a look found.
    sealed interface Look {
        /// All of them.
        record Found(Keys keys) implements Look {}

        /// None of the topics that may hold the patterns is compacted, as far as Kafka tells.
        record None() implements Look {}

        /// More keys than this node may remember.
        record TooMany(int keysMax) implements Look {}

        /// Kafka is still being read: what was found until now is kept for the next look.
        record NotYet() implements Look {}
    }

    /// Reads what has not been read yet of each compacted partition that may hold a pattern.
    ///
    /// @param upTo where to look at least
    /// @throws HistoryUnavailableException if Kafka does not answer
    Look look(Topology topology, PositionVector upTo, List<ChannelPattern> patterns)
            throws HistoryUnavailableException, InterruptedException;

    /// The newest records of keys in some partitions of a topology. What it knows grows as others look further.
    interface Keys {
        /// Whether it has those of a partition.
        boolean covers(int partition);

        /// The first offset that the partition has.
        long start(int partition);

        /// Up to where the partition was read when it was looked at.
        long lookedTo(int partition);

        /// The offset of the newest record of a key that is known; -1 if none is.
        long newest(int partition, String key);
    }
}
