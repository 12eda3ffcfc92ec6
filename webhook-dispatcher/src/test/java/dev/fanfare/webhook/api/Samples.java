package dev.fanfare.webhook.api;

import static dev.fanfare.webhook.api.TestApi.json;

import dev.fanfare.webhook.api.Contract.Operation;
import dev.fanfare.webhook.api.TestApi.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;

/// Requests that have nothing wrong with them, one for each operation, about things that are there.
///
/// @param delivery a dead letter of the endpoint
/// @param replay of the endpoint
/// @param session the cookie of a page for the endpoint's tenant
record Samples(String endpoint, String delivery, String replay, String session) {
    static final String PAGE = "Fanfare-Page";
    static final String SINCE = "{\"since\":\"2026-11-20T08:00:00Z\"}";

    private static final Map<String, String> BODIES = Map.of(
            "createLink",
            "{\"tenant\":\"acme\"}",
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
        var session = session(api, api.endpointOf(endpoint).tenant());
        return new Samples(endpoint, delivery, replay.body().path("id").asText(), session);
    }

    /// The cookie of a new session of a tenant's page.
    static String session(TestApi api, String tenant) {
        return cookie(open(api, link(api, "{\"tenant\":\"%s\"}".formatted(tenant))));
    }

    /// The token of a new link; of none while the store is away.
    static String link(TestApi api, String body) {
        return api.post("/v1/links", body).body().path("url").asText("#x").replaceAll(".*#", "");
    }

    static Answer open(TestApi api, String token) {
        return api.post("/v1/session", "{\"token\":\"%s\"}".formatted(token), PAGE, "1");
    }

    static String cookie(Answer opened) {
        return opened.header("Set-Cookie").replaceAll(";.*", "");
    }

    /// The headers by which a page is known.
    static String[] page(String session, String... more) {
        return Stream.concat(Stream.of(PAGE, "1", "Cookie", session, "Authorization", ""), Stream.of(more))
                .toArray(String[]::new);
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
        return send(
                api,
                operation,
                body,
                operation.isOfPages() ? page(session) : new String[] {"Authorization", authorization});
    }

    /// @param who headers that say who asks
    Answer send(TestApi api, Operation operation, String body, String... who) {
        var type = Contract.names(operation.node().path("requestBody").path("content")).stream()
                .findFirst()
                .orElse("");
        var fresh = operation.id().equals("openSession") ? "{\"token\":\"%s\"}".formatted(link(api, "{}")) : body;
        var headers = Stream.concat(Stream.of("If-Match", "*", "Content-Type", type), Stream.of(who));
        return api.call(
                operation.method(),
                path(operation) + query(operation),
                fresh.getBytes(StandardCharsets.UTF_8),
                headers.toArray(String[]::new));
    }
}
