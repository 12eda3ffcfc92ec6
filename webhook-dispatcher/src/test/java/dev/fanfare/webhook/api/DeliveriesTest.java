package dev.fanfare.webhook.api;

import static dev.fanfare.webhook.api.TestApi.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.Message;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DeliveriesTest {
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
    void showsWhereADeliveryStands() {
        var endpoint = api.endpoint();
        var id = api.parked(endpoint, 1);
        var shown = api.get("/v1/deliveries/" + id);
        assertThat(shown.status()).as(shown.text()).isEqualTo(200);
        var body = shown.body();
        assertThat(body.path("id").asText()).isEqualTo(id.toString());
        assertThat(body.path("endpoint").asText()).isEqualTo(endpoint);
        assertThat(body.path("messageId").asText()).isEqualTo(id.message().toString());
        assertThat(body.path("state").asText()).isEqualTo("parked");
        assertThat(body.path("reason").asText()).isEqualTo("retry");
        assertThat(body.path("attempts").asInt()).isEqualTo(1);
        assertThat(Instant.parse(body.path("due").asText())).isAfter(Instant.now());
        assertThat(body.path("event").path("type").asText()).isEqualTo("order.created");
        assertThat(body.path("event").path("channels").path(0).asText()).isEqualTo("orders.42");

        var delivered = api.get("/v1/deliveries/" + api.delivered(endpoint, 21)).body();
        assertThat(delivered.path("state").asText()).isEqualTo("delivered");
        assertThat(delivered.path("due").isNull()).isTrue();
        assertThat(delivered.path("event").isNull()).isTrue(); // only Kafka has it
        assertThat(api.get("/v1/deliveries/" + new DeliveryId(message(99).id(), id.endpoint()))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void showsEachAttempt() {
        var id = api.parked(api.endpoint(), 1);
        var attempts = api.get("/v1/deliveries/" + id + "/attempts");
        assertThat(attempts.status()).isEqualTo(200);
        assertThat(attempts.body().path("items")).hasSize(1);
        assertThat(attempts.body().path("items").path(0)).isEqualTo(TestApi.parse("""
                {"number":1,"trigger":"schedule","at":"2026-11-20T08:00:00.123456Z","reason":"status",
                "detail":"it answered 500","responseHead":"oops","status":500,
                "timings":{"dns":1,"connect":2,"tls":null,"firstByte":4,"total":10}}\
                """));
        assertThat(attempts.body().path("next").isNull()).isTrue();
        var dead = api.deadLetter(api.endpoint(), 2);
        assertThat(api.get("/v1/deliveries/" + dead + "/attempts")
                        .body()
                        .path("items")
                        .path(0)
                        .path("status")
                        .isNull())
                .isTrue();
        assertThat(api.get("/v1/deliveries/" + new DeliveryId(message(99).id(), id.endpoint()) + "/attempts")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void filters() {
        var endpoint = api.endpoint();
        var other = api.endpoint();
        var begin = Instant.now().minusSeconds(60);
        var parked = api.parked(endpoint, 1).toString();
        var delivered = api.delivered(endpoint, 2).toString();
        var dead = api.deadLetter(endpoint, 3).toString();
        var others = api.deadLetter(other, 3);
        assertThat(ids("?endpoint=" + endpoint)).containsExactlyInAnyOrder(parked, delivered, dead);
        assertThat(ids("?endpoint=" + endpoint + "&state=parked")).containsExactly(parked);
        assertThat(ids("?endpoint=" + endpoint + "&state=delivered")).containsExactly(delivered);
        assertThat(ids("?endpoint=" + endpoint + "&state=dead-letter")).containsExactly(dead);
        assertThat(ids("?endpoint=" + endpoint + "&state=ended")).isEmpty();
        assertThat(ids("?event=" + others.message())).contains(dead, others.toString());
        assertThat(ids("?event=" + others.message() + "&endpoint=" + endpoint)).containsExactly(dead);
        assertThat(ids("?limit=500")).contains(parked, delivered, dead, others.toString());
        assertThat(ids("?endpoint=" + endpoint + "&since=" + begin)).hasSize(3);
        assertThat(ids("?endpoint=" + endpoint + "&until=" + begin)).isEmpty();
        assertThat(api.get("/v1/deliveries?endpoint=ep_00000000000000000000").status())
                .isEqualTo(404);
    }

    @Test
    void listsInPages() {
        var endpoint = api.endpoint();
        var all = new ArrayList<String>();
        for (int offset = 0; offset < 7; offset++) {
            all.add((offset % 2 == 0 ? api.parked(endpoint, offset) : api.delivered(endpoint, offset)).toString());
        }
        var paged = new ArrayList<String>();
        JsonNode page;
        var cursor = "";
        do {
            page = api.get("/v1/deliveries?limit=2&endpoint=" + endpoint + cursor)
                    .body();
            paged.addAll(ids(page));
            cursor = "&cursor=" + page.path("next").asText();
        } while (!page.path("next").isNull());
        assertThat(paged).containsExactlyElementsOf(all.reversed());
    }

    @Test
    void sendsAgainUnderTheSameId() {
        var endpoint = api.endpoint();
        var parked = api.parked(endpoint, 1);
        var dead = api.deadLetter(endpoint, 2);
        for (var id : List.of(parked, dead)) {
            var sent = api.post("/v1/deliveries/" + id + "/resend", "");
            assertThat(sent.status()).as(sent.text()).isEqualTo(202);
            assertThat(sent.body().path("delivery").asText()).isEqualTo(id.toString());
            var body = api.get("/v1/deliveries/" + id).body();
            assertThat(body.path("state").asText()).isEqualTo("parked");
            assertThat(body.path("reason").asText()).isEqualTo("requested");
            assertThat(Instant.parse(body.path("due").asText()))
                    .isBefore(Instant.now().plusSeconds(60));
        }
    }

    @Test
    void sendsAgainWhatOnlyKafkaHas() {
        var endpoint = api.endpoint();
        var there = api.delivered(endpoint, 11);
        api.events.byOffset.put(11L, new Events.Routed(message(11)));
        var sent = api.post("/v1/deliveries/" + there + "/resend", "");
        assertThat(sent.status()).as(sent.text()).isEqualTo(202);
        assertThat(api.get("/v1/deliveries/" + there).body().path("state").asText())
                .isEqualTo("parked");

        var gone = api.delivered(endpoint, 12);
        refused(gone, 409, "not-kept");
        api.events.byOffset.put(12L, new Events.Unrouted(gone.message(), "No rule."));
        refused(gone, 409, "not-kept");
        // the topic was made anew: another event stands there
        api.events.byOffset.put(12L, new Events.Routed(message(Uuid.randomUuid(), 12, Message.DEFAULT_TENANT)));
        refused(gone, 409, "not-kept");
        api.events.byOffset.put(12L, new Events.Routed(message(TestApi.TOPIC, 12, "another")));
        refused(gone, 409, "not-kept");
        assertThat(api.get("/v1/deliveries/" + gone).body().path("state").asText())
                .isEqualTo("delivered");
    }

    @Test
    void sendsNothingThatIsNotThereOrNotWanted() {
        var endpoint = api.endpoint();
        var id = api.deadLetter(endpoint, 1);
        refused(new DeliveryId(message(99).id(), id.endpoint()), 404, "not-found");
        assertThat(api.post("/v1/deliveries/x/resend", "").status()).isEqualTo(404);
        assertThat(api.post("/v1/deliveries/" + id + "/resend", "{\"x\":1}").code())
                .isEqualTo("unknown-field");
        api.patch("/v1/endpoints/" + endpoint, "{\"enabled\":false}", "If-Match", "*");
        refused(id, 409, "endpoint-disabled");
        api.delete("/v1/endpoints/" + endpoint);
        refused(id, 404, "not-found");
    }

    private static void refused(DeliveryId id, int status, String code) {
        var answer = api.post("/v1/deliveries/" + id + "/resend", "");
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
    }

    private static List<String> ids(String query) {
        var answer = api.get("/v1/deliveries" + query);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return ids(answer.body());
    }

    private static List<String> ids(JsonNode page) {
        return StreamSupport.stream(page.path("items").spliterator(), false)
                .map(item -> item.path("id").asText())
                .toList();
    }
}
