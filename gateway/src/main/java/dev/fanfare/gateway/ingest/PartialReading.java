package dev.fanfare.gateway.ingest;

import dev.fanfare.gateway.channel.Batch;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.Topology;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// Has the feed's consumer read what somebody wants, and no more: takes partitions up and drops them, and moves the
/// head in those that are not read.
///
/// Threads: the feed's, but for [#readCount] and [#close].
final class PartialReading implements AutoCloseable {
    private static final int LINGER = 10; // refreshes: longer than anybody takes from being let in to subscribing
    private static final System.Logger LOG = System.getLogger(PartialReading.class.getName());

    private final WantedPartitions wanted;
    private final HeadWatch heads;
    private final Consumer<byte[], byte[]> consumer;
    private final Channels channels;
    private final Damage damage;
    private final Duration linger;
    private Topology topology = Topology.EMPTY;

    /// @param refresh how often ends are asked for, and a part of how long a partition lingers that nobody wants
    /// @param hurry has the feed look at what was found
    PartialReading(
            WantedPartitions wanted,
            Offsets offsets,
            Consumer<byte[], byte[]> consumer,
            Channels channels,
            Damage damage,
            Duration refresh,
            Runnable hurry) {
        this.wanted = wanted;
        this.consumer = consumer;
        this.channels = channels;
        this.damage = damage;
        this.linger = refresh.multipliedBy(LINGER);
        this.heads = new HeadWatch(offsets, refresh, hurry);
        wanted.onDemand(heads::hurry);
    }

    int readCount() {
        return wanted.readCount();
    }

    /// What exists has changed.
    void exists(Topology now) {
        topology = now;
        wanted.exists(now);
        watch();
    }

    boolean isWanted(TopicPartition partition) {
        return wanted.wants(index(partition));
    }

    boolean isRead(TopicPartition partition) {
        return wanted.isRead(index(partition));
    }

    /// From now on all of the partition from an offset on gets into the logs.
    void reads(TopicPartition partition, long from) {
        wanted.read(index(partition), from);
        watch();
    }

    private int index(TopicPartition partition) {
        return topology.index(partition.topic(), partition.partition());
    }

    private List<TopicPartition> existing(Predicate<TopicPartition> which) {
        return topology.topics().stream()
                .flatMap(t -> t.indexes().stream().map(topology::partition))
                .filter(which)
                .toList();
    }

    private void watch() {
        heads.watch(existing(partition -> !isRead(partition)));
    }

    /// Moves the head to their ends in partitions that are not read, begins there with those that somebody wants by
    /// now, and drops those that nobody has wanted for a while.
    void applyHeads() {
        var ends = heads.takeNews();
        if (ends == null) {
            return;
        }
        var taken = new HashMap<TopicPartition, Long>();
        var batch = new Batch(channels.head(), topology, System.currentTimeMillis());
        ends.forEach((partition, end) -> {
            int index = index(partition);
            if (index < 0 || wanted.isRead(index)) {
                return;
            }
            long here = channels.head().vector().offset(index);
            if (end > here) {
                batch.endPartition(index, end, -1);
            }
            if (wanted.wants(index)) { // one that ends before it did is found out, and told, when it is read
                taken.put(partition, Math.max(here, end));
            }
        });
        channels.append(batch, System.nanoTime());
        var dropped = existing(partition -> isRead(partition) && wanted.drop(index(partition), linger.toNanos()));
        if (!taken.isEmpty() || !dropped.isEmpty()) {
            consumer.assign(existing(partition -> isRead(partition) || taken.containsKey(partition)));
            dropped.forEach(damage::take);
            taken.forEach((partition, from) -> {
                consumer.seek(partition, new OffsetAndMetadata(from, Optional.empty(), ""));
                wanted.read(index(partition), from);
            });
            watch();
        }
    }

    /// Whether a record is not where its key has it, for the first time in its topic, which is read whole then.
    boolean isMisplaced(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null || wanted.checkPlace(record.topic(), record.partition(), record.key())) {
            return false;
        }
        LOG.log(
                System.Logger.Level.ERROR,
                "record {0}/{1}/{2} is not in the partition that Kafka''s partitioner has for its key, as feed.on-demand:"
                        + " keys needs it: from now on all partitions of the topic are read, but subscribers have missed"
                        + " what was elsewhere",
                record.topic(),
                Integer.toString(record.partition()),
                Long.toString(record.offset()));
        return true;
    }

    @Override
    public void close() {
        heads.close();
    }
}
