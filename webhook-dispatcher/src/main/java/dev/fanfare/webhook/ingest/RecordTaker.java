package dev.fanfare.webhook.ingest;

import dev.fanfare.events.Event;
import dev.fanfare.events.EventDecoder;
import dev.fanfare.events.Routing;
import dev.fanfare.events.UndecodableException;
import dev.fanfare.service.log.LogField;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.journal.OperationalEvent;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.Uuid;

/// From a record to a message. What cannot be decoded is counted and told once per topic and reason. Intake thread
/// only, but for [#read].
public final class RecordTaker {
    private static final System.Logger LOG = System.getLogger(RecordTaker.class.getName());

    private static final int ATTRIBUTES_MAX = 100_000; // in characters

    private final EventDecoder decoder = new EventDecoder();
    private final Routing routing;
    private final Tenants tenants;
    private final Consumer<OperationalEvent> news;
    private final IntakeMetrics metrics;
    private final Set<String> told = new HashSet<>();

    public RecordTaker(Routing routing, Tenants tenants, Consumer<OperationalEvent> news, IntakeMetrics metrics) {
        this.routing = routing;
        this.tenants = tenants;
        this.news = news;
        this.metrics = metrics;
    }

    /// That events are taken from.
    public Set<String> topics() {
        return routing.topics();
    }

    /// Empty if it is for nobody.
    Optional<Message> take(Uuid topicId, ConsumerRecord<byte[], byte[]> record) {
        metrics.records.increment();
        try {
            var message = read(topicId, record);
            if (message.isEmpty()) {
                metrics.unrouted.increment();
            }
            return message;
        } catch (UndecodableException failure) {
            report(record, failure);
            return Optional.empty();
        }
    }

    /// The same without counting and telling, for who reads a record again. Thread-safe.
    ///
    /// @return empty if no routing rule matches
    public Optional<Message> read(Uuid topicId, ConsumerRecord<byte[], byte[]> record) throws UndecodableException {
        Event event = decoder.decode(record);
        check(event);
        var channels = routing.channels(event, record.headers());
        if (channels.isEmpty()) {
            return Optional.empty();
        }
        var id = new MessageId(topicId, record.partition(), record.offset());
        return Optional.of(new Message(id, event, channels, tenants.of(event, record.headers(), channels)));
    }

    /// What is parked has to fit into the store; the data has a limit of its own.
    private static void check(Event event) throws UndecodableException {
        var length = new AtomicInteger();
        event.forEachAttribute((name, value) -> length.addAndGet(name.length() + value.length()));
        if (length.get() > ATTRIBUTES_MAX) {
            throw new UndecodableException(
                    UndecodableException.Reason.INVALID_ATTRIBUTE,
                    "attributes and key have %d characters, %d are the most".formatted(length.get(), ATTRIBUTES_MAX));
        }
    }

    private void report(ConsumerRecord<byte[], byte[]> record, UndecodableException failure) {
        metrics.undecodable.increment();
        if (!told.add(record.topic() + " " + failure.reason())) {
            return;
        }
        var where = record.topic() + "/" + record.partition() + "/" + record.offset();
        LOG.log(
                System.Logger.Level.WARNING,
                "cannot decode record {0}/{1}/{2}: {3} (further ones of {0} with reason {4} are counted only)",
                new LogField("topic", record.topic()),
                new LogField("partition", record.partition()),
                new LogField("offset", record.offset()),
                failure.getMessage(),
                new LogField("reason", failure.reason().code()));
        news.accept(new OperationalEvent(
                "record.undecodable",
                where,
                Instant.now(),
                Map.of(
                        "reason",
                        failure.reason().name(),
                        "detail",
                        Optional.ofNullable(failure.getMessage()).orElse(""))));
    }
}
