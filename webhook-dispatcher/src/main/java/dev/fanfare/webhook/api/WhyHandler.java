package dev.fanfare.webhook.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.store.Deliveries;
import dev.fanfare.webhook.store.Delivery;
import dev.fanfare.webhook.store.EndpointStore;
import dev.fanfare.webhook.store.Fields;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/// `/v1/endpoints/{id}/why`: why an event was not delivered to an endpoint, or that it was. What is on record comes
/// first; then what the endpoint would be asked about the event, in the order in which the dispatcher asks.
final class WhyHandler {
    private static final int TOPIC_MAX = 249;

    private final Events events;
    private final Starts starts;
    private final Deliveries deliveries;
    private final Lookup lookup;

    /// @param code stable, listed in the OpenAPI document
    private record Verdict(String code, String detail) {}

    WhyHandler(Api.Parts parts) {
        this.events = parts.events();
        this.starts = parts.starts();
        this.deliveries = new Deliveries(parts.database());
        this.lookup = new Lookup(new EndpointStore(parts.database()));
    }

    Api.Route route() {
        return Api.Route.of(Method.GET, "/v1/endpoints/{id}/why", this::why);
    }

    private void why(ServerRequest request, ServerResponse response) {
        var query = new Query(request, "topic", "partition", "offset");
        var topic = query.required("topic");
        if (topic.length() > TOPIC_MAX) {
            throw Query.bad("topic", "has %d characters: topics have at most %d".formatted(topic.length(), TOPIC_MAX));
        }
        int partition = (int) query.number("partition", 0, Integer.MAX_VALUE);
        long offset = query.number("offset", 0, Long.MAX_VALUE);
        var endpoint = lookup.endpoint(request);
        var answer = Json.object();
        switch (events.find(topic, partition, offset)) {
            case Events.Absent(var detail) -> verdict(answer, absent(endpoint, topic, partition, offset, detail));
            case Events.Unrouted(var _, var detail) -> verdict(answer, new Verdict("no-route", detail));
            case Events.Routed(var message) -> {
                var id = new DeliveryId(message.id(), endpoint.id());
                var delivery = deliveries.find(id);
                verdict(answer, delivery.map(WhyHandler::recorded).orElseGet(() -> judge(endpoint, message)));
                answer.set("event", DeliveryJson.event(message));
                delivery.ifPresent(one -> answer.set("delivery", DeliveryJson.delivery(one)));
            }
        }
        Answers.send(response, answer);
    }

    private static void verdict(ObjectNode answer, Verdict verdict) {
        answer.put("verdict", verdict.code).put("detail", verdict.detail);
    }

    private static Verdict recorded(Delivery delivery) {
        var reason = delivery.reason().orElse("");
        return switch (delivery.state()) {
            case DELIVERED -> new Verdict("delivered", "It was delivered at %s.".formatted(delivery.at()));
            case PARKED ->
                new Verdict(
                        "parked",
                        "It waits (%s) and is tried from %s on, as attempt %d."
                                .formatted(
                                        reason,
                                        delivery.due().map(Object::toString).orElse(""),
                                        delivery.attempts() + 1));
            case DEAD_LETTER ->
                new Verdict(
                        "dead-letter",
                        "It has ended (%s) after %d attempts, and can be sent again: POST /v1/deliveries/%s/resend."
                                .formatted(reason, delivery.attempts(), delivery.id()));
            case ENDED ->
                new Verdict("ended", "It has ended (%s) after %d attempts.".formatted(reason, delivery.attempts()));
        };
    }

    private Verdict judge(Endpoint endpoint, Message message) {
        var event = message.event();
        if (!message.tenant().equals(endpoint.tenant())) {
            return new Verdict(
                    "other-tenant",
                    "The event belongs to tenant %s, the endpoint to tenant %s."
                            .formatted(Fields.quoted(message.tenant()), Fields.quoted(endpoint.tenant())));
        }
        var settings = endpoint.settings();
        if (message.channels().stream().noneMatch(channel -> matches(settings.channels(), channel))) {
            return new Verdict(
                    "channel",
                    "None of the endpoint's channels %s matches one of the event's: %s."
                            .formatted(
                                    settings.channels(),
                                    message.channels().stream()
                                            .map(ChannelName::value)
                                            .toList()));
        }
        if (!settings.eventTypes().isEmpty()
                && ChannelName.escaped(event.type())
                        .filter(type -> matches(settings.eventTypes(), type))
                        .isEmpty()) {
            return new Verdict(
                    "type",
                    "None of the endpoint's event types %s matches the event's: %s."
                            .formatted(settings.eventTypes(), Fields.quoted(event.type())));
        }
        if (event.timestamp() >= 0 && event.timestamp() < endpoint.createdAt().toEpochMilli()) {
            return new Verdict(
                    "before-created",
                    "The endpoint was created at %s, after the event: POST /v1/endpoints/%s/replay fetches what was before."
                            .formatted(endpoint.createdAt(), endpoint.id()));
        }
        if (!endpoint.isActive()) {
            return new Verdict(
                    "disabled",
                    "The endpoint is disabled%s: events of that time can be fetched by a replay."
                            .formatted(endpoint.disabledReason()
                                    .map(" (%s)"::formatted)
                                    .orElse("")));
        }
        if (settled(message).filter(next -> event.offset() < next).isPresent()) {
            return new Verdict(
                    "not-recorded",
                    "The endpoint wants such events now, but nothing is on record: it was disabled or wanted others"
                            + " then, or the record is too old to be kept. A replay fetches it.");
        }
        return new Verdict("in-flight", "The event has not been worked off yet.");
    }

    /// The first offset of the event's partition that is not settled, if that is known.
    private Optional<Long> settled(Message message) {
        return starts.read().stream()
                .filter(start -> start.topic().equals(message.event().topic())
                        && start.partition() == message.event().partition())
                .map(Starts.Start::offset)
                .findFirst();
    }

    /// The event is not in Kafka, but what became of it may be on record.
    private Verdict absent(Endpoint endpoint, String topic, int partition, long offset, String detail) {
        for (Uuid topicId : deliveries.topicIds(topic)) {
            var id = new DeliveryId(new MessageId(topicId, partition, offset), endpoint.id());
            var delivery = deliveries.find(id);
            if (delivery.isPresent()) {
                return recorded(delivery.get());
            }
        }
        return new Verdict("no-event", detail);
    }

    private static boolean matches(List<ChannelPattern> patterns, ChannelName name) {
        return patterns.stream().anyMatch(pattern -> pattern.matches(name));
    }
}
