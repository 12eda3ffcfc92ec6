package dev.fanfare.gateway.ingest;

import dev.fanfare.events.Cursor;
import dev.fanfare.gateway.channel.Topology;

/// Cursors name every partition, so there is a bound to how many a node can read.
final class CursorRoom {
    private static final System.Logger LOG = System.getLogger(Feed.class.getName());
    private static final int PARTITIONS_WARN = 64;

    private CursorRoom() {}

    /// Whether a topology's positions fit into a cursor; logs if they do not, and if they have become many.
    static boolean fits(Topology before, Topology now) {
        int partitions = now.topics().stream().mapToInt(t -> t.indexes().size()).sum();
        if (partitions > Cursor.PARTITIONS_MAX) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "the routed topics have {0} partitions, {1} is the most that a cursor can name: route fewer topics",
                    Integer.toString(partitions),
                    Integer.toString(Cursor.PARTITIONS_MAX));
            return false;
        }
        if (partitions > PARTITIONS_WARN && before.size() <= PARTITIONS_WARN) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the routed topics have {0} partitions: each event carries a cursor of some {1} bytes",
                    Integer.toString(partitions),
                    Integer.toString(partitions * 6));
        }
        return true;
    }
}
