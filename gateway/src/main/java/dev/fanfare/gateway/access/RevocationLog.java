package dev.fanfare.gateway.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.access.Token;
import dev.fanfare.service.http.ProblemException;
import dev.fanfare.service.kafka.KafkaClients;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/// Tokens that were taken back, in a compacted topic that every node reads from its beginning: a record's key says
/// which, its value since when and for how long, no value that it was a mistake. While Kafka is away the last ones that
/// were read stay in force.
///
/// Threads: one platform thread reads; everything else may be called by any.
public final class RevocationLog implements Revocations, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RevocationLog.class.getName());
    private static final int ENTRIES_MAX = 1_000_000; // some 200 MB
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration LOOK = Duration.ofSeconds(10); // for new partitions
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final long AGAIN_MILLIS = 1000;

    private final KafkaClients clients;
    private final String topic;
    private final InstantSource clock;
    private final Map<String, Revocation> revoked = new ConcurrentHashMap<>();
    private final AtomicLong version = new AtomicLong();
    private final Producer<byte[], byte[]> producer;
    private final Thread reader =
            Thread.ofPlatform().name("revocations").daemon().unstarted(this::run);
    private volatile Runnable onChange = () -> {};
    private volatile boolean ready;
    private volatile boolean closing;
    private volatile @Nullable Consumer<byte[], byte[]> reading;
    private boolean reported; // reader's own

    public RevocationLog(KafkaClients clients, String topic, InstantSource clock) {
        this.clients = clients;
        this.topic = topic;
        this.clock = clock;
        this.producer = clients.producer("fanfare-revocations");
        reader.start();
    }

    @Override
    public boolean isRevoked(Token token) {
        return isRevoked(Revocation.subjectKey(token.issuer(), token.subject()), token)
                || token.id()
                        .filter(id -> isRevoked(Revocation.tokenKey(token.issuer(), id), token))
                        .isPresent();
    }

    private boolean isRevoked(String key, Token token) {
        var entry = revoked.get(key);
        return entry != null && entry.concerns(token, clock.instant());
    }

    @Override
    public long version() {
        return version.get();
    }

    /// More than there is room for cannot be told from none, so the node serves nobody then.
    @Override
    public boolean isReady() {
        return ready && revoked.size() <= ENTRIES_MAX;
    }

    @Override
    public void onChange(Runnable run) {
        onChange = run;
    }

    /// Takes tokens back, everywhere.
    ///
    /// @param key of [Revocation]
    /// @throws ProblemException if Kafka does not acknowledge it in time; it may have taken it nevertheless
    public void revoke(String key, Revocation revocation) {
        try {
            producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), revocation.json()))
                    .get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | KafkaException away) {
            throw away();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw away();
        }
    }

    private static ProblemException away() {
        return new ProblemException(
                ErrorCode.KAFKA_AWAY,
                "Kafka has not acknowledged the revocation: send it again",
                Map.of("Retry-After", "1"));
    }

    // ---- the reader ----

    private void run() {
        while (!closing) {
            try (var consumer = clients.consumer("fanfare-revocations", Map.of())) {
                reading = consumer;
                read(consumer);
            } catch (WakeupException stop) {
                return;
            } catch (KafkaException away) {
                report(String.valueOf(away.getMessage()));
            }
            try {
                Thread.sleep(AGAIN_MILLIS);
            } catch (InterruptedException stop) {
                return;
            }
        }
    }

    private void report(String why) {
        if (!reported) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the topic {0} of access.revocations.topic cannot be read: {1}",
                    topic,
                    why);
        }
        reported = true;
    }

    /// Returns when there are more partitions, or none yet.
    private void read(Consumer<byte[], byte[]> consumer) {
        var partitions = partitions(consumer);
        if (partitions.isEmpty()) {
            report("there is no such topic: create it, with cleanup.policy=compact");
            return;
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        var ends = consumer.endOffsets(partitions, ANSWER);
        long looked = System.nanoTime();
        while (!closing) {
            var records = consumer.poll(POLL);
            records.forEach(this::take);
            if (!records.isEmpty()) {
                onChange.run();
            }
            if (!ready && partitions.stream().allMatch(p -> consumer.position(p) >= ends.getOrDefault(p, 0L))) {
                ready = true;
                LOG.log(System.Logger.Level.INFO, "{0} revocations are in force", revoked.size());
            }
            reported = reported && !ready;
            if (System.nanoTime() - looked > LOOK.toNanos()) {
                looked = System.nanoTime();
                forget();
                if (partitions(consumer).size() > partitions.size()) {
                    return;
                }
            }
        }
    }

    private List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer) {
        return Optional.ofNullable(consumer.partitionsFor(topic, ANSWER)).orElse(List.of()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        var key = record.key() == null ? "" : new String(record.key(), UTF_8);
        if (!Revocation.isKey(key)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the record {0}/{1}/{2} revokes nothing: its key must be ''jti'' or ''sub'', the issuer and the id, "
                            + "with blanks between them",
                    topic,
                    record.partition(),
                    Long.toString(record.offset()));
            return;
        }
        if (record.value() == null) {
            revoked.remove(key);
        } else {
            revoked.put(key, Revocation.parse(record.value()));
            if (revoked.size() == ENTRIES_MAX + 1) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "more than {0} revocations: this node serves nobody until some are removed from {1}",
                        ENTRIES_MAX,
                        topic);
            }
        }
        version.incrementAndGet();
    }

    private void forget() {
        var now = clock.instant();
        revoked.values().removeIf(entry -> entry.isOver(now));
    }

    @Override
    public void close() {
        closing = true;
        var consumer = reading;
        if (consumer != null) {
            consumer.wakeup();
        }
        reader.interrupt();
        producer.close(Duration.ofSeconds(1));
    }
}
