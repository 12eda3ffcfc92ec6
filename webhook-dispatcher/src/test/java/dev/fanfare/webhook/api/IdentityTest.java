package dev.fanfare.webhook.api;

import static dev.fanfare.webhook.api.TestApi.CONTRACT;
import static dev.fanfare.webhook.api.TestApi.json;
import static dev.fanfare.webhook.api.TestApi.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.service.access.IssuerSettings;
import dev.fanfare.webhook.api.Contract.Operation;
import dev.fanfare.webhook.api.TestApi.Answer;
import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.EndpointId;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may do what, on each route that the API has: a route that lets somebody see or change what is another tenant's
/// is found here without anybody thinking of it.
class IdentityTest {
    private static final String READ = "webhooks:read";
    private static final String MANAGE = "webhooks:manage";
    private static final String OPERATE = "webhooks:operate";
    private static final String AWAY = "https://away.example.com/";

    private static TestApi api;
    private static Samples acmes;
    private static Samples evils;

    @BeforeAll
    static void start() {
        api = new TestApi(List.of(new IssuerSettings(
                AWAY, List.of("webhooks"), new IssuerSettings.KeySource.JwksUrl(URI.create("http://127.0.0.1:1/")))));
        acmes = Samples.of(api, "'tenant':'acme'", "'description':'of acme'");
        evils = Samples.of(api, "'tenant':'evil'");
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static Stream<Operation> routes() {
        return api.api.routes().stream()
                .map(route -> CONTRACT.find(route.method().text(), route.path().replaceAll("[{}]", ""))
                        .orElseThrow());
    }

    private static Stream<Operation> guarded() {
        return routes().filter(operation -> !operation.isOpen());
    }

    private static String bearer(String tenant, String scope) {
        return "Bearer " + Tokens.of(tenant, scope);
    }

    private static Map<String, String> badTokens() {
        var now = Instant.now().getEpochSecond();
        var good = Map.<String, Object>of("tenant", "acme", "scope", OPERATE);
        var bad = new LinkedHashMap<String, String>();
        bad.put("expired", Tokens.signed(with(good, "exp", now - 1)));
        bad.put("not-yet-valid", Tokens.signed(with(good, "nbf", now + 60)));
        bad.put("audience", Tokens.signed(with(good, "aud", "fanfare")));
        bad.put("issuer", Tokens.signed(with(good, "iss", "https://evil.example.com/")));
        bad.put("algorithm", Tokens.unsigned(good));
        bad.put("signature", Tokens.signed("fedcba9876543210fedcba9876543210", good));
        bad.put("malformed", "acme");
        return bad;
    }

    private static Map<String, Object> with(Map<String, Object> claims, String name, Object value) {
        var changed = new LinkedHashMap<>(claims);
        changed.put(name, value);
        return changed;
    }

    @ParameterizedTest
    @MethodSource("guarded")
    void letsNobodyInWithoutAGoodToken(Operation operation) {
        var before = all(acmes);
        var nothing = acmes.send(api, operation, "");
        assertThat(nothing.status()).isEqualTo(401);
        assertThat(nothing.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"fanfare\"");
        badTokens().forEach((fault, token) -> {
            var answer = acmes.send(api, operation, "Bearer " + token);
            assertThat(answer.status()).as(fault).isEqualTo(401);
            assertThat(answer.code()).as(fault).isEqualTo("unauthorized");
            assertThat(answer.header("WWW-Authenticate"))
                    .contains("error=\"invalid_token\"")
                    .contains("\"" + fault + ": ");
            assertThat(answer.body().path("detail").asText()).startsWith(fault + ": ");
            assertThat(answer.text()).as(fault).doesNotContain(token);
        });
        assertThat(all(acmes)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("guarded")
    void wantsTheScope(Operation operation) {
        var before = all(acmes);
        var needed = operation.method().equals("GET") ? READ : MANAGE;
        for (var scope : List.of("", "webhooks", needed + "s", needed.equals(READ) ? "fanfare:manage" : READ)) {
            var answer = acmes.send(api, operation, bearer("acme", scope));
            assertThat(answer.status()).as(scope).isEqualTo(403);
            assertThat(answer.code()).isEqualTo("forbidden");
            assertThat(answer.body().path("detail").asText())
                    .startsWith(
                            "the token does not have the scope '%s' in its claim 'scope' or 'scp':".formatted(needed));
            assertThat(answer.header("WWW-Authenticate"))
                    .isEqualTo(
                            "Bearer realm=\"fanfare\", error=\"insufficient_scope\", scope=\"%s\"".formatted(needed));
        }
        assertThat(all(acmes)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("guarded")
    void wantsATenant(Operation operation) {
        var before = all(acmes);
        for (var tenant :
                List.of("", "*", "acme corp", "acme,evil", List.of(), List.of("a/b"), Map.of("acme", true), true)) {
            var token = Tokens.signed(Map.of("tenant", tenant, "scope", READ + " " + MANAGE));
            var answer = acmes.send(api, operation, "Bearer " + token);
            assertThat(answer.status()).as("%s", tenant).isEqualTo(403);
            assertThat(answer.body().path("detail").asText())
                    .startsWith("the token names no tenant in its claim 'tenant'");
        }
        assertThat(all(acmes)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("routes")
    void letsTheTenantIn(Operation operation) {
        var scope = operation.method().equals("GET") ? READ : MANAGE;
        var tokens = List.of(
                bearer("acme", "openid " + scope),
                bearer("other", OPERATE),
                "Bearer " + Tokens.signed(Map.of("tenant", List.of("other", "acme"), "scp", List.of(MANAGE))),
                "Bearer " + TestApi.TOKEN);
        for (var token : tokens) {
            var there = operation.method().equals("GET") ? acmes : Samples.of(api, "'tenant':'acme'");
            var body = operation.id().equals("createEndpoint") ? json("'tenant':'acme'") : Samples.body(operation);
            var answer = there.send(api, operation, body, token);
            assertThat(answer.status()).as(answer.text()).isEqualTo(Samples.success(operation));
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void hidesWhatIsAnotherTenants(Operation operation) {
        var before = all(acmes);
        var evil = bearer("evil", READ + " " + MANAGE);
        if (operation.path().contains("{")) {
            var body = Samples.body(operation);
            for (var who : List.of(new String[] {"Authorization", evil}, Samples.page(evils.session()))) {
                assertThat(text(acmes.send(api, operation, body, who), acmes))
                        .isEqualTo(text(missing().send(api, operation, body, who), missing()))
                        .contains("not-found");
            }
            if (operation.path().contains("{replay}")) {
                var mixed = new Samples(evils.endpoint(), evils.delivery(), acmes.replay(), evils.session());
                assertThat(mixed.send(api, operation, evil).status()).isEqualTo(404);
            }
        } else {
            elsewhere(operation, "Authorization", evil);
            elsewhere(operation, Samples.page(evils.session()));
        }
        assertThat(all(acmes)).isEqualTo(before);
    }

    /// On routes that name nothing in their path.
    private static void elsewhere(Operation operation, String... evil) {
        switch (operation.id()) {
            case "createEndpoint" -> {
                var answer = api.post("/v1/endpoints", json("'tenant':'acme'"), evil);
                assertThat(answer.status()).isEqualTo(403);
                assertThat(answer.body().path("detail").asText())
                        .contains("'acme'")
                        .contains("[evil]");
            }
            case "listEndpoints" -> {
                assertThat(api.get("/v1/endpoints?limit=500", evil).text())
                        .contains(evils.endpoint())
                        .doesNotContain(acmes.endpoint());
                assertThat(api.get("/v1/endpoints?tenant=acme", evil).body().path("items"))
                        .isEmpty();
            }
            case "listStates" -> {
                assertThat(api.get("/v1/states?limit=500", evil).text())
                        .contains(evils.endpoint())
                        .doesNotContain(acmes.endpoint());
                assertThat(api.get("/v1/states?tenant=acme", evil).body().path("items"))
                        .isEmpty();
            }
            // no page may make links, whosever
            case "createLink" ->
                assertThat(api.post("/v1/links", "{\"tenant\":\"acme\"}", evil).status())
                        .isEqualTo(evil[0].equals("Authorization") ? 403 : 401);
            case "listDeliveries" -> {
                var event = DeliveryId.parse(acmes.delivery()).orElseThrow().message();
                for (var query : List.of("?limit=500", "?event=" + event)) {
                    assertThat(api.get("/v1/deliveries" + query, evil).text())
                            .contains(evils.delivery())
                            .doesNotContain(acmes.endpoint());
                }
                var hidden = api.get("/v1/deliveries?endpoint=" + acmes.endpoint(), evil);
                var absent = api.get("/v1/deliveries?endpoint=" + missing().endpoint(), evil);
                assertThat(text(hidden, acmes))
                        .isEqualTo(text(absent, missing()))
                        .contains("not-found");
            }
            default -> {
                if (!operation.isOpen()) {
                    fail("say here how %s keeps tenants apart", operation);
                }
                assertThat(api.call(operation.method(), operation.path(), new byte[0])
                                .text())
                        .doesNotContain(acmes.endpoint(), "of acme", "acme");
            }
        }
    }

    private static Samples missing() {
        var id = "ep_00000000000000000000";
        return new Samples(id, new DeliveryId(message(1).id(), new EndpointId(id)).toString(), "rp_0", "");
    }

    /// An answer, without what is different in each.
    private static String text(Answer answer, Samples about) {
        var body = ((ObjectNode) answer.body().deepCopy()).without(List.of("requestId"));
        return answer.status() + " "
                + body.toString()
                        .replace(about.delivery(), "DELIVERY")
                        .replace(about.endpoint(), "ENDPOINT")
                        .replace(about.replay(), "REPLAY")
                        .replaceAll("ep_[\\w-]+…", "ENDPOINT…");
    }

    /// All that can be seen of some things by one who may see everything.
    private static List<JsonNode> all(Samples there) {
        return Stream.of(
                        "/v1/endpoints/" + there.endpoint(),
                        "/v1/endpoints/" + there.endpoint() + "/replay",
                        "/v1/deliveries?endpoint=" + there.endpoint(),
                        "/v1/deliveries/" + there.delivery() + "/attempts")
                .map(path -> api.get(path).body())
                .toList();
    }

    @Test
    void makesEndpointsForTheTokensTenant() {
        var made = api.post("/v1/endpoints", json(), "Authorization", bearer("acme", MANAGE));
        assertThat(made.body().path("tenant").asText()).isEqualTo("acme");
        var several = "Bearer " + Tokens.signed(Map.of("tenant", List.of("acme", "default"), "scope", MANAGE));
        var refused = api.post("/v1/endpoints", json(), "Authorization", several);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.fields()).containsExactly("tenant");
        assertThat(refused.text()).contains("[acme, default]");
        assertThat(api.post("/v1/endpoints", json("'tenant':'default'"), "Authorization", several)
                        .status())
                .isEqualTo(201);
        assertThat(api.post("/v1/endpoints", json(), "Authorization", bearer("acme", OPERATE))
                        .body()
                        .path("tenant")
                        .asText())
                .isEqualTo("default");
    }

    /// With `handshake` the receiver is asked for its consent, on whose behalf ever.
    @Test
    void callsNobodyForAnotherTenant() throws IOException {
        try (var receiver = new MockWebServer()) {
            receiver.start();
            var body = "{'url':'%s','channels':['a'],'handshake':true,'tenant':'acme'}"
                    .formatted(receiver.url("/hook"))
                    .replace('\'', '"');
            assertThat(api.post("/v1/endpoints", body, "Authorization", bearer("evil", MANAGE))
                            .status())
                    .isEqualTo(403);
            assertThat(receiver.getRequestCount()).isZero();
        }
    }

    @Test
    void listsAllTenantsOfTheToken() {
        var first = api.endpoint("'tenant':'first'");
        var second = api.endpoint("'tenant':'second'");
        var third = api.endpoint("'tenant':'third'");
        var token = "Bearer " + Tokens.signed(Map.of("tenant", List.of("first", "second"), "scope", READ));
        assertThat(api.get("/v1/endpoints", "Authorization", token).text())
                .contains(first, second)
                .doesNotContain(third);
        assertThat(api.get("/v1/endpoints?tenant=second", "Authorization", token)
                        .text())
                .contains(second)
                .doesNotContain(first);
    }

    /// The answer holds the endpoint's secret.
    @Test
    void givesAnAnswerAgainOnlyToTheSameTenant() {
        var key = Once.KEY.defaultCase();
        var acme = api.post("/v1/endpoints", json(), key, "one", "Authorization", bearer("acme", MANAGE));
        var again = api.post("/v1/endpoints", json(), key, "one", "Authorization", bearer("acme", MANAGE));
        assertThat(again.header(Once.REPLAYED.defaultCase())).isEqualTo("true");
        assertThat(again.text()).isEqualTo(acme.text());
        var evil = api.post("/v1/endpoints", json(), key, "one", "Authorization", bearer("evil", MANAGE));
        assertThat(evil.status()).isEqualTo(201);
        assertThat(evil.body().path("tenant").asText()).isEqualTo("evil");
        assertThat(evil.text()).doesNotContain(acme.body().path("secret").asText());
        var another = Tokens.signed(Map.of("sub", "u-2", "tenant", "acme", "scope", MANAGE));
        var others = api.post("/v1/endpoints", json(), key, "one", "Authorization", "Bearer " + another);
        assertThat(others.text()).doesNotContain(acme.body().path("secret").asText());
        assertThat(api.post("/v1/endpoints", json(), key, "one")
                        .body()
                        .path("tenant")
                        .asText())
                .isEqualTo("default");
    }

    @Test
    void doesNotTellAnotherTenantsEventFromOneThatIsNotThere() {
        var endpoint = api.endpoint("'tenant':'acme'");
        var why = "/v1/endpoints/%s/why?topic=orders&partition=3&offset=".formatted(endpoint);
        api.events.byOffset.put(71L, new Events.Routed(message(TestApi.TOPIC, 71, "evil")));
        api.events.byOffset.put(72L, new Events.Unrouted(message(72).id(), "The record of evil is no event."));
        api.events.byOffset.put(74L, new Events.Routed(message(TestApi.TOPIC, 74, "acme")));
        var acme = bearer("acme", READ);
        var absent = api.get(why + 73, "Authorization", acme);
        assertThat(absent.body().path("verdict").asText()).isEqualTo("no-event");
        assertThat(api.get(why + 71, "Authorization", acme).text()).isEqualTo(absent.text());
        assertThat(api.get(why + 72, "Authorization", acme).text()).isEqualTo(absent.text());
        var byId =
                "/v1/endpoints/%s/why?event=%s".formatted(endpoint, message(71).id());
        assertThat(api.get(byId, "Authorization", acme).text()).isEqualTo(absent.text());
        assertThat(api.get(why + 74, "Authorization", acme)
                        .body()
                        .path("verdict")
                        .asText())
                .isNotEqualTo("no-event");
        assertThat(api.get(why + 71).body().path("verdict").asText()).isEqualTo("other-tenant");
        assertThat(api.get(why + 72).body().path("verdict").asText()).isEqualTo("no-route");
    }

    @Test
    void showsDeliveriesOfADeletedEndpointToItsTenantOnly() {
        var gone = Samples.of(api, "'tenant':'acme'");
        assertThat(api.delete("/v1/endpoints/" + gone.endpoint(), "Authorization", bearer("acme", MANAGE))
                        .status())
                .isEqualTo(204);
        var path = "/v1/deliveries/" + gone.delivery();
        assertThat(api.get(path, "Authorization", bearer("acme", READ)).status())
                .isEqualTo(200);
        assertThat(api.get(path, "Authorization", bearer("evil", READ)).status())
                .isEqualTo(404);
        assertThat(api.get("/v1/deliveries?limit=500", "Authorization", bearer("acme", READ))
                        .text())
                .contains(gone.delivery());
        assertThat(api.get("/v1/deliveries?limit=500", "Authorization", bearer("evil", READ))
                        .text())
                .doesNotContain(gone.delivery());
    }

    @Test
    void doesNotBlameTheCallerForAnIssuerThatIsAway() {
        var token = Tokens.signed(Map.of("iss", AWAY, "tenant", "acme", "scope", READ));
        var answer = api.get("/v1/endpoints", "Authorization", "Bearer " + token);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("issuer-away");
        assertThat(answer.header("Retry-After")).isEqualTo("2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/endpoints", "/v1/endpoints/x", "/v1/nothing"})
    void keepsNothingInCaches(String path) {
        assertThat(api.get(path).header("Cache-Control")).isEqualTo("no-store");
    }
}
