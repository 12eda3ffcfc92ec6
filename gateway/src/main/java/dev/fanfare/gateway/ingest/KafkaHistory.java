package dev.fanfare.gateway.ingest;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.History;
import dev.fanfare.gateway.channel.HistoryUnavailableException;
import dev.fanfare.gateway.channel.PositionVector;
import dev.fanfare.gateway.channel.Topology;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.protocol.GapReason;
import dev.fanfare.service.kafka.KafkaClients;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/// Reads back from Kafka in blocks that all sessions share: ten thousand clients that come back at once cost one read
/// each block, and each walks through it at its own pace.
///
/// A block that would be large is read in parts: the first begins where the block does, the others where those who
/// walk through them come from the part before, and who rests within one finds it again by way of those before it.
///
/// A topic that is deleted and not made anew stays in the topology, for the feed has nothing to go by but that Kafka
/// does not know it at the moment. It is taken for deleted once reading it has failed for seconds and Kafka then says
/// that there is no topic of that id.
///
/// Threads: any. A block is read by one of a few consumers, on a virtual thread, while everybody who needs it waits,
/// each for a quarter of a second at most at a time.
public final class KafkaHistory implements History, AutoCloseable {
    private static final int BLOCK = 1024; // offsets
    private static final Duration RATE_WAIT = Duration.ofSeconds(2);
    private static final Duration WAIT = Duration.ofMillis(250); // whoever waits has a turn that others wait for
    private static final Duration DELETED_HOLDS = Duration.ofMinutes(1);
    private static final int ENTRY_BYTES = 300; // what an event costs beside its data
    private static final ThreadFactory THREADS =
            Thread.ofVirtual().name("history-", 0).factory();

    private final Channels channels;
    private final RecordReader reader;
    private final Offsets offsets;
    private final List<ChunkReader> readers = new ArrayList<>();
    private final RateLimiter rate;
    private final Blocks<Key, ChunkReader.Range> blocks;
    private final Cache<Uuid, Boolean> deleted = // for a while: a broker may lag behind
            Caffeine.newBuilder().expireAfterWrite(DELETED_HOLDS).build();

    /// @param truncations so that what was read before a partition was cut back is not taken for what follows
    private record Key(Uuid topic, int partition, long offset, int truncations) {}

    public KafkaHistory(
            GatewaySettings.Replay settings,
            KafkaClients clients,
            RecordReader reader,
            Channels channels,
            FeedMetrics metrics) {
        this.channels = channels;
        this.reader = reader;
        this.offsets = new Offsets(clients);
        for (int i = 0; i < settings.readers(); i++) {
            var consumer = clients.consumer("fanfare-replay-" + i, ChunkReader.CONSUMER);
            readers.add(new ChunkReader(consumer, reader, offsets::starts, channels.epochs()::truncations, metrics));
        }
        this.rate = RateLimiter.of(
                "replay-reads",
                RateLimiterConfig.custom()
                        .limitForPeriod(Math.max(1, settings.readsPerSecond() / 10))
                        .limitRefreshPeriod(Duration.ofMillis(100))
                        .timeoutDuration(RATE_WAIT)
                        .build());
        this.blocks = new Blocks<>(
                settings.cacheBytes(),
                range ->
                        range.bytes() + (long) ENTRY_BYTES * (1 + range.events().size()));
    }

    @Override
    public Read read(Topology topology, int partition, long offset, long before)
            throws HistoryUnavailableException, InterruptedException {
        var where = topology.partition(partition);
        var id = topology.topic(where.topic()).map(Topology.Topic::id).orElse(Uuid.ZERO_UUID);
        var current = channels.head().topology().topic(where.topic()).map(Topology.Topic::id);
        if (!current.equals(Optional.of(id))) {
            return new Read.Lost(before, GapReason.TOPIC_RECREATED);
        }
        if (isDeleted(id)) {
            return new Read.Lost(before, GapReason.TOPIC_DELETED);
        }
        long blockEnd = (offset / BLOCK + 1) * BLOCK;
        int truncations = channels.epochs().truncations();
        var here = new Key(id, where.partition(), offset, truncations);
        var shared = new Key(id, where.partition(), blockEnd - BLOCK, truncations);
        var key = blocks.has(here) ? here : shared;
        while (true) {
            long start = key.offset;
            var future = blocks.get(
                    key,
                    () -> CompletableFuture.supplyAsync(
                            () -> load(id, where, start, blockEnd, Math.min(before, blockEnd)),
                            task -> THREADS.newThread(task).start()));
            var range = await(future);
            if (range.start() > offset) {
                return new Read.Lost(range.start(), GapReason.RETENTION);
            }
            if (range.end() > offset) {
                return new Read.Chunk(range.events(), range.end());
            }
            if (range.damagedTo() > offset) {
                return new Read.Lost(range.damagedTo(), GapReason.CORRUPT);
            }
            if ((range.full() || range.isDamaged()) && !key.equals(here)) {
                var next = new Key(id, where.partition(), range.damagedTo(), truncations);
                key = blocks.has(next) ? next : here; // a part that begins where the last one ended
            } else {
                blocks.remove(key, future); // it was read when the partition ended before the offset
            }
        }
    }

    private ChunkReader.Range load(Uuid id, TopicPartition where, long from, long to, long atLeast) {
        try {
            if (!rate.acquirePermission()) {
                throw new HistoryUnavailableException("too many reads from Kafka", null);
            }
            var of = readers.get(Math.floorMod(where.hashCode(), readers.size()));
            try {
                return of.read(where, from, to, atLeast);
            } catch (HistoryUnavailableException failed) {
                findDeleted(id);
                throw failed;
            }
        } catch (HistoryUnavailableException away) {
            throw new CompletionException(away);
        } catch (InterruptedException stop) {
            throw new CompletionException(new HistoryUnavailableException("stopping", stop));
        }
    }

    private boolean isDeleted(Uuid id) {
        return deleted.getIfPresent(id) != null;
    }

    private boolean findDeleted(Uuid id) throws HistoryUnavailableException, InterruptedException {
        if (offsets.exists(id)) {
            return false;
        }
        deleted.put(id, true);
        return true;
    }

    private static ChunkReader.Range await(CompletableFuture<ChunkReader.Range> future)
            throws HistoryUnavailableException, InterruptedException {
        try {
            return future.get(WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            throw new HistoryUnavailableException("Kafka is being read, ask again", slow); // and find it under way
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof HistoryUnavailableException away
                    ? away
                    : new HistoryUnavailableException("reading Kafka failed", failure.getCause());
        }
    }

    @Override
    public boolean mayHold(Topology topology, int partition, ChannelPattern pattern) {
        return topology.isLive(partition)
                && reader.mayHold(topology.partition(partition).topic(), pattern);
    }

    @Override
    public PositionVector at(Topology topology, Instant time) throws HistoryUnavailableException, InterruptedException {
        return vector(topology, partitions -> {
            var at = new HashMap<>(offsets.ends(partitions));
            offsets.at(partitions, time.toEpochMilli()).forEach((partition, offset) -> {
                if (offset >= 0) {
                    at.put(partition, offset);
                }
            });
            return at;
        });
    }

    @Override
    public PositionVector ends(Topology topology) throws HistoryUnavailableException, InterruptedException {
        return vector(topology, offsets::ends);
    }

    private interface Question {
        Map<TopicPartition, Long> ask(List<TopicPartition> partitions)
                throws HistoryUnavailableException, InterruptedException;
    }

    /// Kafka's answer for all partitions; of topics that are deleted, where the feed stands.
    private PositionVector vector(Topology topology, Question question)
            throws HistoryUnavailableException, InterruptedException {
        Map<TopicPartition, Long> answer;
        try {
            answer = question.ask(partitions(topology));
        } catch (HistoryUnavailableException failed) {
            boolean fewer = false;
            for (var topic : topology.topics()) {
                fewer |= !topic.indexes().isEmpty() && !isDeleted(topic.id()) && findDeleted(topic.id());
            }
            if (!fewer) {
                throw failed;
            }
            answer = question.ask(partitions(topology));
        }
        var vector = channels.head().vector().mutable(topology.size());
        answer.forEach((partition, offset) -> vector.set(index(topology, partition), offset, -1));
        return vector.done();
    }

    private static int index(Topology topology, TopicPartition partition) {
        return topology.index(partition.topic(), partition.partition());
    }

    private List<TopicPartition> partitions(Topology topology) {
        return topology.topics().stream()
                .filter(topic -> !isDeleted(topic.id()))
                .flatMap(topic -> topic.indexes().stream())
                .map(topology::partition)
                .toList();
    }

    @Override
    public void close() {
        readers.forEach(ChunkReader::close);
        offsets.close();
    }
}
