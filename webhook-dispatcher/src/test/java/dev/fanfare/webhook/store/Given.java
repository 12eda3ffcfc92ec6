package dev.fanfare.webhook.store;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Event;
import dev.fanfare.webhook.delivery.Attempt;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.delivery.Timings;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.endpoint.Ordering;
import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.journal.Entry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// Messages, endpoints and entries as tests need them.
final class Given {
    static final Uuid TOPIC = Uuid.fromString("AAAAAAAAAAAAAAAAAAAABw");
    static final Instant TIME = Instant.parse("2026-11-20T08:00:00.123456Z");

    private Given() {}

    static Message message(long offset) {
        return message(offset, null, "{\"n\":" + offset + "}");
    }

    static Message message(long offset, @Nullable String key) {
        return message(offset, key, "{\"n\":" + offset + "}");
    }

    static Message message(long offset, @Nullable String key, String data) {
        var event = new Event(
                "id-" + offset,
                "/orders",
                "order.created",
                "42",
                "application/json",
                null,
                TIME,
                data.getBytes(StandardCharsets.UTF_8),
                false,
                Map.of("traceparent", "00-1-2-01"),
                key,
                "orders",
                3,
                offset,
                TIME.toEpochMilli());
        return new Message(
                new MessageId(TOPIC, 3, offset), event, List.of(new ChannelName("orders.42")), Message.DEFAULT_TENANT);
    }

    static Endpoint endpoint(Ordering ordering, boolean conflate) {
        return endpoint(EndpointId.random(), ordering, conflate);
    }

    static Endpoint endpoint(EndpointId id, Ordering ordering, boolean conflate) {
        return endpoint(id, ordering, conflate, Optional.empty());
    }

    static Endpoint endpoint(EndpointId id, Ordering ordering, boolean conflate, Optional<Duration> ttl) {
        var plain =
                EndpointSettings.of(URI.create("https://example.com/hook"), List.of(ChannelPattern.parse("orders.*")));
        var settings = new EndpointSettings(
                plain.url(),
                plain.channels(),
                plain.eventTypes(),
                plain.form(),
                plain.retrySchedule(),
                plain.timeout(),
                plain.ratePerSecond(),
                plain.concurrency(),
                ordering,
                Duration.ofHours(1),
                ttl,
                conflate,
                false,
                false,
                Map.of(),
                "",
                true);
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
                TIME,
                TIME);
    }

    static Result result(Reason reason, int status, String head) {
        return new Result(reason, status, "it answered " + status, new Timings(1, 2, -1, 3, 6), head, Optional.empty());
    }

    static Entry delivered(Job job) {
        return tried(job, result(Reason.DELIVERED, 204, ""), new Disposition.Delivered());
    }

    static Entry retry(Job job, Instant due) {
        return tried(
                job,
                result(Reason.STATUS, 500, "oops"),
                new Disposition.Parked(ParkReason.RETRY, due, job.attempt() + 1));
    }

    static Entry exhausted(Job job) {
        return tried(job, result(Reason.STATUS, 500, "oops"), new Disposition.Ended(Reason.EXHAUSTED, true));
    }

    static Entry parked(Job job, ParkReason why, Instant due) {
        return Entry.of(job, new Disposition.Parked(why, due, job.attempt()));
    }

    static Entry tried(Job job, Result result, Disposition disposition) {
        var attempt = new Attempt(job.id(), job.attempt(), job.trigger(), TIME, result);
        return new Entry(job, Optional.of(attempt), disposition, List.of(), List.of());
    }
}
