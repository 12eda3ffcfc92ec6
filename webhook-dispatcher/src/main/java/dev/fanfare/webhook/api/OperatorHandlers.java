package dev.fanfare.webhook.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.Trigger;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.store.EndpointStore;
import dev.fanfare.webhook.store.Fields;
import dev.fanfare.webhook.store.Requests;
import dev.fanfare.webhook.store.Requests.Progress;
import dev.fanfare.webhook.store.Writes.Reply;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/// `/v1/endpoints/{id}/test` and `/recover`.
final class OperatorHandlers {
    static final String TEST_TYPE = "dev.fanfare.test";
    static final List<String> TEST_FIELDS = List.of("type", "data");
    static final List<String> RECOVER_FIELDS = List.of("since", "partly", "cursor");

    static final ChannelName TEST_CHANNEL = new ChannelName("fanfare.test");
    private static final int TYPE_MAX = 255;
    private static final int CURSOR_MAX = 100;
    private static final String PARKED = "parked~";
    private static final String DEAD_LETTERS = "dead-letter~";

    private final Requests requests;
    private final Once once;
    private final Bodies bodies;
    private final Lookup lookup;

    OperatorHandlers(Api.Parts parts, Once once, Bodies bodies) {
        this.requests = new Requests(parts.database());
        this.once = once;
        this.bodies = bodies;
        this.lookup = new Lookup(new EndpointStore(parts.database()));
    }

    List<Api.Route> routes() {
        return List.of(
                Api.Route.of(Method.POST, "/v1/endpoints/{id}/test", this::test),
                Api.Route.of(Method.POST, "/v1/endpoints/{id}/recover", this::recover));
    }

    private void test(ServerRequest request, ServerResponse response, Caller caller) {
        var body = bodies.bytes(request);
        var claim = once.claim(request, caller, body);
        if (once.repeat(claim, response)) {
            return;
        }
        var endpoint = lookup.active(lookup.endpoint(caller, request));
        var document = Bodies.optionalObject(request, body);
        var fields = new Fields(document);
        var type = fields.text("type", TYPE_MAX).filter(text -> !text.isBlank()).orElse(TEST_TYPE);
        Json.refuse(Json.unknown(document, TEST_FIELDS), fields.faults());
        once.run(claim, response, unit -> {
            var message = message(endpoint, type, document, unit.now());
            requests.park(unit, endpoint, message, Trigger.TEST);
            var id = new DeliveryId(message.id(), endpoint.id());
            return new Reply(202, "", Json.write(Json.object().put("delivery", id.toString())));
        });
    }

    /// An event that stands in no topic: its id is one of a topic that does not exist.
    private static Message message(Endpoint endpoint, String type, ObjectNode document, Instant now) {
        var data = document.has("data") ? document.get("data").toString() : "{\"test\":true}";
        var id = new MessageId(Uuid.randomUuid(), 0, 0);
        var event = new Event(
                id.toString(),
                "/fanfare/test",
                type,
                null,
                "application/json",
                null,
                now,
                data.getBytes(UTF_8),
                false,
                Map.of(),
                null,
                TEST_CHANNEL.value(),
                0,
                0,
                now.toEpochMilli());
        return new Message(id, event, List.of(TEST_CHANNEL), endpoint.tenant());
    }

    /// The same again is harmless, so it need not be in one transaction with the answer that is kept.
    private void recover(ServerRequest request, ServerResponse response, Caller caller) {
        var body = bodies.bytes(request);
        var claim = once.claim(request, caller, body);
        if (once.repeat(claim, response)) {
            return;
        }
        var endpoint = lookup.active(lookup.endpoint(caller, request));
        var document = Bodies.object(request, body);
        var fields = new Fields(document);
        var since = fields.instant("since");
        if (!fields.has("since")) {
            fields.fault("since", "is missing: give the time from which on failures are sent again");
        }
        var cursor = fields.text("cursor", CURSOR_MAX).map(text -> progress(text, fields));
        boolean partly = fields.flag("partly", false) || cursor.isPresent();
        Json.refuse(Json.unknown(document, RECOVER_FIELDS), fields.faults());
        var step = partly
                ? requests.recover(endpoint, since.orElseThrow(), cursor.orElse(Progress.BEGIN))
                : new Requests.Step(requests.recover(endpoint, since.orElseThrow()), Optional.empty());
        var answer = Json.object()
                .put("deadLetters", step.recovery().deadLetters())
                .put("parked", step.recovery().parked())
                .put("notKept", step.recovery().notKept())
                .put("next", step.next().map(OperatorHandlers::cursor).orElse(null));
        once.run(claim, response, _ -> new Reply(202, "", Json.write(answer)));
    }

    private static String cursor(Progress progress) {
        return (progress.deadLetters() ? DEAD_LETTERS : PARKED) + progress.message();
    }

    private static Progress progress(String cursor, Fields fields) {
        boolean deadLetters = cursor.startsWith(DEAD_LETTERS);
        var message = deadLetters || cursor.startsWith(PARKED)
                ? MessageId.parse(cursor.substring(cursor.indexOf('~') + 1))
                : Optional.<MessageId>empty();
        if (message.isEmpty()) {
            fields.fault("cursor", "is none: give the 'next' of the part before");
        }
        return message.map(last -> new Progress(deadLetters, last.toString())).orElse(Progress.BEGIN);
    }
}
