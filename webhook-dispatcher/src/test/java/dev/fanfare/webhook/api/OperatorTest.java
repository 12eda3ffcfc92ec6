package dev.fanfare.webhook.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.journal.Effect;
import dev.fanfare.webhook.store.Deliveries;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OperatorTest {
    private static TestApi api;

    @BeforeAll
    static void start() {
        api = new TestApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void sendsATestEvent() {
        var path = "/v1/endpoints/" + api.endpoint("'tenant':'acme'");
        var sent = api.post(path + "/test", "{\"type\":\"order.created\",\"data\":{\"n\":[1,2]}}");
        assertThat(sent.status()).as(sent.text()).isEqualTo(202);
        var id = DeliveryId.parse(sent.body().path("delivery").asText()).orElseThrow();
        var shown = api.get("/v1/deliveries/" + id).body();
        assertThat(shown.path("state").asText()).isEqualTo("parked");
        assertThat(Instant.parse(shown.path("due").asText()))
                .isBefore(Instant.now().plusSeconds(60));
        assertThat(shown.path("event").path("type").asText()).isEqualTo("order.created");
        assertThat(shown.path("event").path("tenant").asText()).isEqualTo("acme");
        var event =
                new Deliveries(api.database).message(id.message()).orElseThrow().event();
        assertThat(new String(event.data(), StandardCharsets.UTF_8)).isEqualTo("{\"n\":[1,2]}");

        var plain = api.post(path + "/test", "").body().path("delivery").asText();
        assertThat(api.get("/v1/deliveries/" + plain)
                        .body()
                        .path("event")
                        .path("type")
                        .asText())
                .isEqualTo("dev.fanfare.test");
        assertThat(api.post(path + "/test", "{\"type\":3}").fields()).containsExactly("type");
        assertThat(api.post(path + "/test", "{\"typ\":\"a\"}").text()).contains("did you mean 'type'");
        assertThat(api.post("/v1/endpoints/ep_00000000000000000000/test", "").status())
                .isEqualTo(404);
    }

    @Test
    void sendsATestEventOncePerKey() {
        var path = "/v1/endpoints/" + api.endpoint();
        var first = api.post(path + "/test", "", "Idempotency-Key", "test-1");
        var again = api.post(path + "/test", "", "Idempotency-Key", "test-1");
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(api.get("/v1/deliveries?endpoint=" + path.substring("/v1/endpoints/".length()))
                        .body()
                        .path("items"))
                .hasSize(1);
    }

    @Test
    void saysThatAnAnswerWhoseKeyIsGoneCannotBeRepeated() {
        var path = "/v1/endpoints/" + api.endpoint();
        api.post(path + "/test", "", "Idempotency-Key", "test-2");
        api.database
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "update idempotency set body = 'gone' || substring(body from position(':' in body))"));
        var again = api.post(path + "/test", "", "Idempotency-Key", "test-2");
        assertThat(again.status()).as(again.text()).isEqualTo(422);
        assertThat(again.text()).contains("idempotency-key-reused", "encryption key is not configured");
    }

    @Test
    void recoversWhatFailed() {
        var endpoint = api.endpoint();
        var path = "/v1/endpoints/" + endpoint + "/recover";
        var parked = api.parked(endpoint, 1);
        var dead = api.deadLetter(endpoint, 2);
        var late = "{\"since\":\"%s\"}".formatted(Instant.now().plusSeconds(60));
        assertThat(api.post(path, late).body()).isEqualTo(TestApi.parse("""
                {"deadLetters":0,"parked":0,"notKept":0,"next":null}\
                """));
        var since = "{\"since\":\"%s\"}".formatted(Instant.now().minusSeconds(60));
        var recovered = api.post(path, since);
        assertThat(recovered.status()).as(recovered.text()).isEqualTo(202);
        assertThat(recovered.body()).isEqualTo(TestApi.parse("""
                {"deadLetters":1,"parked":1,"notKept":0,"next":null}\
                """));
        for (var id : new DeliveryId[] {parked, dead}) {
            var shown = api.get("/v1/deliveries/" + id).body();
            assertThat(shown.path("state").asText()).isEqualTo("parked");
            assertThat(shown.path("reason").asText()).isEqualTo("requested");
        }
        assertThat(api.post(path, "{}").fields()).containsExactly("since");
        assertThat(api.post(path, "{\"since\":\"yesterday\"}").fields()).containsExactly("since");
        assertThat(api.post(path, "{\"since\":\"+999999999-12-31T23:59:59Z\"}").fields())
                .containsExactly("since");
        assertThat(api.post(path, "").code()).isEqualTo("malformed-json");
    }

    /// Some hundred at a time, so that whoever asks sees how far it is, and may stop.
    @Test
    void recoversInParts() {
        var endpoint = api.endpoint();
        var path = "/v1/endpoints/" + endpoint + "/recover";
        for (int offset = 1; offset <= 3; offset++) {
            api.parked(endpoint, offset);
            api.deadLetter(endpoint, 10 + offset);
        }
        var since = "\"since\":\"%s\",\"partly\":true".formatted(Instant.now().minusSeconds(60));
        var first = api.post(path, "{%s}".formatted(since)).body();
        assertThat(first.path("parked").asInt()).isEqualTo(3);
        assertThat(first.path("deadLetters").asInt()).isZero();
        assertThat(api.get("/v1/deliveries?state=dead-letter&endpoint=" + endpoint)
                        .body()
                        .path("items"))
                .hasSize(3);
        var next = "{%s,\"cursor\":\"%s\"}";
        var second = api.post(path, next.formatted(since, first.path("next").asText()))
                .body();
        assertThat(second.path("deadLetters").asInt()).isEqualTo(3);
        var last = api.post(path, next.formatted(since, second.path("next").asText()))
                .body();
        assertThat(last).isEqualTo(TestApi.parse("""
                {"deadLetters":0,"parked":0,"notKept":0,"next":null}\
                """));
        for (var cursor : new String[] {"x", "parked~", "dead-letter~msg_x", "ended~" + "x".repeat(200)}) {
            assertThat(api.post(path, next.formatted(since, cursor)).fields()).containsExactly("cursor");
        }
    }

    @Test
    void disablesAndEnables() {
        var id = api.endpoint();
        var path = "/v1/endpoints/" + id;
        var disabled = api.patch(path, "{\"enabled\":false}", "If-Match", "*");
        assertThat(disabled.body().path("enabled").asBoolean()).isFalse();
        for (var request : new String[] {"/test", "/recover", "/replay"}) {
            var refused = api.post(path + request, "{\"since\":\"2026-11-20T08:00:00Z\"}");
            assertThat(refused.status()).as(refused.text()).isEqualTo(409);
            assertThat(refused.code()).isEqualTo("endpoint-disabled");
        }
        assertThat(api.patch(path, "{\"enabled\":true}", "If-Match", "*").status())
                .isEqualTo(200);
        assertThat(api.post(path + "/test", "").status()).isEqualTo(202);
    }

    @Test
    void staysDisabledIfAnUpdateIsOfAnEarlierVersion() {
        var id = api.endpoint();
        var path = "/v1/endpoints/" + id;
        var read = api.get(path);
        var pause = new Effect.Pause(new EndpointId(id), 1, Instant.now().plusSeconds(60));
        api.effect(pause, new Disposition.Delivered());
        assertThat(api.get(path).header("ETag")).isEqualTo(read.header("ETag"));
        api.effect(new Effect.Disable(new EndpointId(id), 1, "gone"), new Disposition.Delivered());
        var overtaken = api.put(path, read.text(), "If-Match", read.header("ETag"));
        assertThat(overtaken.status()).as(overtaken.text()).isEqualTo(412);
        var disabled = api.get(path);
        assertThat(disabled.body().path("disabledReason").asText()).isEqualTo("gone");
        assertThat(api.put(path, read.text(), "If-Match", disabled.header("ETag"))
                        .body()
                        .path("enabled")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void enablesWhatTheDispatcherHasDisabled() {
        var id = api.endpoint();
        var path = "/v1/endpoints/" + id;
        api.effect(new Effect.Disable(new EndpointId(id), 1, "gone"), new Disposition.Delivered());
        var disabled = api.get(path).body();
        assertThat(disabled.path("enabled").asBoolean()).isFalse();
        assertThat(disabled.path("disabledReason").asText()).isEqualTo("gone");
        assertThat(api.post(path + "/test", "").text()).contains("(gone)");
        // other changes leave it disabled
        api.patch(path, "{\"description\":\"x\"}", "If-Match", "*");
        assertThat(api.get(path).body().path("enabled").asBoolean()).isFalse();
        var enabled = api.patch(path, "{\"enabled\":true}", "If-Match", "*").body();
        assertThat(enabled.path("enabled").asBoolean()).isTrue();
        assertThat(enabled.path("disabledReason").isNull()).isTrue();
    }
}
