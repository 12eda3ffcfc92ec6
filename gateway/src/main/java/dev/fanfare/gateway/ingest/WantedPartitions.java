package dev.fanfare.gateway.ingest;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Routing;
import dev.fanfare.gateway.channel.Demand;
import dev.fanfare.gateway.channel.PositionVector;
import dev.fanfare.gateway.channel.Topology;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Utils;

/// Which partitions the feed has to read for those who subscribe, and from which offset on each one's events are in
/// the logs.
///
/// Threads: any; the feed alone takes partitions up and drops them. Each call is short.
public final class WantedPartitions implements Demand {
    private static final long NOT_READ = Long.MAX_VALUE;

    private final Routing routing;
    private final boolean byKey;
    private volatile Runnable nudge = () -> {};

    @GuardedBy("this")
    private final Map<ChannelPattern, Integer> patterns = new HashMap<>(); // how many want each

    @GuardedBy("this")
    private final Map<Uuid, Set<Integer>> partitionCounts = new HashMap<>(); // that topics have had, as we saw it

    @GuardedBy("this")
    private final Set<String> scattered = new HashSet<>(); // topics that are not as [#byKey] has it

    @GuardedBy("this")
    private Topology topology = Topology.EMPTY;

    @GuardedBy("this")
    private int[] wanted = {}; // by how many patterns, by partition index

    @GuardedBy("this")
    private long[] unwantedSince = {}; // nanoseconds

    @GuardedBy("this")
    private long[] readFrom = {};

    /// @param byKey whether each record is in the partition that Kafka's partitioner has for its key
    public WantedPartitions(RecordReader reader, boolean byKey) {
        this.routing = reader.routing();
        this.byKey = byKey;
    }

    /// Has somebody called whenever a partition is wanted that is not read.
    void onDemand(Runnable call) {
        nudge = call;
    }

    @Override
    public void begins(ChannelPattern pattern) {
        boolean more = false;
        synchronized (this) {
            if (patterns.merge(pattern, 1, Integer::sum) == 1) {
                for (int p : partitions(pattern)) {
                    wanted[p]++;
                    more |= readFrom[p] == NOT_READ;
                }
            }
        }
        if (more) {
            nudge.run();
        }
    }

    @Override
    public synchronized void ends(ChannelPattern pattern) {
        if (patterns.merge(pattern, -1, (now, less) -> now + less == 0 ? null : now + less) == null) {
            for (int p : partitions(pattern)) {
                if (--wanted[p] == 0) {
                    unwantedSince[p] = System.nanoTime();
                }
            }
        }
    }

    @Override
    public synchronized boolean isMet(ChannelPattern pattern, PositionVector from) {
        for (int p : partitions(pattern)) {
            if (from.offset(p) < readFrom[p]) {
                return false;
            }
        }
        return true;
    }

    /// What exists has changed.
    synchronized void exists(Topology now) {
        int known = readFrom.length;
        topology = now;
        for (var topic : now.topics()) {
            partitionCounts
                    .computeIfAbsent(topic.id(), _ -> new TreeSet<>())
                    .add(topic.indexes().size());
        }
        readFrom = Arrays.copyOf(readFrom, now.size());
        for (int p = 0; p < now.size(); p++) {
            readFrom[p] = p < known && now.isLive(p) ? readFrom[p] : NOT_READ;
        }
        unwantedSince = Arrays.copyOf(unwantedSince, now.size());
        count();
    }

    @GuardedBy("this")
    private void count() {
        wanted = new int[topology.size()];
        for (var pattern : patterns.keySet()) {
            for (int p : partitions(pattern)) {
                wanted[p]++;
            }
        }
    }

    synchronized boolean wants(int partition) {
        return wanted[partition] > 0;
    }

    @Override
    public synchronized boolean isRead(int partition) {
        return partition < readFrom.length && readFrom[partition] != NOT_READ;
    }

    /// From now on all of the partition from an offset on gets into the logs.
    synchronized void read(int partition, long from) {
        readFrom[partition] = from;
        unwantedSince[partition] = System.nanoTime();
    }

    /// Drops a partition, unless somebody wants it, or has done so not long ago.
    ///
    /// @return whether it has to be read no longer
    synchronized boolean drop(int partition, long notLongNanos) {
        boolean dropped = wanted[partition] == 0 && System.nanoTime() - unwantedSince[partition] > notLongNanos;
        if (dropped) {
            readFrom[partition] = NOT_READ;
        }
        return dropped;
    }

    /// How many partitions are read.
    public synchronized int readCount() {
        return (int) Arrays.stream(readFrom).filter(from -> from != NOT_READ).count();
    }

    /// Looks whether a record is where its key has it: otherwise all partitions of its topic are wanted
    /// by whoever wants one.
    ///
    /// @return false if it is not, and that is news
    boolean checkPlace(String topic, int partition, byte[] key) {
        if (!byKey) {
            return true;
        }
        synchronized (this) {
            var known = topology.topic(topic);
            if (known.isEmpty() || scattered.contains(topic)) {
                return true;
            }
            for (int count : partitionCounts.getOrDefault(known.get().id(), Set.of())) {
                if (count > 0 && Utils.toPositive(Utils.murmur2(key)) % count == partition) {
                    return true;
                }
            }
            scattered.add(topic);
            count();
        }
        nudge.run();
        return false;
    }

    @GuardedBy("this")
    private Set<Integer> partitions(ChannelPattern pattern) {
        var found = new LinkedHashSet<Integer>();
        for (var topic : topology.topics()) {
            if (routing.canYield(topic.name(), pattern)) {
                var keys = byKey && pattern.isLiteral() && !scattered.contains(topic.name())
                        ? routing.keys(topic.name(), pattern).orElse(null)
                        : null;
                if (keys == null || keys.stream().anyMatch(key -> key.startsWith("base64:"))) { // of other bytes
                    found.addAll(topic.indexes());
                } else {
                    for (var key : keys) {
                        addPlaces(topic, key, found);
                    }
                }
            }
        }
        return found;
    }

    /// Where a topic has grown, producers find that out one after the other.
    @GuardedBy("this")
    private void addPlaces(Topology.Topic topic, String key, Set<Integer> into) {
        int hash = Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8)));
        for (int count : partitionCounts.getOrDefault(topic.id(), Set.of())) {
            if (count > 0) {
                into.add(topic.indexes().get(hash % count));
            }
        }
    }
}
