package dev.fanfare.webhook.api;

import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.store.Deliveries;
import dev.fanfare.webhook.store.Deliveries.After;
import dev.fanfare.webhook.store.Delivery;
import dev.fanfare.webhook.store.Delivery.State;
import dev.fanfare.webhook.store.EndpointStore;
import dev.fanfare.webhook.store.Fields;
import dev.fanfare.webhook.store.Requests;
import dev.fanfare.webhook.store.Writes.Reply;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `/v1/deliveries`.
final class DeliveryHandlers {
    private static final int PAGE_DEFAULT = 50;
    private static final int PAGE_MAX = 500;
    private static final int ATTEMPTS_MAX = 500;

    private final Deliveries deliveries;
    private final Requests requests;
    private final Once once;
    private final Bodies bodies;
    private final Lookup lookup;

    DeliveryHandlers(Api.Parts parts, Once once, Bodies bodies) {
        this.deliveries = new Deliveries(parts.database());
        this.requests = new Requests(parts.database());
        this.once = once;
        this.bodies = bodies;
        this.lookup = new Lookup(new EndpointStore(parts.database()));
    }

    List<Api.Route> routes() {
        return List.of(
                Api.Route.of(Method.GET, "/v1/deliveries", this::list),
                Api.Route.of(Method.GET, "/v1/deliveries/{id}", this::read),
                Api.Route.of(Method.POST, "/v1/deliveries/{id}/resend", this::resend));
    }

    private void list(ServerRequest request, ServerResponse response) {
        var query = new Query(request, "endpoint", "state", "since", "limit", "cursor");
        int limit = (int) query.number("limit", 1, PAGE_MAX, PAGE_DEFAULT);
        var states = query.text("state").map(DeliveryHandlers::state).orElse(Set.of(State.values()));
        var after = query.text("cursor").map(DeliveryHandlers::after);
        var since = query.instant("since");
        var endpoint = lookup.endpoint(query.required("endpoint"));
        var page = deliveries.list(endpoint.id(), states, since, after, limit + 1);
        var answer = Json.object();
        var items = answer.putArray("items");
        page.stream().limit(limit).map(DeliveryJson::delivery).forEach(items::add);
        answer.put("next", page.size() > limit ? cursor(page.get(limit - 1)) : null);
        Answers.send(response, answer);
    }

    private void read(ServerRequest request, ServerResponse response) {
        var id = id(request);
        var delivery = deliveries.find(id).orElseThrow(() -> missing(id.toString()));
        var answer = DeliveryJson.delivery(delivery);
        deliveries
                .message(id.message())
                .ifPresentOrElse(
                        message -> answer.set("event", DeliveryJson.event(message)), () -> answer.putNull("event"));
        var attempts = answer.putArray("calls");
        deliveries.attempts(id, ATTEMPTS_MAX).stream()
                .map(DeliveryJson::attempt)
                .forEach(attempts::add);
        Answers.send(response, answer);
    }

    private void resend(ServerRequest request, ServerResponse response) {
        var body = bodies.bytes(request);
        var claim = once.claim(request, body);
        if (once.repeat(claim, response)) {
            return;
        }
        Json.refuse(Json.unknown(Bodies.optionalObject(request, body), List.of()), List.of());
        var id = id(request);
        var endpoint = lookup.active(lookup.endpoint(id.endpoint().value()));
        once.run(claim, response, unit -> switch (requests.resend(unit, endpoint, id.message())) {
            case QUEUED -> new Reply(202, "", Json.write(Json.object().put("delivery", id.toString())));
            case NOT_KEPT ->
                throw new ProblemException(
                        ApiCode.NOT_KEPT,
                        "the event of delivery %s is not stored any more: POST /v1/endpoints/%s/replay fetches it from Kafka"
                                .formatted(id, id.endpoint()));
            case MISSING -> throw missing(id.toString());
        });
    }

    private static DeliveryId id(ServerRequest request) {
        var text = request.path().pathParameters().get("id");
        return DeliveryId.parse(text).orElseThrow(() -> missing(text));
    }

    private static ProblemException missing(String id) {
        return new ProblemException(
                ApiCode.NOT_FOUND,
                "nothing is on record of a delivery %s: GET /v1/deliveries?endpoint= lists what is"
                        .formatted(Fields.quoted(id)));
    }

    private static Set<State> state(String text) {
        for (var state : State.values()) {
            if (state.code().equals(text)) {
                return Set.of(state);
            }
        }
        throw Query.bad(
                "state",
                "is %s: give one of %s"
                        .formatted(
                                Fields.quoted(text),
                                List.of(State.values()).stream()
                                        .map(State::code)
                                        .toList()));
    }

    private static String cursor(Delivery last) {
        return last.at() + "~" + last.id().message();
    }

    private static After after(String cursor) {
        int cut = cursor.indexOf('~');
        try {
            Optional<MessageId> message = MessageId.parse(cursor.substring(cut + 1));
            if (cut > 0 && message.isPresent()) {
                return new After(Instant.parse(cursor.substring(0, cut)), message.get());
            }
        } catch (DateTimeParseException malformed) {
            // said below
        }
        throw Query.bad("cursor", "is no cursor: give the 'next' of the page before");
    }
}
