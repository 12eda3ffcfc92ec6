package dev.fanfare.webhook.api;

import static dev.fanfare.webhook.api.TestApi.json;

import dev.fanfare.webhook.api.Contract.Operation;
import dev.fanfare.webhook.api.TestApi.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Requests that have nothing wrong with them, one for each operation, about things that are there.
///
/// @param delivery a dead letter of the endpoint
/// @param replay of the endpoint
record Samples(String endpoint, String delivery, String replay) {
    static final String SINCE = "{\"since\":\"2026-11-20T08:00:00Z\"}";

    private static final Map<String, String> BODIES = Map.of(
            "createEndpoint",
            json("'headers':{'X-Team':'billing'}", "'ttl':'1h'", "'ratePerSecond':5", "'signature':'v1+v1a'"),
            "replaceEndpoint",
            json("'description':'replaced'"),
            "patchEndpoint",
            "{\"ttl\":null,\"enabled\":true}",
            "rotateSecret",
            "{\"overlap\":\"1h\"}",
            "sendTestEvent",
            "{\"type\":\"a.b\",\"data\":[1]}",
            "recover",
            SINCE,
            "startReplay",
            "{\"topic\":\"orders\",\"offsets\":{\"0\":5},\"dryRun\":true}");

    /// New things.
    static Samples of(TestApi api, String... members) {
        var endpoint = api.endpoint(members);
        var delivery = api.deadLetter(endpoint, 1).toString();
        var replay = api.post("/v1/endpoints/" + endpoint + "/replay", SINCE);
        return new Samples(endpoint, delivery, replay.body().path("id").asText());
    }

    static int success(Operation operation) {
        return operation.statuses().stream()
                .filter(status -> status < 300)
                .findFirst()
                .orElseThrow();
    }

    String path(Operation operation) {
        var deliveries = operation.path().startsWith("/v1/deliveries");
        return operation
                .path()
                .replace("{id}", deliveries ? delivery : endpoint)
                .replace("{replay}", replay);
    }

    /// What it cannot do without.
    static String query(Operation operation) {
        return operation.id().equals("why") ? "?topic=orders&partition=3&offset=1" : "";
    }

    static String body(Operation operation) {
        return BODIES.getOrDefault(operation.id(), "");
    }

    /// Sends one.
    ///
    /// @param authorization the header; empty for none
    Answer send(TestApi api, Operation operation, String authorization) {
        return send(api, operation, body(operation), authorization);
    }

    Answer send(TestApi api, Operation operation, String body, String authorization) {
        var type = Contract.names(operation.node().path("requestBody").path("content")).stream()
                .findFirst()
                .orElse("");
        return api.call(
                operation.method(),
                path(operation) + query(operation),
                body.getBytes(StandardCharsets.UTF_8),
                "If-Match",
                "*",
                "Content-Type",
                type,
                "Authorization",
                authorization);
    }
}
