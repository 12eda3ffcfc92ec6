package dev.fanfare.webhook.payload;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.EventDecoder;
import dev.fanfare.events.UndecodableException;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.endpoint.PayloadForm;
import dev.fanfare.webhook.endpoint.SealedSecret;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/// Messages and endpoints for tests. Records are of topic `orders`, partition 0, and have the key `42`.
final class Messages {
    static final Uuid TOPIC = new Uuid(1, 2);

    private Messages() {}

    /// @param headers name, value, name, value
    static Message message(long offset, byte @Nullable [] value, String... headers) {
        var kafka = new RecordHeaders();
        for (int i = 0; i < headers.length; i += 2) {
            kafka.add(headers[i], headers[i + 1].getBytes(UTF_8));
        }
        byte[] key = {'4', '2'};
        var record = new ConsumerRecord<byte[], byte[]>(
                "orders",
                0,
                offset,
                1_795_253_400_000L,
                TimestampType.CREATE_TIME,
                2,
                0,
                key,
                value,
                kafka,
                Optional.of(1));
        try {
            return new Message(
                    new MessageId(TOPIC, 0, offset),
                    new EventDecoder().decode(record),
                    List.of(new ChannelName("orders.42")),
                    Message.DEFAULT_TENANT);
        } catch (UndecodableException fault) {
            throw new IllegalArgumentException(fault);
        }
    }

    static Message text(long offset, String value, String... headers) {
        return message(offset, value.getBytes(UTF_8), headers);
    }

    /// A CloudEvent of JSON with an id that is not ASCII.
    static Message cloudEvent(long offset, String... more) {
        var headers = new String[12 + more.length];
        var fixed = List.of(
                "ce_specversion",
                "1.0",
                "ce_id",
                "é 1%",
                "ce_source",
                "/shop",
                "ce_type",
                "order.paid",
                "ce_tenantid",
                "acme",
                "content-type",
                "application/json");
        for (int i = 0; i < headers.length; i++) {
            headers[i] = i < fixed.size() ? fixed.get(i) : more[i - fixed.size()];
        }
        return text(offset, "{\"total\": 12.0}", headers);
    }

    static Endpoint endpoint(PayloadForm form, Map<String, String> headers, SealedSecret... secrets) {
        var plain =
                EndpointSettings.of(URI.create("https://example.com/hook"), List.of(ChannelPattern.parse("orders.*")));
        var settings = new EndpointSettings(
                plain.url(),
                plain.channels(),
                plain.eventTypes(),
                form,
                plain.retrySchedule(),
                plain.timeout(),
                plain.ratePerSecond(),
                plain.concurrency(),
                plain.ordering(),
                plain.blockMax(),
                plain.ttl(),
                plain.conflate(),
                true,
                plain.handshake(),
                headers,
                plain.description(),
                plain.enabled());
        return new Endpoint(
                EndpointId.random(),
                Message.DEFAULT_TENANT,
                settings,
                List.of(secrets),
                1,
                1,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Instant.EPOCH,
                Instant.EPOCH);
    }

    static Payload payload(PayloadForm form, Message... messages) {
        return Payloads.of(endpoint(form, Map.of()), List.of(messages));
    }
}
