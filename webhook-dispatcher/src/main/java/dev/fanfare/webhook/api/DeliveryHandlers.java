package dev.fanfare.webhook.api;

import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.store.Deliveries;
import dev.fanfare.webhook.store.Deliveries.After;
import dev.fanfare.webhook.store.Deliveries.Filter;
import dev.fanfare.webhook.store.Delivery;
import dev.fanfare.webhook.store.Delivery.State;
import dev.fanfare.webhook.store.EndpointStore;
import dev.fanfare.webhook.store.Fields;
import dev.fanfare.webhook.store.Requests;
import dev.fanfare.webhook.store.Writes.Reply;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `/v1/deliveries`.
final class DeliveryHandlers {
    /// What other nodes have written may seem to be of the future.
    private static final Duration CLOCKS_APART = Duration.ofHours(1);

    private final Events events;
    private final Deliveries deliveries;
    private final Requests requests;
    private final Once once;
    private final Bodies bodies;
    private final Lookup lookup;

    DeliveryHandlers(Api.Parts parts, Once once, Bodies bodies) {
        this.events = parts.events();
        this.deliveries = new Deliveries(parts.database());
        this.requests = new Requests(parts.database());
        this.once = once;
        this.bodies = bodies;
        this.lookup = new Lookup(new EndpointStore(parts.database()));
    }

    List<Api.Route> routes() {
        return List.of(
                Api.Route.of(
                        Method.GET,
                        "/v1/deliveries",
                        this::list,
                        "endpoint",
                        "event",
                        "state",
                        "since",
                        "until",
                        "limit",
                        "cursor"),
                Api.Route.of(Method.GET, "/v1/deliveries/{id}", this::read),
                Api.Route.of(Method.GET, "/v1/deliveries/{id}/attempts", this::attempts, "limit", "cursor"),
                Api.Route.of(Method.GET, "/v1/deliveries/{id}/request", this::request),
                Api.Route.of(Method.POST, "/v1/deliveries/{id}/resend", this::resend));
    }

    private void list(ServerRequest request, ServerResponse response, Caller caller) {
        var query = new Query(request);
        int limit = query.limit();
        var states = query.text("state").map(DeliveryHandlers::state).orElse(Set.of(State.values()));
        var after = query.text("cursor").map(DeliveryHandlers::after);
        var since = query.instant("since").orElse(Instant.EPOCH);
        var until = query.instant("until").orElse(Instant.now().plus(CLOCKS_APART));
        if (!until.isAfter(since)) {
            throw Query.bad("until", "is not after 'since': give a later time");
        }
        var event = query.text("event").map(Query::event);
        var endpoint =
                query.text("endpoint").map(id -> lookup.endpoint(caller, id).id());
        var page =
                deliveries.list(new Filter(caller.tenants(), endpoint, event, states, since, until), after, limit + 1);
        var answer = Json.object();
        var items = answer.putArray("items");
        page.stream().limit(limit).map(DeliveryJson::delivery).forEach(items::add);
        answer.put("next", page.size() > limit ? cursor(page.get(limit - 1)) : null);
        Answers.send(response, answer);
    }

    private void read(ServerRequest request, ServerResponse response, Caller caller) {
        var id = id(request, caller);
        var answer = DeliveryJson.delivery(deliveries.find(id).orElseThrow(() -> missing(id.toString())));
        answer.set(
                "event",
                deliveries.message(id.message()).map(DeliveryJson::event).orElse(null));
        Answers.send(response, answer);
    }

    private void attempts(ServerRequest request, ServerResponse response, Caller caller) {
        var query = new Query(request);
        int limit = query.limit();
        long after = query.number("cursor", 0, Long.MAX_VALUE, 0);
        var id = id(request, caller);
        var page = deliveries.calls(id, after, limit + 1);
        if (page.isEmpty() && deliveries.find(id).isEmpty()) {
            throw missing(id.toString());
        }
        var answer = Json.object();
        var items = answer.putArray("items");
        page.stream()
                .limit(limit)
                .map(call -> DeliveryJson.attempt(call.attempt()))
                .forEach(items::add);
        answer.put(
                "next", page.size() > limit ? Long.toString(page.get(limit - 1).id()) : null);
        Answers.send(response, answer);
    }

    private void request(ServerRequest request, ServerResponse response, Caller caller) {
        var id = id(request, caller);
        var delivery = deliveries.find(id).orElseThrow(() -> missing(id.toString()));
        var endpoint = lookup.endpoint(caller, id.endpoint().value());
        var message =
                deliveries.message(id.message()).or(() -> fetch(delivery.id().message(), endpoint));
        Answers.send(response, RequestJson.view(endpoint, message));
    }

    private void resend(ServerRequest request, ServerResponse response, Caller caller) {
        var body = bodies.bytes(request);
        var claim = once.claim(request, caller, body);
        if (once.repeat(claim, response)) {
            return;
        }
        Json.refuse(Json.unknown(Bodies.optionalObject(request, body), List.of()), List.of());
        var id = id(request, caller);
        var delivery = deliveries.find(id).orElseThrow(() -> missing(id.toString()));
        var endpoint = lookup.active(lookup.endpoint(caller, id.endpoint().value()));
        var read = delivery.state() == State.PARKED
                        || deliveries.message(id.message()).isPresent()
                ? Optional.<Message>empty()
                : fetch(id.message(), endpoint);
        once.run(claim, response, unit -> switch (requests.resend(unit, endpoint, id.message(), read)) {
            case QUEUED -> new Reply(202, "", Json.write(Json.object().put("delivery", id.toString())));
            case NOT_KEPT ->
                throw new ProblemException(
                        ApiCode.NOT_KEPT,
                        "the event of delivery %s is kept neither here nor in Kafka: its producer has to send it again"
                                .formatted(id));
            case MISSING -> throw missing(id.toString());
        });
    }

    /// An event as Kafka has it still, if it is the same.
    private Optional<Message> fetch(MessageId id, Endpoint endpoint) {
        return deliveries
                .topic(id.topicId())
                .map(topic -> events.find(topic, id.partition(), id.offset()))
                .flatMap(found -> found instanceof Events.Routed(var message) ? Optional.of(message) : Optional.empty())
                .filter(message -> message.id().equals(id) && message.tenant().equals(endpoint.tenant()));
    }

    private DeliveryId id(ServerRequest request, Caller caller) {
        var text = request.path().pathParameters().get("id");
        return DeliveryId.parse(text)
                .filter(id -> lookup.sees(caller, id.endpoint()))
                .orElseThrow(() -> missing(text));
    }

    private static ProblemException missing(String id) {
        return new ProblemException(
                ApiCode.NOT_FOUND,
                "nothing is on record of a delivery %s: GET /v1/deliveries lists what is".formatted(Fields.quoted(id)));
    }

    private static Set<State> state(String text) {
        return Set.of(State.of(text)
                .orElseThrow(() -> Query.bad(
                        "state",
                        "is %s: give one of %s"
                                .formatted(
                                        Fields.quoted(text),
                                        Arrays.stream(State.values())
                                                .map(State::code)
                                                .toList()))));
    }

    private static String cursor(Delivery last) {
        return "%s~%s~%s".formatted(last.at(), last.state().code(), last.id());
    }

    private static After after(String cursor) {
        var parts = cursor.split("~", 3);
        return Optional.of(parts)
                .filter(all -> all.length == 3)
                .flatMap(all -> Fields.time(all[0])
                        .flatMap(at -> State.of(all[1])
                                .flatMap(state -> DeliveryId.parse(all[2]).map(id -> new After(at, state, id)))))
                .orElseThrow(() -> Query.bad("cursor", Query.NO_CURSOR));
    }
}
