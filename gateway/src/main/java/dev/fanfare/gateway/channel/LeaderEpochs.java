package dev.fanfare.gateway.channel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Which leader epoch wrote which part of each partition, as far as the feed has seen (KIP-101, KIP-320). A cursor
/// that
/// was made before an unclean election may name an offset that its epoch never reached in the log as it is now: the
/// records that it counted are gone, and others stand in their place.
///
/// Threads: one observes, any thread asks.
public final class LeaderEpochs {
    private static final int REMEMBERED = 64; // epochs per partition

    private final Map<Integer, Deque<First>> byPartition = new ConcurrentHashMap<>();

    private final AtomicInteger truncations = new AtomicInteger();

    private record First(int epoch, long offset) {}

    /// A record of that epoch is at that offset.
    ///
    /// @param partition its index in the topology
    public void observe(int partition, int epoch, long offset) {
        var known = byPartition.computeIfAbsent(partition, _ -> new ArrayDeque<>());
        synchronized (known) {
            var last = known.peekLast();
            if (last == null || last.epoch < epoch) {
                known.addLast(new First(epoch, offset));
                if (known.size() > REMEMBERED) {
                    known.removeFirst();
                }
            }
        }
    }

    /// How often a partition was cut back. What was read under another count may be of a history that is no more.
    public int truncations() {
        return truncations.get();
    }

    /// The log was cut back: what was seen from there on is no more.
    public void truncate(int partition, long offset) {
        truncations.incrementAndGet();
        var known = byPartition.get(partition);
        if (known != null) {
            synchronized (known) {
                known.removeIf(first -> first.offset >= offset);
            }
        }
    }

    /// Where the log departs from the one that a position was made in; empty if it does not, or nobody knows.
    ///
    /// @param epoch of the record before the position
    /// @param nextOffset the position
    public OptionalLong divergence(int partition, int epoch, long nextOffset) {
        var known = byPartition.get(partition);
        if (known == null || epoch < 0) {
            return OptionalLong.empty();
        }
        synchronized (known) {
            for (var first : known) {
                if (first.epoch > epoch) {
                    return first.offset < nextOffset ? OptionalLong.of(first.offset) : OptionalLong.empty();
                }
            }
        }
        return OptionalLong.empty();
    }
}
