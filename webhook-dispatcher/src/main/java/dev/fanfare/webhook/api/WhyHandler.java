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

/// `/v1/endpoints/{id}/why`: why an event was not delivered to an endpoint, or that it was. What is on record comes
/// first; then what the endpoint would be asked about the event, in the order in which the dispatcher asks.
final class WhyHandler {
    private static final List<String> PLACE = List.of("topic", "partition", "offset");
    private static final int TOPIC_MAX = 249;
    private static final String NOT_THEIRS = "The tenants of the token have no such event there.";

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
        return Api.Route.of(Method.GET, "/v1/endpoints/{id}/why", this::why, "event", "topic", "partition", "offset");
    }

    private void why(ServerRequest request, ServerResponse response, Caller caller) {
        var query = new Query(request);
        var event = event(query);
        if (event.isPresent()) {
            Answers.send(response, byEvent(caller, lookup.endpoint(caller, request), event.get()));
            return;
        }
        var topic = query.required("topic");
        if (topic.length() > TOPIC_MAX) {
            throw Query.bad("topic", "has %d characters: topics have at most %d".formatted(topic.length(), TOPIC_MAX));
        }
        int partition = (int) query.number("partition", 0, Integer.MAX_VALUE);
        long offset = query.number("offset", 0, Long.MAX_VALUE);
        Answers.send(response, byPlace(caller, lookup.endpoint(caller, request), topic, partition, offset));
    }

    /// Empty if the place is given instead.
    private static Optional<MessageId> event(Query query) {
        var event = query.text("event");
        boolean place = PLACE.stream().anyMatch(part -> query.text(part).isPresent());
        if (event.isPresent() == place) {
            throw Query.bad("event", "or 'topic', 'partition' and 'offset': give the webhook-id or the place");
        }
        return event.map(Query::event);
    }

    /// What is on record needs no Kafka.
    private ObjectNode byEvent(Caller caller, Endpoint endpoint, MessageId id) {
        var delivery = deliveries.find(new DeliveryId(id, endpoint.id()));
        if (delivery.isPresent()) {
            return answer(recorded(delivery.get()), deliveries.message(id), delivery);
        }
        return deliveries
                .topic(id.topicId())
                .map(topic -> find(caller, topic, id.partition(), id.offset()))
                .filter(found -> !(found instanceof Events.Routed(var message))
                        || message.id().equals(id))
                .map(found -> answer(endpoint, found, List.of()))
                .orElseGet(() -> answer(
                        new Verdict(
                                "no-event",
                                caller.tenants().isEmpty() ? "No topic that is read has such an event." : NOT_THEIRS),
                        Optional.empty(),
                        Optional.empty()));
    }

    /// For a tenant's token an event that is not the tenant's is not there, and nothing tells it from one that is not
    /// there at all; nor from a record without channels, as nobody knows whose that is.
    private Events.Found find(Caller caller, String topic, int partition, long offset) {
        var found = events.find(topic, partition, offset);
        if (caller.tenants().isEmpty()
                || (found instanceof Events.Routed(var message) && caller.sees(message.tenant()))) {
            return found;
        }
        return new Events.Absent(NOT_THEIRS);
    }

    private ObjectNode byPlace(Caller caller, Endpoint endpoint, String topic, int partition, long offset) {
        var found = find(caller, topic, partition, offset);
        var ids = deliveries.topicIds(topic).stream()
                .map(topicId -> new MessageId(topicId, partition, offset))
                .toList();
        return answer(endpoint, found, ids);
    }

    /// @param otherwise what the event may have been called, if it is not there any more
    private ObjectNode answer(Endpoint endpoint, Events.Found found, List<MessageId> otherwise) {
        return switch (found) {
            case Events.Absent(var detail) -> {
                var delivery = recorded(endpoint, otherwise);
                yield answer(
                        delivery.map(WhyHandler::recorded).orElse(new Verdict("no-event", detail)),
                        delivery.flatMap(one -> deliveries.message(one.id().message())),
                        delivery);
            }
            case Events.Unrouted(var id, var detail) -> {
                var delivery = recorded(endpoint, List.of(id));
                yield answer(
                        delivery.map(WhyHandler::recorded).orElse(new Verdict("no-route", detail)),
                        delivery.flatMap(one -> deliveries.message(id)),
                        delivery);
            }
            case Events.Routed(var message) -> {
                var delivery = recorded(endpoint, List.of(message.id()));
                yield answer(
                        delivery.map(WhyHandler::recorded).orElseGet(() -> judge(endpoint, message)),
                        Optional.of(message),
                        delivery);
            }
        };
    }

    private Optional<Delivery> recorded(Endpoint endpoint, List<MessageId> ids) {
        return ids.stream()
                .flatMap(id -> deliveries.find(new DeliveryId(id, endpoint.id())).stream())
                .findFirst();
    }

    private static ObjectNode answer(Verdict verdict, Optional<Message> message, Optional<Delivery> delivery) {
        var answer = Json.object().put("verdict", verdict.code).put("detail", verdict.detail);
        answer.set("event", message.map(DeliveryJson::event).orElse(null));
        answer.set("delivery", delivery.map(DeliveryJson::delivery).orElse(null));
        return answer;
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

    private static boolean matches(List<ChannelPattern> patterns, ChannelName name) {
        return patterns.stream().anyMatch(pattern -> pattern.matches(name));
    }
}
