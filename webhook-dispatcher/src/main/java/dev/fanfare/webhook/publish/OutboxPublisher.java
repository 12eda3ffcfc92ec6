package dev.fanfare.webhook.publish;

import dev.fanfare.service.kafka.KafkaClients;
import dev.fanfare.service.log.LogField;
import dev.fanfare.webhook.store.Outbox;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/// Publishes the outbox in its order, and removes what Kafka has: each at least once, whatever is away meanwhile. What
/// is meant for a topic that is not configured is removed without being published.
///
/// Threads: one of its own.
public final class OutboxPublisher implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(OutboxPublisher.class.getName());
    private static final int BATCH = 200;
    private static final Duration ROUND = Duration.ofMillis(500);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

    private final Outbox outbox;
    private final Map<Outbox.Role, String> topics;
    private final Producer<byte[], byte[]> producer;
    private final LongAdder published = new LongAdder();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().name("outbox").daemon().unstarted(this::run);

    /// @param topics by role; what has none is not published
    public OutboxPublisher(Outbox outbox, Map<Outbox.Role, String> topics, KafkaClients clients) {
        this.outbox = outbox;
        this.topics = Map.copyOf(topics);
        this.producer = clients.producer("fanfare-webhooks-outbox");
    }

    public void start() {
        thread.start();
    }

    /// Records that Kafka has taken.
    public long published() {
        return published.sum();
    }

    private void run() {
        boolean failing = false;
        try {
            var pause = Duration.ZERO;
            while (!closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    pause = publish() < BATCH ? ROUND : Duration.ZERO;
                    failing = false;
                } catch (InterruptException stop) {
                    return;
                } catch (ExecutionException | TimeoutException | RuntimeException failure) {
                    if (!failing) {
                        LOG.log(
                                System.Logger.Level.WARNING,
                                "dead letters and operational events wait, publishing failed: " + failure);
                    }
                    failing = true;
                    pause = AFTER_FAILURE;
                }
            }
        } catch (InterruptedException stop) {
            // closed
        }
    }

    private int publish() throws InterruptedException, ExecutionException, TimeoutException {
        var items = outbox.next(BATCH);
        if (items.isEmpty()) {
            return 0;
        }
        var sent = new HashMap<Long, @Nullable Future<RecordMetadata>>();
        for (var item : items) {
            var topic = topics.get(item.role());
            sent.put(item.id(), topic == null ? null : producer.send(record(topic, item)));
        }
        var done = new ArrayList<Long>();
        try {
            for (var item : items) {
                var future = sent.get(item.id());
                if (future != null && isTaken(future, item)) {
                    published.increment();
                }
                done.add(item.id());
            }
        } finally {
            outbox.delete(done);
        }
        return items.size();
    }

    /// A record that is too large for Kafka would hold up all others for ever. A dead letter stays in the store.
    private static boolean isTaken(Future<RecordMetadata> future, Outbox.Item item)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            future.get(30, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException failure) {
            if (!(failure.getCause() instanceof RecordTooLargeException)) {
                throw failure;
            }
            LOG.log(
                    System.Logger.Level.ERROR,
                    "{0} {1} is too large for its topic, and not published: raise max.message.bytes",
                    item.role(),
                    new LogField("key", item.key()));
            return false;
        }
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, Outbox.Item item) {
        var headers = new ArrayList<Header>();
        item.headers()
                .forEach((name, value) -> headers.add(new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8))));
        return new ProducerRecord<>(topic, null, item.key().getBytes(StandardCharsets.UTF_8), item.body(), headers);
    }

    @Override
    public void close() {
        closing.countDown(); // no interrupt: see Database
        try {
            thread.join(3_000); // unlike the other join, none for a thread that was not started
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofSeconds(2));
    }
}
