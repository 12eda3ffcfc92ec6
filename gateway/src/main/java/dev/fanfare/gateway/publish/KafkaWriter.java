package dev.fanfare.gateway.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.fanfare.gateway.config.GatewaySettings.Publish;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// Kafka's idempotent, `acks=all` producer, whose every wait is a part of `publish.timeout`: at most 40 % of it for
/// metadata and buffer space, 80 % from there to an acknowledgement. It exists as soon as one of Kafka's addresses
/// resolves; until then, sending fails.
///
/// Threads: any may [#send]; the outcome arrives on the producer's own thread, or the caller's.
final class KafkaWriter implements EventWriter {
    private static final System.Logger LOG = System.getLogger(KafkaWriter.class.getName());
    private static final int METADATA_PERCENT = 40;
    private static final int DELIVERY_PERCENT = 80;

    /// Room for key, headers and framing beside a value of `publish.bytes-max`; the brokers' own limits still hold.
    private static final int RECORD_OVERHEAD = 65_536;

    private final String topic;
    private final Duration timeout;
    private final Map<String, Object> config;
    private final CompletableFuture<Producer<byte[], byte[]>> producer = new CompletableFuture<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread starter;

    /// The kind of failure logged last; null while all is well. One line per outage, not one per event.
    private final AtomicReference<@Nullable Class<?>> trouble = new AtomicReference<>();

    private KafkaWriter(Map<String, String> kafka, Publish settings) {
        this.topic = settings.topic();
        this.timeout = settings.timeout();
        this.config = config(kafka, settings);
        checkLinger(new ProducerConfig(config)); // throws what is wrong with it, before a thread could hide it
        this.starter = Thread.ofVirtual().name("publish-start").unstarted(this::create);
    }

    /// @throws org.apache.kafka.common.config.ConfigException names the Kafka property that is wrong
    static KafkaWriter open(Map<String, String> kafka, Publish settings) {
        var writer = new KafkaWriter(kafka, settings);
        writer.starter.start();
        return writer;
    }

    /// The producer checks this itself, but with the wrong key to blame: the delivery timeout is not the operator's.
    private static void checkLinger(ProducerConfig config) {
        var linger = config.getLong(ProducerConfig.LINGER_MS_CONFIG);
        var room = config.getInt(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG)
                - config.getInt(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG);
        if (linger > room) {
            throw new ConfigException(
                    ProducerConfig.LINGER_MS_CONFIG, linger, "at most %d, 40 %% of publish.timeout".formatted(room));
        }
    }

    static Map<String, Object> config(Map<String, String> kafka, Publish settings) {
        var millis = settings.timeout().toMillis();
        var metadata = (int) (millis * METADATA_PERCENT / 100);
        var config = new HashMap<String, Object>();
        config.put(ProducerConfig.CLIENT_ID_CONFIG, "fanfare-publish");
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, settings.bytesMax() + RECORD_OVERHEAD);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.putAll(kafka);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, metadata);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, metadata);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) (millis * DELIVERY_PERCENT / 100));
        config.put(ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, (long) metadata);
        config.put(ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, (long) metadata);
        config.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        config.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        return config;
    }

    /// Hands the event to Kafka. Blocks for metadata or buffer space at most.
    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the callback gets whatever the future would
    public void send(Outgoing event, Consumer<Attempt> outcome) {
        try {
            started()
                    .send(
                            record(event),
                            (written, failure) ->
                                    outcome.accept(failure == null ? success(event, written) : failed(failure)));
        } catch (RuntimeException failure) {
            outcome.accept(failed(failure));
        }
    }

    private Producer<byte[], byte[]> started() {
        try {
            return producer.get(timeout.toMillis() * METADATA_PERCENT / 100, MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException unresolved) {
            throw new TimeoutException("no address of Kafka resolves", unresolved);
        } catch (InterruptedException stop) {
            throw new InterruptException(stop); // sets the interrupt flag again
        } catch (ExecutionException closing) {
            throw new IllegalStateException(closing.getCause()); // as a closed producer does
        }
    }

    private ProducerRecord<byte[], byte[]> record(Outgoing event) {
        var key = event.key();
        var record = new ProducerRecord<byte[], byte[]>(topic, key == null ? null : key.getBytes(UTF_8), event.value());
        event.headers()
                .forEach(header ->
                        record.headers().add(header.name(), header.value().getBytes(UTF_8)));
        return record;
    }

    private Attempt success(Outgoing event, RecordMetadata written) {
        if (trouble.get() != null && trouble.getAndSet(null) != null) {
            LOG.log(Level.INFO, "Kafka acknowledges published events again");
        }
        var partition = written.partition();
        var offset = written.offset();
        var id = event.id() == null ? topic + "/" + partition + "/" + offset : event.id();
        return new Attempt.Written(new Receipt(id, topic, partition, offset));
    }

    private Attempt failed(Exception failure) {
        if (trouble.getAndSet(failure.getClass()) != failure.getClass()) {
            LOG.log(Level.WARNING, "Kafka does not take published events on topic {0}: {1}", topic, failure);
        }
        return new Attempt.Failed(failure);
    }

    /// An address that does not resolve yet is no reason not to start: tried again each second.
    private void create() {
        var warned = false;
        try {
            do {
                try {
                    var made = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
                    if (!producer.complete(made)) {
                        made.close(); // closed meanwhile
                    }
                    return;
                } catch (KafkaException unresolved) {
                    if (!warned) {
                        LOG.log(
                                Level.WARNING,
                                "Publishing waits for Kafka: {0}",
                                root(unresolved).getMessage());
                        warned = true;
                    }
                }
            } while (!closed.await(1, TimeUnit.SECONDS));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static Throwable root(Throwable failure) {
        var cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /// What is under way is still sent, within `publish.timeout`.
    @Override
    public void close() {
        closed.countDown();
        if (!producer.completeExceptionally(new IllegalStateException("publishing has stopped"))
                && producer.state() == Future.State.SUCCESS) {
            producer.resultNow().close(timeout);
        }
    }
}
