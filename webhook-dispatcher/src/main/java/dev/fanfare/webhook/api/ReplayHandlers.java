package dev.fanfare.webhook.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.api.Replays.Range;
import dev.fanfare.webhook.api.Replays.Status;
import dev.fanfare.webhook.store.EndpointStore;
import dev.fanfare.webhook.store.Fields;
import dev.fanfare.webhook.store.Writes.Reply;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// `/v1/endpoints/{id}/replay`, and a replay's own address below.
final class ReplayHandlers {
    static final List<String> FIELDS =
            List.of("since", "until", "topic", "offsets", "missingOnly", "dryRun", "ratePerSecond");

    private static final int TOPIC_MAX = 249;
    private static final int RATE_MAX = 100_000;
    private static final int LIST_MAX = 50;

    private final Replays replays;
    private final Once once;
    private final Bodies bodies;
    private final Lookup lookup;

    ReplayHandlers(Api.Parts parts, Once once, Bodies bodies) {
        this.replays = parts.replays();
        this.once = once;
        this.bodies = bodies;
        this.lookup = new Lookup(new EndpointStore(parts.database()));
    }

    List<Api.Route> routes() {
        return List.of(
                Api.Route.of(Method.POST, "/v1/endpoints/{id}/replay", this::start),
                Api.Route.of(Method.GET, "/v1/endpoints/{id}/replay", this::list),
                Api.Route.of(Method.GET, "/v1/endpoints/{id}/replay/{replay}", this::read),
                Api.Route.of(Method.DELETE, "/v1/endpoints/{id}/replay/{replay}", this::cancel));
    }

    private void start(ServerRequest request, ServerResponse response, Caller caller) {
        var body = bodies.bytes(request);
        var claim = once.claim(request, caller, body);
        if (once.repeat(claim, response)) {
            return;
        }
        var endpoint = lookup.active(lookup.endpoint(caller, request));
        var document = Bodies.object(request, body);
        var fields = new Fields(document);
        var range = range(fields);
        var missingOnly = fields.flag("missingOnly", true);
        var dryRun = fields.flag("dryRun", false);
        var rate = fields.number("ratePerSecond", 1, RATE_MAX);
        Json.refuse(Json.unknown(document, FIELDS), fields.faults());
        // the same key is the same replay, also if this node goes away between starting and answering
        var id = "rp_"
                + claim.map(one -> HexFormat.of().formatHex(Access.hash(one.scope() + one.fingerprint()), 0, 16))
                        .orElseGet(() -> UUID.randomUUID().toString().replace("-", ""));
        var status = replays.start(id, endpoint, new Replays.Request(range.orElseThrow(), missingOnly, dryRun, rate));
        once.run(claim, response, _ -> new Reply(202, "", Json.write(view(status))));
    }

    private void list(ServerRequest request, ServerResponse response, Caller caller) {
        var endpoint = lookup.endpoint(caller, request);
        var answer = Json.object();
        var items = answer.putArray("items");
        replays.list(endpoint, LIST_MAX).stream().map(ReplayHandlers::view).forEach(items::add);
        Answers.send(response, answer);
    }

    private void read(ServerRequest request, ServerResponse response, Caller caller) {
        var endpoint = lookup.endpoint(caller, request);
        var id = request.path().pathParameters().get("replay");
        Answers.send(response, view(replays.find(endpoint, id).orElseThrow(() -> missing(id))));
    }

    private void cancel(ServerRequest request, ServerResponse response, Caller caller) {
        var endpoint = lookup.endpoint(caller, request);
        var id = request.path().pathParameters().get("replay");
        Answers.send(response, view(replays.cancel(endpoint, id).orElseThrow(() -> missing(id))));
    }

    private static ProblemException missing(String id) {
        return new ProblemException(
                ApiCode.NOT_FOUND,
                "the endpoint has no replay %s: GET on its /replay lists them".formatted(Fields.quoted(id)));
    }

    /// Empty if there are faults.
    private static Optional<Range> range(Fields fields) {
        var since = fields.instant("since");
        var until = fields.instant("until");
        var topic = fields.text("topic", TOPIC_MAX);
        var offsets = fields.offsets("offsets");
        boolean byTime = fields.has("since");
        if (byTime == fields.has("offsets")) {
            fields.fault("since", "or 'topic' with 'offsets': give one of them, to say where to begin");
        } else if (!byTime && !fields.has("topic")) {
            fields.fault("topic", "is missing: name the topic of the offsets");
        } else if (byTime && fields.has("topic")) {
            fields.fault("topic", "goes with 'offsets', not with 'since': leave it out");
        } else if (!byTime && fields.has("until")) {
            fields.fault("until", "goes with 'since', not with 'offsets': leave it out");
        } else if (!byTime && fields.faults().isEmpty() && offsets.isEmpty()) {
            fields.fault("offsets", "is empty: give partitions with offsets, such as {\"0\": 1200}");
        } else if (since.isPresent() && until.isPresent() && !until.get().isAfter(since.get())) {
            fields.fault("until", "is not after 'since': give a later time");
        }
        if (!fields.faults().isEmpty()) {
            return Optional.empty();
        }
        return since.<Range>map(from -> new Range.Times(from, until))
                .or(() -> topic.map(name -> new Range.Offsets(name, offsets)));
    }

    private static ObjectNode view(Status status) {
        var node = Json.object()
                .put("id", status.id())
                .put("state", status.state())
                .put("detail", status.detail());
        switch (status.request().range()) {
            case Range.Times(var since, var until) ->
                node.put("since", since.toString())
                        .put("until", until.map(Object::toString).orElse(null));
            case Range.Offsets(var topic, var from) -> {
                var offsets = node.put("topic", topic).putObject("offsets");
                from.forEach((partition, offset) -> offsets.put(partition.toString(), offset));
            }
        }
        node.put("missingOnly", status.request().missingOnly())
                .put("dryRun", status.request().dryRun());
        status.request()
                .ratePerSecond()
                .ifPresentOrElse(rate -> node.put("ratePerSecond", rate), () -> node.putNull("ratePerSecond"));
        return node.put("matched", status.matched())
                .put("queued", status.queued())
                .put("createdAt", status.createdAt().toString())
                .put("updatedAt", status.updatedAt().toString());
    }
}
