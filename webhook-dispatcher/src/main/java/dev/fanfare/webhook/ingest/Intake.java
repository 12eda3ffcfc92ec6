package dev.fanfare.webhook.ingest;

import dev.fanfare.service.kafka.KafkaClients;
import dev.fanfare.service.log.LogField;
import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.endpoint.Registry;
import dev.fanfare.webhook.journal.Journal;
import dev.fanfare.webhook.journal.OperationalEvent;
import dev.fanfare.webhook.journal.Positions;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;

/// Reads the routed topics as a member of a consumer group (KIP-848), makes a job of each event and endpoint, and
/// commits what is settled.
///
/// A commit covers only events whose every delivery is delivered, parked or ended on record: see [Settler].
///
/// Threads: `intake` alone talks to Kafka, and never waits for a delivery; `settler` prepares commits and waits for the
/// store.
public final class Intake implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Intake.class.getName());
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(1);
    private static final Duration HAND_OVER = Duration.ofSeconds(3);
    private static final Duration ROOM_WAIT = Duration.ofSeconds(1);
    private static final Duration LAG_EVERY = Duration.ofSeconds(1);
    private static final int RECORDS_MAX = 128; // of a poll: fewer than fit in a lane

    private final RecordTaker taker;
    private final Positions positions;
    private final Consumer<OperationalEvent> news;
    private final IntakeMetrics metrics;
    private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
    private final Optional<? extends Metric> connections; // how many there are
    private final Start start;
    private final Settler settler;
    private final Windows windows;
    private final Set<TopicPartition> unplaced = new HashSet<>(); // intake thread only: assigned, not positioned yet
    private long placeAgainAt; // intake thread only
    private long lagMeasuredAt = System.nanoTime(); // intake thread only
    private boolean introduced; // intake thread only
    private final Thread intake = Thread.ofPlatform().name("intake").unstarted(this::run);
    private volatile boolean closing;
    private volatile boolean reading; // assigned, and every partition has its place
    private volatile boolean reachable;
    private volatile boolean failing;

    public Intake(
            IntakeSettings settings,
            KafkaClients clients,
            RecordTaker taker,
            Registry registry,
            Freshness freshness,
            Positions positions,
            Lanes lanes,
            Journal journal,
            Consumer<OperationalEvent> news,
            IntakeMetrics metrics) {
        this.taker = taker;
        this.positions = positions;
        this.news = news;
        this.metrics = metrics;
        this.consumer = clients.consumer(
                "fanfare-webhooks",
                Map.of(
                        ConsumerConfig.GROUP_ID_CONFIG,
                        settings.group(),
                        ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                        "consumer",
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        RECORDS_MAX));
        this.connections = consumer.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("connection-count"))
                .findFirst();
        this.start = new Start(clients, consumer, positions);
        this.settler = new Settler(settings.commitEvery(), freshness, positions);
        this.windows = new Windows(settings, registry, lanes, journal, metrics, settler::nudge);
    }

    public void start() {
        intake.start();
        settler.start(windows);
    }

    /// Whether partitions are assigned and being read.
    public boolean isReading() {
        return reading;
    }

    /// Whether there is a connection to Kafka, and reading did not fail.
    public boolean isKafkaReachable() {
        return reachable && !failing;
    }

    /// Events between read and committed, by partition, for metrics.
    public Map<String, Integer> inFlight() {
        var events = new HashMap<String, Integer>();
        for (var partition : windows.partitions()) {
            var window = windows.get(partition);
            events.put(partition.toString(), window == null ? 0 : window.events());
        }
        return events;
    }

    /// Records of a partition that are not settled, read or not; 0 if somebody else reads it.
    public long lag(TopicPartition partition) {
        var window = windows.get(partition);
        return window == null ? 0 : window.lag();
    }

    // --- intake thread

    private void run() {
        consumer.subscribe(taker.topics(), new Rebalances());
        while (!closing) {
            try {
                place();
                commit();
                throttle();
                long end = System.nanoTime() + ROOM_WAIT.toNanos();
                awaitRoom(end);
                read(end);
                look();
            } catch (OffsetOutOfRangeException gone) {
                gone.offsetOutOfRangePartitions().keySet().forEach(this::drop);
                unplaced.addAll(gone.offsetOutOfRangePartitions().keySet());
            } catch (KafkaException away) {
                if (!failing) {
                    LOG.log(System.Logger.Level.WARNING, "reading from Kafka failed, trying again: " + away);
                }
                failing = true;
                pause();
            } catch (RuntimeException fault) {
                LOG.log(System.Logger.Level.ERROR, "a fault of the intake, trying again", fault);
                pause();
            }
        }
        handOver(windows.partitions());
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(HAND_OVER));
    }

    /// Gives lanes time for what was read, if they make good use of it: not so long that the group would notice.
    private void awaitRoom(long end) {
        try {
            while (!closing && System.nanoTime() - end < 0 && windows.areLanesBusy()) {
                Thread.sleep(2);
            }
        } catch (InterruptedException stop) {
            closing = true;
        }
    }

    private void pause() {
        try {
            Thread.sleep(TRY_AGAIN);
        } catch (InterruptedException stop) {
            closing = true;
        }
    }

    /// Polling does not fail while no broker can be reached; it finds nothing.
    private void look() {
        failing = false;
        boolean connected = connections.isEmpty()
                || !(connections.get().metricValue() instanceof Number count)
                || count.doubleValue() > 0;
        if (connected != reachable) {
            LOG.log(
                    connected ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
                    connected ? "Kafka answers" : "Kafka cannot be reached, trying again");
        }
        reachable = connected;
    }

    private void read(long end) {
        var records = consumer.poll(POLL);
        for (var partition : records.partitions()) {
            var window = windows.get(partition);
            if (window == null) {
                continue; // revoked by this very poll, or not placed yet
            }
            for (var record : records.records(partition)) {
                taker.take(window.topicId, record)
                        .ifPresentOrElse(
                                message -> windows.take(window, message), () -> window.read(record.offset() + 1));
                if (windows.isLookDue()) {
                    awaitRoom(end);
                }
            }
        }
        for (var partition : windows.partitions()) {
            var window = windows.get(partition);
            if (window != null && !unplaced.contains(partition)) {
                window.read(consumer.position(partition, POLL)); // behind control records, too
            }
        }
        measureLag();
        reading = !windows.partitions().isEmpty() && unplaced.isEmpty();
    }

    /// Once a second: it asks Kafka's own thread.
    private void measureLag() {
        long now = System.nanoTime();
        if (now - lagMeasuredAt > LAG_EVERY.toNanos()) {
            lagMeasuredAt = now;
            for (var partition : windows.partitions()) {
                var window = windows.get(partition);
                if (window != null && !unplaced.contains(partition)) {
                    consumer.currentLag(partition)
                            .ifPresent(lag -> window.endsAt(consumer.position(partition, POLL) + lag));
                }
            }
        }
    }

    /// Pauses what is full, and resumes what is not any more.
    private void throttle() {
        var paused = consumer.paused();
        for (var partition : windows.partitions()) {
            var window = windows.get(partition);
            if (window == null || unplaced.contains(partition)) {
                continue;
            }
            boolean full = windows.isFull(window);
            if (full) {
                settler.nudge();
            }
            if (full && !paused.contains(partition)) {
                consumer.pause(Set.of(partition));
            } else if (!full && paused.contains(partition)) {
                consumer.resume(Set.of(partition));
            }
        }
    }

    private void commit() {
        var offsets = ready(windows.partitions());
        if (!offsets.isEmpty()) {
            consumer.commitAsync(offsets, (committed, failure) -> {
                if (failure == null) {
                    metrics.commits.increment();
                    committed.forEach(this::committed);
                } // else the settler prepares it again
            });
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> ready(Collection<TopicPartition> partitions) {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        settler.takeReady().forEach((partition, offset) -> {
            var window = windows.get(partition);
            if (partitions.contains(partition) && window != null && offset > window.committed()) {
                offsets.put(partition, new OffsetAndMetadata(offset));
            }
        });
        return offsets;
    }

    private void committed(TopicPartition partition, OffsetAndMetadata offset) {
        var window = windows.get(partition);
        if (window != null) {
            window.committed(offset.offset());
        }
    }

    /// Finds where assigned partitions are to be read from; while Kafka or the store is away, again each second.
    private void place() {
        if (unplaced.isEmpty() || System.nanoTime() - placeAgainAt < 0) {
            return;
        }
        placeAgainAt = System.nanoTime() + TRY_AGAIN.toNanos();
        try {
            if (!introduced) {
                start.introduce(taker.topics());
                introduced = true;
            }
            for (var partition : Set.copyOf(unplaced)) {
                place(partition, start.of(partition));
            }
        } catch (KafkaException kafkaAway) {
            throw kafkaAway;
        } catch (RuntimeException storeAway) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "cannot tell where to read from, trying again: the store is away, "
                            + storeAway.getClass().getSimpleName());
        }
    }

    private void place(TopicPartition partition, Start.Point point) {
        // after a truncation new events have the offsets, and so the ids, of old ones
        var onRecord = point.wanted() > point.offset()
                ? Set.<DeliveryId>of()
                : positions.settled(point.topicId(), partition.partition(), point.offset());
        if (point.isLoss()) {
            long from = Math.min(point.wanted(), point.offset());
            long to = Math.max(point.wanted(), point.offset());
            metrics.lostRanges.increment();
            LOG.log(
                    System.Logger.Level.ERROR,
                    "records {0} to {1} of {2} are gone from Kafka",
                    Long.toString(from),
                    Long.toString(to - 1),
                    partition);
            news.accept(new OperationalEvent(
                    "feed.lost",
                    partition.toString(),
                    Instant.now(),
                    Map.of("from", Long.toString(from), "to", Long.toString(to))));
        }
        consumer.seek(partition, point.offset());
        windows.open(partition, new Window(point.topicId(), point.offset(), onRecord));
        unplaced.remove(partition);
        metrics.reads(partition);
        consumer.resume(Set.of(partition));
        LOG.log(
                System.Logger.Level.INFO,
                "reading {0}-{1} from {2}",
                new LogField("topic", partition.topic()),
                new LogField("partition", partition.partition()),
                new LogField("offset", point.offset()));
    }

    private void drop(TopicPartition partition) {
        windows.drop(partition);
        unplaced.remove(partition);
    }

    /// Lets what is being called come to its end, as far as that is soon, and commits a last time.
    private void handOver(Collection<TopicPartition> partitions) {
        var released = new HashMap<TopicPartition, Integer>();
        partitions.forEach(partition -> released.put(partition, windows.release(partition)));
        long deadline = System.nanoTime() + HAND_OVER.toNanos();
        try {
            while (System.nanoTime() - deadline < 0
                    && released.entrySet().stream().anyMatch(one -> windows.pending(one.getKey()) > one.getValue())) {
                Thread.sleep(20);
            }
            settler.prepare();
            var offsets = ready(partitions);
            if (!offsets.isEmpty()) {
                consumer.commitSync(offsets, HAND_OVER);
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException away) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the last commit failed, some events will be delivered again: " + away);
        }
        partitions.forEach(this::drop);
    }

    private final class Rebalances implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            consumer.pause(partitions);
            partitions.forEach(partition -> consumer.seek(partition, 0)); // none has no position, which poll refuses
            unplaced.addAll(partitions);
            placeAgainAt = System.nanoTime();
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            handOver(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            partitions.forEach(Intake.this::drop);
        }
    }

    @Override
    public void close() {
        closing = true;
        try {
            intake.join(10_000); // unlike the other join, none for a thread that was not started
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        settler.close();
        start.close();
    }
}
