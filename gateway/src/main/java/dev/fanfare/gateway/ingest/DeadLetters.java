package dev.fanfare.gateway.ingest;

import dev.fanfare.events.UndecodableException;
import dev.fanfare.service.kafka.KafkaClients;
import dev.fanfare.service.log.LogField;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/// What becomes of records that cannot be decoded: counted, logged once per topic and reason, and copied to the
/// dead-letter topic if there is one. Feed thread only; the copy is sent in the background.
final class DeadLetters implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(DeadLetters.class.getName());

    private final KafkaClients clients;
    private final Optional<String> topic;
    private final FeedMetrics metrics;
    private final Set<String> logged = ConcurrentHashMap.newKeySet();
    private @Nullable Producer<byte[], byte[]> producer; // made at first need

    DeadLetters(KafkaClients clients, Optional<String> topic, FeedMetrics metrics) {
        this.clients = clients;
        this.topic = topic;
        this.metrics = metrics;
    }

    /// Reports a record.
    ///
    /// @param live whether it is newer than this node's start: every node reads the older ones, and N nodes would
    ///     send N copies
    void report(ConsumerRecord<byte[], byte[]> record, UndecodableException failure, boolean live) {
        metrics.undecodable(failure.reason()).increment();
        if (logged.add(record.topic() + " " + failure.reason())) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "cannot decode record {0}/{1}/{2}: {3} (further ones of {0} with reason {4} are counted only)",
                    new LogField("topic", record.topic()),
                    new LogField("partition", record.partition()),
                    new LogField("offset", record.offset()),
                    failure.getMessage(),
                    new LogField("reason", failure.reason().code()));
        }
        if (live && topic.isPresent()) {
            send(topic.get(), record, failure);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback gets the same
    private void send(String to, ConsumerRecord<byte[], byte[]> record, UndecodableException failure) {
        var origin = record.topic() + "-" + record.partition() + "-" + record.offset();
        var headers = new ArrayList<Header>();
        record.headers().forEach(headers::add);
        header(headers, "fanfare-error", failure.reason().code());
        header(headers, "fanfare-error-detail", failure.getMessage());
        header(headers, "fanfare-topic", record.topic());
        header(headers, "fanfare-partition", Integer.toString(record.partition()));
        header(headers, "fanfare-offset", Long.toString(record.offset()));
        try {
            var sender = producer;
            if (sender == null) {
                sender = clients.producer("fanfare-dead-letters");
                producer = sender;
            }
            var letter = new ProducerRecord<byte[], byte[]>(
                    to, null, origin.getBytes(StandardCharsets.UTF_8), record.value(), headers);
            sender.send(letter, (_, error) -> {
                if (error == null) {
                    metrics.deadLettered.increment();
                } else {
                    failed(origin, error);
                }
            });
        } catch (RuntimeException error) {
            failed(origin, error);
        }
    }

    private void failed(String origin, Exception error) {
        metrics.deadLetterFailures.increment();
        LOG.log(
                System.Logger.Level.WARNING,
                "dead letter {0} was not written: {1}",
                new LogField("record", origin),
                error.getMessage());
    }

    private static void header(List<Header> headers, String name, @Nullable String value) {
        headers.add(new RecordHeader(name, String.valueOf(value).getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close(java.time.Duration.ofSeconds(2));
        }
    }
}
