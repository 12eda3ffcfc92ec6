package dev.fanfare.gateway.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.access.Token;
import dev.fanfare.service.http.ProblemException;
import dev.fanfare.service.kafka.KafkaClients;
import dev.fanfare.service.kafka.SharedTopic;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Tokens that were taken back, in a compacted topic that every node reads from its beginning: a record's key says
/// which, its value since when and for how long, no value that it was a mistake. While Kafka is away the last ones that
/// were read stay in force.
///
/// Threads: one platform thread reads; everything else may be called by any.
public final class RevocationLog implements Revocations, SharedTopic.Reader, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RevocationLog.class.getName());
    private static final int ENTRIES_MAX = 1_000_000; // some 200 MB
    private static final Duration FORGET = Duration.ofSeconds(10);

    private final SharedTopic shared;
    private final InstantSource clock;
    private final Map<String, Revocation> revoked = new ConcurrentHashMap<>();
    private final AtomicLong version = new AtomicLong();
    private volatile Runnable onChange = () -> {};
    private long forgotNanos = System.nanoTime(); // the reading thread's own

    public RevocationLog(KafkaClients clients, String topic, InstantSource clock) {
        this.clock = clock;
        this.shared = new SharedTopic(clients, "revocations", topic, "access.revocations.topic", this);
        shared.start();
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
        return shared.isReady() && revoked.size() <= ENTRIES_MAX;
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
        if (!shared.write(key.getBytes(UTF_8), revocation.json())) {
            throw away();
        }
    }

    private static ProblemException away() {
        return new ProblemException(
                ErrorCode.KAFKA_AWAY,
                "Kafka has not acknowledged the revocation: send it again",
                Map.of("Retry-After", "1"));
    }

    @Override
    public void take(ConsumerRecord<byte[], byte[]> record, boolean old) {
        var key = record.key() == null ? "" : new String(record.key(), UTF_8);
        if (!Revocation.isKey(key)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the record {0}/{1}/{2} revokes nothing: its key must be ''jti'' or ''sub'', the issuer and the id, "
                            + "with blanks between them",
                    record.topic(),
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
                        record.topic());
            }
        }
        version.incrementAndGet();
    }

    @Override
    public void taken(boolean some) {
        if (some) {
            onChange.run();
        }
        if (System.nanoTime() - forgotNanos > FORGET.toNanos()) {
            forgotNanos = System.nanoTime();
            var now = clock.instant();
            revoked.values().removeIf(entry -> entry.isOver(now));
        }
    }

    @Override
    public void close() {
        shared.close();
    }
}
