package dev.fanfare.gateway.ingest;

import dev.fanfare.gateway.channel.Batch;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.HistoryUnavailableException;
import dev.fanfare.gateway.channel.Topology;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.protocol.GapReason;
import dev.fanfare.gateway.trace.EventTracing;
import dev.fanfare.service.kafka.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/// Reads all configured topics, from a little behind their ends on, and appends to the logs. Never waits for a
/// client.
///
/// Threads: one platform thread owns the consumer and everything here that is not volatile.
public final class Feed implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Feed.class.getName());
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE = Duration.ofSeconds(1);
    private static final long PAUSE_MILLIS = 250;
    private static final long GATHER_NANOS = Duration.ofMillis(1).toNanos();
    private static final int MANY = 100; // records of a poll that is behind

    private final GatewaySettings.Feed settings;
    private final Channels channels;
    private final Losses losses;
    private final FeedMetrics metrics;
    private final @Nullable EventTracing tracing;
    private final Consumer<byte[], byte[]> consumer;
    private final Damage damage;
    private final Offsets offsets;
    private final TopicWatch watch;
    private final DeadLetters deadLetters;
    private final Intake intake;
    private final @Nullable PartialReading partial; // null: everything is read
    private final Thread thread = Thread.ofPlatform().name("feed").unstarted(this::run);
    private final CountDownLatch stopped = new CountDownLatch(1);

    private Topology topology;
    private final Beginning beginning = new Beginning();
    private long pollNotBefore = System.nanoTime();
    private boolean begun;
    private boolean beginAtHead; // after a fault
    private String toldFailure = "";
    private volatile boolean ready;
    private volatile boolean stopping;

    /// @param tellLost told what is lost, before the head behind it is published
    /// @param tracing null: nothing is traced
    /// @param demand what to read; null: everything
    public Feed(
            GatewaySettings settings,
            KafkaClients clients,
            RecordReader reader,
            Channels channels,
            LossListener tellLost,
            FeedMetrics metrics,
            @Nullable EventTracing tracing,
            @Nullable WantedPartitions demand) {
        this.settings = settings.feed();
        this.channels = channels;
        this.losses = new Losses(channels, tellLost);
        this.metrics = metrics;
        this.tracing = tracing;
        this.consumer = clients.consumer(
                "fanfare-feed",
                Map.of(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 16 << 20, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1000));
        this.damage = new Damage(consumer);
        this.offsets = new Offsets(clients);
        this.watch = new TopicWatch(
                clients.admin("fanfare-topics", TopicWatch.TIMEOUT_MILLIS),
                reader.routing().topics(),
                this.settings.refresh());
        this.topology = Topology.awaiting(reader.routing().topics());
        this.deadLetters = new DeadLetters(clients, settings.deadLetter().topic(), metrics);
        this.partial = demand == null
                ? null
                : new PartialReading(demand, offsets, consumer, channels, damage, this.settings.refresh(), this::hurry);
        this.intake = new Intake(reader, channels.epochs(), partial, beginning, deadLetters, metrics);
    }

    private void hurry() {
        consumer.wakeup();
        LockSupport.unpark(thread);
    }

    /// Begins to read.
    public void start() {
        thread.start();
    }

    /// Whether the feed has caught up with where Kafka was when it began; stays true.
    public boolean isReady() {
        return ready;
    }

    /// How many partitions are read.
    public int partitionsRead() {
        return partial == null ? channels.head().topology().partitionCount() : partial.readCount();
    }

    /// Whether Kafka answered the last time it was asked.
    public boolean isKafkaReachable() {
        return watch.isReachable();
    }

    private void run() {
        try {
            while (!stopping) {
                try {
                    turn();
                } catch (WakeupException woken) {
                    // for news, or to stop
                } catch (InterruptException | InterruptedException stop) {
                    return;
                } catch (HistoryUnavailableException away) {
                    Thread.sleep(PAUSE_MILLIS); // what could not be found out is asked again
                } catch (KafkaException failure) {
                    tellFailure(failure);
                    Thread.sleep(PAUSE_MILLIS);
                } catch (RuntimeException fault) {
                    LOG.log(System.Logger.Level.ERROR, "the feed has failed and begins again at its head", fault);
                    Thread.sleep(PAUSE_MILLIS);
                    beginAtHead = true;
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            consumer.close(CloseOptions.timeout(CLOSE));
            deadLetters.close();
            stopped.countDown();
        }
    }

    private void turn() throws HistoryUnavailableException, InterruptedException {
        try {
            if (beginAtHead) {
                beginAtHead();
            }
            applyNews();
            if (partial != null) {
                partial.applyHeads();
            }
            if (topology.size() == 0) {
                Thread.sleep(PAUSE_MILLIS);
                ready = begun;
            } else if (consumer.assignment().isEmpty()) { // nobody wants anything
                ready = begun;
                LockSupport.parkNanos(POLL.toNanos());
            } else {
                append(poll());
            }
            channels.expire(System.nanoTime());
            metrics.sampleLag(consumer, System.nanoTime());
            toldFailure = "";
        } catch (LogTruncationException truncated) {
            truncated(truncated);
        } catch (OffsetOutOfRangeException gone) {
            outOfRange(gone.offsetOutOfRangePartitions());
        } catch (WakeupException | InterruptException stop) {
            throw stop;
        } catch (KafkaException failure) {
            var damaged = DamagedRecords.partition(failure);
            if (damaged.isEmpty()) {
                throw failure;
            }
            damage.passOver(damaged.get());
        }
    }

    /// After a poll with a few records the next one waits a little: what comes close together then shares
    /// a poll, a walk along its subscribers, and a write. What comes after a silence does not wait.
    private ConsumerRecords<byte[], byte[]> poll() {
        long wait = pollNotBefore - System.nanoTime();
        if (wait > 0) {
            LockSupport.parkNanos(wait);
        }
        var records = consumer.poll(POLL);
        int count = records.count();
        if (count > 0 && count < MANY) {
            pollNotBefore = System.nanoTime() + GATHER_NANOS;
        }
        return records;
    }

    /// Whatever was polled and is not in the logs comes again.
    private void beginAtHead() {
        damage.clear();
        for (var partition : consumer.assignment()) {
            consumer.seek(partition, new OffsetAndMetadata(position(partition), Optional.empty(), ""));
        }
        beginAtHead = false;
    }

    private void tellFailure(KafkaException failure) {
        if (!failure.toString().equals(toldFailure)) {
            toldFailure = failure.toString();
            LOG.log(System.Logger.Level.WARNING, "reading Kafka failed and is tried again: {0}", toldFailure);
        }
    }

    private void append(ConsumerRecords<byte[], byte[]> records) {
        var polled = tracing == null ? Instant.EPOCH : Instant.now();
        damage.ended(records).forEach(this::tellDamage);
        if (!records.nextOffsets().isEmpty()) {
            var batch = new Batch(channels.head(), topology, System.currentTimeMillis());
            records.nextOffsets().forEach((partition, next) -> {
                int index = topology.index(partition.topic(), partition.partition());
                if (index >= 0) {
                    records.records(partition).forEach(record -> intake.take(record, index, batch));
                    batch.endPartition(index, next.offset(), next.leaderEpoch().orElse(-1));
                }
            });
            if (tracing == null || !ready) { // what comes before that is old
                channels.append(batch, System.nanoTime());
            } else {
                tracing.append(batch.events(), polled, () -> channels.append(batch, System.nanoTime()));
            }
        }
        ready = ready || beginning.isReached(topology, channels.head().vector());
    }

    /// Takes up topics and partitions that have appeared, and topics that were replaced.
    private void applyNews() throws HistoryUnavailableException, InterruptedException {
        var news = watch.takeNews();
        if (news == null) {
            return;
        }
        var before = topology;
        var now = before;
        for (var entry : news.entrySet()) {
            var found = entry.getValue();
            now = now.with(entry.getKey(), found.id(), found.partitions());
        }
        if (!CursorRoom.fits(before, now)) {
            return;
        }
        var added = new ArrayList<TopicPartition>();
        for (int index = before.size(); index < now.size(); index++) {
            added.add(now.partition(index));
        }
        if (!added.isEmpty() || !begun) {
            take(before, now, added);
        }
        begun = true;
    }

    private void take(Topology before, Topology now, List<TopicPartition> added)
            throws HistoryUnavailableException, InterruptedException {
        var starts = offsets.starts(added);
        var ends = begun ? Map.<TopicPartition, Long>of() : offsets.ends(added);
        var replaced = before.topics().stream()
                .filter(t -> !t.id().equals(Uuid.ZERO_UUID)
                        && now.topic(t.name()).map(n -> !n.id().equals(t.id())).orElse(false))
                .toList();
        topology = now;
        if (partial != null) {
            partial.exists(now);
        }
        consumer.assign(now.topics().stream()
                .flatMap(t -> IntStream.range(0, t.indexes().size()).mapToObj(p -> new TopicPartition(t.name(), p)))
                .filter(p -> partial == null || partial.isRead(p) || (added.contains(p) && partial.isWanted(p)))
                .toList());
        var batch = new Batch(channels.head(), now, System.currentTimeMillis());
        for (var partition : added) {
            long from = starts.getOrDefault(partition, 0L);
            var end = ends.get(partition);
            beginning.forget(partition);
            damage.take(partition);
            if (partial != null && end != null) {
                from = end;
            } else if (end != null) { // it was there when we began: only its last events are of interest
                from = Math.max(from, end - settings.warmEvents());
                beginning.at(partition, end);
            }
            int index = index(now, partition);
            if (partial == null || consumer.assignment().contains(partition)) {
                consumer.seek(partition, new OffsetAndMetadata(from, Optional.empty(), ""));
            }
            if (partial != null && consumer.assignment().contains(partition)) {
                partial.reads(partition, from);
            }
            batch.endPartition(index, from, -1);
        }
        channels.appendAfterLoss(batch, System.nanoTime(), _ -> {}); // where it begins is not where others were
        for (var topic : replaced) {
            LOG.log(System.Logger.Level.WARNING, "topic {0} was deleted and created anew", topic.name());
            channels.forget(now);
            losses.tellReplaced(topic, now);
        }
        if (!added.isEmpty()) {
            LOG.log(System.Logger.Level.INFO, "reading {0} partitions more: {1}", added.size(), added);
        }
    }

    /// The consumer stands where the log no longer is: behind its start, beyond its end, or the topic is another one.
    private void outOfRange(Map<TopicPartition, Long> positions)
            throws HistoryUnavailableException, InterruptedException {
        var before = topology;
        watch.askNow();
        applyNews();
        var starts = offsets.starts(positions.keySet());
        var ends = offsets.ends(positions.keySet());
        positions.forEach((partition, position) -> {
            if (index(topology, partition) < 0 || index(topology, partition) != index(before, partition)) {
                return; // another topic of that name by now
            }
            long start = starts.getOrDefault(partition, 0L);
            long end = ends.getOrDefault(partition, start);
            if (position < start) {
                lost(partition, position, start, GapReason.RETENTION, start);
            } else if (position > end) {
                lost(partition, end, position, GapReason.TRUNCATED, end);
            } else {
                consumer.seek(partition, new OffsetAndMetadata(position, Optional.empty(), "")); // it is there again
            }
        });
    }

    /// Where the feed stands, as the head says: the consumer may have no answer while it checks its position.
    private long position(TopicPartition partition) {
        return channels.head().vector().offset(index(topology, partition));
    }

    private static int index(Topology topology, TopicPartition partition) {
        return topology.index(partition.topic(), partition.partition());
    }

    private void truncated(LogTruncationException truncated) throws HistoryUnavailableException, InterruptedException {
        var unclear = new HashMap<>(truncated.offsetOutOfRangePartitions());
        truncated.divergentOffsets().forEach((partition, divergent) -> {
            unclear.remove(partition);
            lost(partition, divergent.offset(), position(partition), GapReason.TRUNCATED, divergent.offset());
        });
        if (!unclear.isEmpty()) {
            outOfRange(unclear);
        }
    }

    private void tellDamage(TopicPartition partition) {
        var range = damage.take(partition);
        if (range != null) {
            losses.tell(topology, partition, range.from(), range.to(), GapReason.CORRUPT, range.to());
        }
    }

    private void lost(TopicPartition partition, long from, long to, GapReason reason, long goOnAt) {
        tellDamage(partition); // it lies before
        consumer.seek(partition, new OffsetAndMetadata(goOnAt, Optional.empty(), ""));
        losses.tell(topology, partition, from, to, reason, goOnAt);
    }

    @Override
    public void close() {
        stopping = true;
        consumer.wakeup(); // an interrupt would make the consumer's own close fail
        watch.close();
        if (partial != null) {
            partial.close();
        }
        try {
            if (thread.getState() == Thread.State.NEW) {
                consumer.close(CloseOptions.timeout(CLOSE));
                deadLetters.close();
            } else if (!stopped.await(5, TimeUnit.SECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "the feed does not stop");
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        offsets.close();
    }
}
