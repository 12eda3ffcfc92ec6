package dev.fanfare.webhook.lane;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Event;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.delivery.Row;
import dev.fanfare.webhook.delivery.Timings;
import dev.fanfare.webhook.delivery.Trigger;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.endpoint.Ordering;
import dev.fanfare.webhook.endpoint.PayloadForm;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// Jobs, endpoints and results to test lanes with.
final class TestJobs {
    static final Uuid TOPIC = new Uuid(7, 7);
    private static final ChannelName CHANNEL = new ChannelName("a");

    private TestJobs() {}

    static Message message(int partition, long offset, @Nullable String key, int bytes) {
        var event = new Event(
                "id",
                "source",
                "type",
                null,
                null,
                null,
                Instant.EPOCH,
                new byte[bytes],
                false,
                Map.of(),
                key,
                "t",
                partition,
                offset,
                0);
        return new Message(new MessageId(TOPIC, partition, offset), event, List.of(CHANNEL), Message.DEFAULT_TENANT);
    }

    static Job live(EndpointId endpoint, int partition, long offset, @Nullable String key) {
        return Job.live(message(partition, offset, key, 1), endpoint, _ -> {});
    }

    static Job backlog(EndpointId endpoint, long offset, int attempt, @Nullable String key) {
        return Job.backlog(message(0, offset, key, 1), endpoint, attempt, Trigger.SCHEDULE, new Row(1, 1), _ -> {});
    }

    static EndpointId id(int n) {
        return new EndpointId("ep_%020d".formatted(n));
    }

    /// With defaults, version 1.
    static Endpoint endpoint(EndpointId id) {
        return endpoint(
                id, EndpointSettings.of(URI.create("https://example.com/"), List.of(ChannelPattern.parse("**"))));
    }

    static Endpoint endpoint(EndpointId id, EndpointSettings settings) {
        return new Endpoint(
                id,
                Message.DEFAULT_TENANT,
                settings,
                List.of(),
                1,
                1,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Instant.EPOCH,
                Instant.EPOCH);
    }

    /// The same with other settings, which lanes look at.
    static EndpointSettings settings(
            URI url, PayloadForm form, OptionalInt rate, int concurrency, Ordering ordering, boolean enabled) {
        var plain = EndpointSettings.of(url, List.of(ChannelPattern.parse("**")));
        return new EndpointSettings(
                url,
                plain.channels(),
                plain.eventTypes(),
                form,
                plain.retrySchedule(),
                plain.timeout(),
                rate,
                concurrency,
                ordering,
                plain.blockMax(),
                plain.ttl(),
                plain.conflate(),
                plain.asymmetric(),
                plain.handshake(),
                plain.headers(),
                plain.description(),
                enabled);
    }

    static Result result(Reason reason) {
        return Result.without(reason, "", Timings.NONE);
    }
}
