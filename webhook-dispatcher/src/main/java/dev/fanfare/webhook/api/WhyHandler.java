package dev.fanfare.webhook.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.webhook.api.Decisions.Decision;
import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.store.Call;
import dev.fanfare.webhook.store.Deliveries;
import dev.fanfare.webhook.store.Delivery;
import dev.fanfare.webhook.store.EndpointStore;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `/v1/endpoints/{id}/why`: why an event was not delivered to an endpoint, or that it was. What is on record comes
/// first; then what the endpoint would be asked about the event, in the order in which the dispatcher asks.
final class WhyHandler {
    private static final List<String> PLACE = List.of("topic", "partition", "offset");
    private static final int TOPIC_MAX = 249;
    private static final int CALLS_MAX = 200;
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
            return recorded(endpoint, delivery.get(), deliveries.message(id));
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
            case Events.Absent(var detail) -> unrouted(endpoint, otherwise, "no-event", detail);
            case Events.Unrouted(var id, var detail) -> unrouted(endpoint, List.of(id), "no-route", detail);
            case Events.Routed(var message) ->
                recorded(endpoint, List.of(message.id()))
                        .map(delivery -> recorded(endpoint, delivery, Optional.of(message)))
                        .orElseGet(() -> judge(endpoint, message));
        };
    }

    private ObjectNode unrouted(Endpoint endpoint, List<MessageId> ids, String code, String detail) {
        return recorded(endpoint, ids)
                .map(delivery -> recorded(
                        endpoint, delivery, deliveries.message(delivery.id().message())))
                .orElseGet(() -> answer(new Verdict(code, detail), Optional.empty()));
    }

    private Optional<Delivery> recorded(Endpoint endpoint, List<MessageId> ids) {
        return ids.stream()
                .flatMap(id -> deliveries.find(new DeliveryId(id, endpoint.id())).stream())
                .findFirst();
    }

    private ObjectNode recorded(Endpoint endpoint, Delivery delivery, Optional<Message> message) {
        var calls = deliveries.calls(delivery.id(), 0, CALLS_MAX).stream()
                .map(Call::attempt)
                .toList();
        return answer(
                recorded(delivery),
                Decisions.recorded(endpoint, delivery, message, calls),
                message,
                Optional.of(delivery));
    }

    private static ObjectNode answer(Verdict verdict, Optional<Message> message) {
        return answer(verdict, List.of(Decision.of(verdict.code, verdict.detail)), message, Optional.empty());
    }

    private static ObjectNode answer(
            Verdict verdict, List<Decision> decisions, Optional<Message> message, Optional<Delivery> delivery) {
        var answer = Json.object().put("verdict", verdict.code).put("detail", verdict.detail);
        var list = answer.putArray("decisions");
        decisions.stream().map(Decision::view).forEach(list::add);
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

    private ObjectNode judge(Endpoint endpoint, Message message) {
        var asked = Decisions.ask(endpoint, message);
        if (!asked.isWanted()) {
            return answer(
                    new Verdict(asked.last().step(), asked.last().detail()),
                    asked.asked(),
                    Optional.of(message),
                    Optional.empty());
        }
        var verdict =
                settled(message).filter(next -> message.event().offset() < next).isPresent()
                        ? new Verdict(
                                "not-recorded",
                                "The endpoint wants such events now, but nothing is on record: it was disabled or wanted others"
                                        + " then, or the record is too old to be kept. A replay fetches it.")
                        : new Verdict("in-flight", "The event has not been worked off yet.");
        var decisions = new ArrayList<>(asked.asked());
        decisions.add(Decision.of(verdict.code, verdict.detail));
        return answer(verdict, decisions, Optional.of(message), Optional.empty());
    }

    /// The first offset of the event's partition that is not settled, if that is known.
    private Optional<Long> settled(Message message) {
        return starts.read().stream()
                .filter(start -> start.topic().equals(message.event().topic())
                        && start.partition() == message.event().partition())
                .map(Starts.Start::offset)
                .findFirst();
    }
}
