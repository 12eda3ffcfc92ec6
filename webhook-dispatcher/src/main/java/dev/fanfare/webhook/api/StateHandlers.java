package dev.fanfare.webhook.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.store.Deliveries;
import dev.fanfare.webhook.store.Deliveries.Waiting;
import dev.fanfare.webhook.store.EndpointStore;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/// `/v1/states`: what waits and has failed for endpoints, and how their lanes stand on this node.
final class StateHandlers {
    private final EndpointStore store;
    private final Deliveries deliveries;
    private final LaneStates lanes;

    StateHandlers(Api.Parts parts) {
        this.store = new EndpointStore(parts.database());
        this.deliveries = new Deliveries(parts.database());
        this.lanes = parts.lanes();
    }

    List<Api.Route> routes() {
        return List.of(Api.Route.of(Method.GET, "/v1/states", this::list, "tenant", "limit", "cursor"));
    }

    private void list(ServerRequest request, ServerResponse response, Caller caller) {
        var query = new Query(request);
        int limit = query.limit();
        var page = EndpointHandlers.page(store, query, caller, limit + 1);
        var ids = page.stream().limit(limit).map(Endpoint::id).toList();
        var waiting = deliveries.waiting(ids);
        var answer = Json.object();
        var items = answer.putArray("items");
        for (int i = 0; i < ids.size(); i++) {
            items.add(view(ids.get(i), waiting.get(i)));
        }
        answer.put("next", page.size() > limit ? ids.getLast().value() : null);
        Answers.send(response, answer);
    }

    private ObjectNode view(EndpointId id, Waiting waiting) {
        var node = Json.object()
                .put("endpoint", id.value())
                .put("parked", waiting.parked())
                .put("parkedSince", waiting.since().map(Object::toString).orElse(null))
                .put("deadLetters", waiting.deadLetters());
        node.set("lane", lanes.of(id).map(StateHandlers::lane).orElse(null));
        return node;
    }

    private static ObjectNode lane(LaneStates.State lane) {
        return Json.object()
                .put("breaker", lane.breaker())
                .put("limit", lane.limit())
                .put("struggling", lane.struggling())
                .put("running", lane.running())
                .put("queuedLive", lane.queuedLive())
                .put("queuedBacklog", lane.queuedBacklog())
                .put("pausedUntil", lane.pausedUntil().map(Object::toString).orElse(null));
    }
}
