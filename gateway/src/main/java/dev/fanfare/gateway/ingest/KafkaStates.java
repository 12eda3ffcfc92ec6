package dev.fanfare.gateway.ingest;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Scheduler;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.EventDecoder;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.HistoryUnavailableException;
import dev.fanfare.gateway.channel.PositionVector;
import dev.fanfare.gateway.channel.States;
import dev.fanfare.gateway.channel.Topology;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.service.kafka.KafkaClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;

/// Reads compacted partitions for the newest record of each key, with one consumer. What was read is kept for all who
/// ask, and read on from where it ended, until nobody has asked for a while.
///
/// Threads: any. One reads at a time; the others wait, and find most of it done.
public final class KafkaStates implements States, AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration UNUSED = Duration.ofMinutes(10);
    private static final Duration BELIEVED = Duration.ofMinutes(1); // that a topic is compacted, or has too many keys

    private final Channels channels;
    private final RecordReader reader;
    private final Offsets offsets;
    private final Consumer<byte[], byte[]> consumer;
    private final ReentrantLock lock = new ReentrantLock(); // whoever reads
    private final int keysMax;
    private final Duration wait;
    private final Cache<Place, KeyTable> tables = Caffeine.newBuilder()
            .expireAfterAccess(UNUSED)
            .scheduler(Scheduler.systemScheduler())
            .build();
    private final Cache<Uuid, Boolean> compacted =
            Caffeine.newBuilder().expireAfterWrite(BELIEVED).build();
    private final Cache<Place, Boolean> tooMany =
            Caffeine.newBuilder().expireAfterWrite(BELIEVED).build();

    private record Place(Uuid topic, int partition) {}

    public KafkaStates(GatewaySettings.Replay settings, KafkaClients clients, RecordReader reader, Channels channels) {
        this.keysMax = settings.stateKeysMax();
        this.wait = settings.stateWait();
        this.channels = channels;
        this.reader = reader;
        this.offsets = new Offsets(clients);
        this.consumer = clients.consumer("fanfare-states", Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5000));
    }

    /// Keys that are remembered now.
    public long keys() {
        return tables.asMap().values().stream().mapToLong(KeyTable::size).sum();
    }

    @Override
    public Look look(Topology topology, PositionVector upTo, List<ChannelPattern> patterns)
            throws HistoryUnavailableException, InterruptedException {
        var wanted = wanted(topology, patterns);
        if (wanted.isEmpty()) {
            return new Look.None();
        }
        long deadline = System.nanoTime() + wait.toNanos();
        var starts = offsets.starts(wanted.keySet());
        if (!lock.tryLock(wait.toNanos(), TimeUnit.NANOSECONDS)) {
            return new Look.NotYet();
        }
        try {
            var found = new HashMap<Integer, KeyTable>();
            var behind = new HashMap<TopicPartition, KeyTable>();
            for (var partition : wanted.keySet()) {
                var place = wanted.get(partition);
                if (tooMany.getIfPresent(place) != null) {
                    return new Look.TooMany(keysMax);
                }
                int index = topology.index(partition.topic(), partition.partition());
                var table = table(place);
                found.put(index, table);
                if (table.end() < upTo.offset(index)) {
                    behind.put(partition, table);
                }
            }
            if (!behind.isEmpty() && !read(behind, topology, upTo, starts, deadline)) {
                return new Look.NotYet();
            }
            var first = new HashMap<Integer, Long>();
            starts.forEach((p, start) -> first.put(topology.index(p.topic(), p.partition()), start));
            return new Look.Found(new Tables(found, first));
        } catch (TooManyException many) {
            wanted.values().forEach(place -> {
                tables.invalidate(place);
                tooMany.put(place, true);
            });
            return new Look.TooMany(keysMax);
        } catch (InterruptException stopped) {
            throw new InterruptedException();
        } catch (WakeupException closed) {
            throw new HistoryUnavailableException("stopping", closed);
        } catch (KafkaException failure) {
            tables.invalidateAll(wanted.values()); // a log that was cut back, or another topic of that name
            throw new HistoryUnavailableException("reading the newest records of keys failed", failure);
        } finally {
            lock.unlock();
        }
    }

    private Map<TopicPartition, Place> wanted(Topology topology, List<ChannelPattern> patterns)
            throws HistoryUnavailableException, InterruptedException {
        var wanted = new HashMap<TopicPartition, Place>();
        for (var topic : topology.topics()) {
            if (!topic.indexes().isEmpty()
                    && patterns.stream().anyMatch(pattern -> reader.mayHold(topic.name(), pattern))
                    && isCompacted(topic)) {
                for (int p = 0; p < topic.indexes().size(); p++) {
                    wanted.put(new TopicPartition(topic.name(), p), new Place(topic.id(), p));
                }
            }
        }
        return wanted;
    }

    private boolean isCompacted(Topology.Topic topic) throws HistoryUnavailableException, InterruptedException {
        var known = compacted.getIfPresent(topic.id());
        if (known == null) {
            known = offsets.isCompacted(topic.name());
            compacted.put(topic.id(), known);
        }
        return known;
    }

    private KeyTable table(Place place) {
        int truncations = channels.epochs().truncations();
        var table = tables.getIfPresent(place);
        if (table == null || table.truncations != truncations) {
            table = new KeyTable(truncations);
            tables.put(place, table);
        }
        return table;
    }

    /// False if there was too little time for all of it.
    private boolean read(
            Map<TopicPartition, KeyTable> behind,
            Topology topology,
            PositionVector upTo,
            Map<TopicPartition, Long> starts,
            long deadline)
            throws TooManyException {
        consumer.assign(behind.keySet());
        behind.forEach((partition, table) -> {
            long from = Math.max(table.end(), starts.getOrDefault(partition, 0L));
            consumer.seek(partition, new OffsetAndMetadata(from, Optional.empty(), ""));
        });
        try {
            var left = new HashSet<>(behind.keySet());
            while (!left.isEmpty()) {
                poll(behind);
                left.removeIf(partition -> consumer.position(partition, ANSWER)
                        >= upTo.offset(topology.index(partition.topic(), partition.partition())));
                if (!left.isEmpty() && System.nanoTime() - deadline > 0) {
                    return false;
                }
            }
            return true;
        } finally {
            consumer.assign(Set.of());
        }
    }

    private void poll(Map<TopicPartition, KeyTable> tables) throws TooManyException {
        try {
            var records = consumer.poll(POLL);
            long room = keysMax - keys();
            for (var record : records) {
                var table = tables.get(new TopicPartition(record.topic(), record.partition()));
                if (table != null && record.key() != null) {
                    room -= table.put(EventDecoder.keyText(record.key()), record.offset()) ? 1 : 0;
                }
            }
            tables.forEach(
                    (partition, table) -> table.readTo(Math.max(table.end(), consumer.position(partition, ANSWER))));
            if (room < 0) {
                throw new TooManyException();
            }
        } catch (OffsetOutOfRangeException gone) {
            throw gone;
        } catch (KafkaException failure) {
            var damaged = DamagedRecords.partition(failure).orElseThrow(() -> failure);
            long behind = consumer.position(damaged, ANSWER) + 1; // a record that nobody can read is no key's newest
            consumer.seek(damaged, new OffsetAndMetadata(behind, Optional.empty(), ""));
        }
    }

    /// A partition's worth more than there is room for, at most: what was polled is put before it is counted.
    private static final class TooManyException extends Exception {
        private static final long serialVersionUID = 1;
    }

    private static final class Tables implements Keys {
        private final Map<Integer, KeyTable> tables;
        private final Map<Integer, Long> starts;
        private final Map<Integer, Long> ends = new HashMap<>();

        Tables(Map<Integer, KeyTable> tables, Map<Integer, Long> starts) {
            this.tables = tables;
            this.starts = starts;
            tables.forEach((index, table) -> ends.put(index, table.end()));
        }

        @Override
        public boolean covers(int partition) {
            return tables.containsKey(partition);
        }

        @Override
        public long start(int partition) {
            return starts.getOrDefault(partition, 0L);
        }

        @Override
        public long lookedTo(int partition) {
            return ends.getOrDefault(partition, 0L);
        }

        @Override
        public long newest(int partition, String key) {
            var table = tables.get(partition);
            return table == null ? -1 : table.newest(key);
        }
    }

    @Override
    public void close() {
        consumer.wakeup(); // a read under way fails
        lock.lock();
        try {
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
        } finally {
            lock.unlock();
        }
        offsets.close();
    }
}
