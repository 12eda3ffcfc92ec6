package dev.fanfare.gateway.session;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Event;
import dev.fanfare.gateway.channel.Batch;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.Head;
import dev.fanfare.gateway.channel.History;
import dev.fanfare.gateway.channel.HistoryUnavailableException;
import dev.fanfare.gateway.channel.PositionVector;
import dev.fanfare.gateway.channel.TestEvents;
import dev.fanfare.gateway.channel.Topology;
import dev.fanfare.gateway.protocol.GapReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// Kafka, as far as sessions see it: partitions of events that a feed appends to [Channels], and a [History] that
/// reads them back a few offsets at a time.
@SuppressWarnings("NonApiType") // a map by offset, and it has to be navigable
final class Log implements History {
    static final Uuid ID = new Uuid(1, 1);
    private static final int CHUNK = 7;

    private final Map<Integer, TreeMap<Long, Stored>> records = new ConcurrentHashMap<>();
    private final Map<Integer, Long> starts = new ConcurrentHashMap<>();
    private final Map<Integer, Long> ends = new ConcurrentHashMap<>();
    final Set<Long> corrupt = new TreeSet<>(); // offsets, of partition 0
    Topology topology = Topology.EMPTY;
    volatile boolean away;
    volatile int reads;

    Log(int partitions) {
        topology = topology.with("t", ID, partitions);
    }

    private TreeMap<Long, Stored> partition(int index) {
        return records.computeIfAbsent(index, _ -> new TreeMap<>());
    }

    long end(int index) {
        return ends.getOrDefault(index, 0L);
    }

    /// Writes an event, and answers it.
    synchronized Event write(int index, String channel, String data) {
        return write(index, channel, data, 1_700_000_000_000L);
    }

    synchronized Event write(int index, String channel, String data, long timestamp) {
        return write(index, channel, data, timestamp, null);
    }

    synchronized Event write(int index, String channel, String data, long timestamp, @Nullable String key) {
        var where = topology.partition(index);
        var event = TestEvents.event(where.topic(), where.partition(), end(index), data, timestamp, key);
        partition(index).put(end(index), new Stored(event, 0, List.of(new ChannelName(channel))));
        ends.put(index, end(index) + 1);
        return event;
    }

    /// Moves a partition's end without an event: a marker, or an aborted record.
    synchronized void hole(int index) {
        ends.put(index, end(index) + 1);
    }

    synchronized void deleteBefore(int index, long offset) {
        starts.put(index, offset);
        partition(index).headMap(offset).clear();
    }

    /// Cuts partition 0 back, as an unclean election does.
    synchronized void truncate(long offset) {
        partition(0).tailMap(offset).clear();
        ends.put(0, offset);
    }

    /// Has the channels read on, from where their feed stands to the ends.
    synchronized void feed(Channels channels) {
        feed(channels, 1000);
    }

    /// At most so many offsets of each partition.
    synchronized void feed(Channels channels, int max) {
        var from = channels.head().vector();
        var batch = new Batch(channels.head(), topology, System.currentTimeMillis());
        for (int index = 0; index < topology.size(); index++) {
            if (topology.isLive(index)) {
                int i = index;
                long to = Math.min(end(index), from.offset(index) + max);
                partition(index)
                        .subMap(from.offset(index), Math.max(to, from.offset(index)))
                        .values()
                        .forEach(s -> batch.add(i, s.epoch(), s.event(), s.channels()));
                batch.endPartition(index, Math.max(to, from.offset(index)), 0);
            }
        }
        channels.append(batch, System.nanoTime());
    }

    /// Has the channels go on behind a range of partition 0 that is lost.
    synchronized void feedAfterLoss(Channels channels, long to, Consumer<Head> tell) {
        var batch = new Batch(channels.head(), topology, System.currentTimeMillis());
        batch.endPartition(0, to, 0);
        channels.appendAfterLoss(batch, System.nanoTime(), tell);
    }

    /// Has the channels begin at some offsets, as after a restart.
    synchronized void begin(Channels channels, Map<Integer, Long> at) {
        var batch = new Batch(channels.head(), topology, System.currentTimeMillis());
        for (int index = 0; index < topology.size(); index++) {
            if (topology.isLive(index)) {
                batch.endPartition(index, at.getOrDefault(index, 0L), 0);
            }
        }
        channels.appendAfterLoss(batch, System.nanoTime(), _ -> {});
    }

    @Override
    public synchronized Read read(Topology of, int index, long offset, long before) throws HistoryUnavailableException {
        reads++;
        if (away) {
            throw new HistoryUnavailableException("away", null);
        }
        long start = starts.getOrDefault(index, 0L);
        if (offset < start) {
            return new Read.Lost(start, GapReason.RETENTION);
        }
        if (index == 0 && corrupt.contains(offset)) {
            return new Read.Lost(offset + 1, GapReason.CORRUPT);
        }
        long from = offset / CHUNK * CHUNK;
        long to = Math.min(from + CHUNK, end(index));
        for (long bad : corrupt) {
            if (index == 0 && bad > offset) {
                to = Math.min(to, bad);
            }
        }
        if (to <= offset) {
            throw new HistoryUnavailableException("not there yet", null);
        }
        return new Read.Chunk(new ArrayList<>(partition(index).subMap(from, to).values()), to);
    }

    @Override
    public boolean mayHold(Topology of, int index, ChannelPattern pattern) {
        return of.isLive(index)
                && (!of.partition(index).topic().equals("other")
                        || pattern.text().startsWith("other"));
    }

    @Override
    public PositionVector at(Topology of, Instant time) {
        return PositionVector.START;
    }

    @Override
    public synchronized PositionVector ends(Topology of) {
        var vector = PositionVector.START.mutable(of.size());
        for (int index = 0; index < of.size(); index++) {
            vector.set(index, end(index), -1);
        }
        return vector.done();
    }

    /// All events that a pattern matches, by partition.
    synchronized Map<Integer, List<Long>> matching(List<ChannelPattern> patterns, PositionVector from) {
        var matching = new HashMap<Integer, List<Long>>();
        records.forEach((index, partition) -> partition.forEach((offset, stored) -> {
            if (offset >= from.offset(index)
                    && patterns.stream()
                            .anyMatch(p -> p.matches(stored.channels().getFirst()))) {
                matching.computeIfAbsent(index, _ -> new ArrayList<>()).add(offset);
            }
        }));
        return matching;
    }
}
