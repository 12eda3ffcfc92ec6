package dev.fanfare.webhook.api;

import static dev.fanfare.webhook.api.TestApi.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.api.TestApi.Answer;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.delivery.Timings;
import dev.fanfare.webhook.journal.Disposition;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WhyTest {
    private static TestApi api;

    @BeforeAll
    static void start() {
        api = new TestApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    /// By place and by id, which say the same.
    private static Answer why(String endpoint, long offset) {
        var path = "/v1/endpoints/" + endpoint + "/why";
        var byPlace = api.get(path + "?topic=orders&partition=3&offset=" + offset);
        assertThat(byPlace.status()).as(byPlace.text()).isEqualTo(200);
        var byId = api.get(path + "?event=" + new MessageId(TestApi.TOPIC, 3, offset));
        assertThat(byId.body().path("verdict")).isEqualTo(byPlace.body().path("verdict"));
        return byPlace;
    }

    private static void says(Answer answer, String verdict, String... words) {
        assertThat(answer.body().path("verdict").asText()).as(answer.text()).isEqualTo(verdict);
        for (var word : words) {
            assertThat(answer.body().path("detail").asText()).contains(word);
        }
    }

    private static List<String> steps(Answer answer) {
        return answer.body().path("decisions").findValuesAsText("step");
    }

    private static void routed(long offset) {
        api.events.byOffset.put(offset, new Events.Routed(message(offset)));
    }

    private static String channels(String pattern) {
        return api.post("/v1/endpoints", "{\"url\":\"http://127.0.0.1:9/\",\"channels\":[\"%s\"]}".formatted(pattern))
                .body()
                .path("id")
                .asText();
    }

    @Test
    void saysWhatIsOnRecord() {
        var endpoint = api.endpoint();
        routed(1);
        routed(2);
        routed(3);
        routed(4);
        var delivered = api.delivered(endpoint, 1);
        api.parked(endpoint, 2);
        api.deadLetter(endpoint, 3);
        api.record(
                endpoint,
                4,
                Result.without(Reason.TIMEOUT, "", Timings.NONE),
                new Disposition.Ended(Reason.EXPIRED, false));
        var answer = why(endpoint, 1);
        says(answer, "delivered");
        assertThat(answer.body().path("event").path("id").asText()).isEqualTo("id-1");
        assertThat(answer.body().path("delivery").path("id").asText()).isEqualTo(delivered.toString());
        says(why(endpoint, 2), "parked", "retry", "attempt 2");
        says(why(endpoint, 3), "dead-letter", "exhausted", "/resend");
        says(why(endpoint, 4), "ended", "expired");
        assertThat(steps(answer)).containsExactly("matched", "attempted");
        assertThat(steps(why(endpoint, 2))).containsExactly("matched", "attempted", "parked", "due");
        assertThat(steps(why(endpoint, 3))).containsExactly("matched", "attempted", "dead-letter");
        assertThat(steps(why(endpoint, 4))).containsExactly("matched", "attempted", "expired");
        var decisions = why(endpoint, 2).body().path("decisions");
        assertThat(decisions.findValuesAsText("detail"))
                .satisfiesExactly(
                        matched -> assertThat(matched).contains("orders.42", "orders.*"),
                        attempted ->
                                assertThat(attempted).contains("Attempt 1 (schedule): status 500. it answered 500"),
                        parked -> assertThat(parked).contains("again"),
                        due -> assertThat(due).contains("Attempt 2", "retry"));
        assertThat(decisions.path(0).path("at").isNull()).isTrue();
        assertThat(decisions.path(1).path("at").asText()).isEqualTo(TestApi.TIME.toString());
    }

    @Test
    void saysWhatIsOnRecordOfWhatKafkaHasNoLonger() {
        var endpoint = api.endpoint();
        api.delivered(endpoint, 11);
        says(why(endpoint, 11), "delivered");
        says(why(endpoint, 12), "no-event", "12");
        var other = new MessageId(Uuid.randomUuid(), 0, 1);
        says(api.get("/v1/endpoints/" + endpoint + "/why?event=" + other), "no-event");
        assertThat(steps(why(endpoint, 11))).containsExactly("matched", "attempted");
        assertThat(steps(why(endpoint, 12))).containsExactly("no-event");
    }

    @Test
    void saysWhatTheEndpointDoesNotWant() {
        for (long offset = 21; offset <= 26; offset++) {
            routed(offset);
        }
        says(why(api.endpoint("'tenant':'acme'"), 21), "other-tenant", "'default'", "'acme'");
        says(why(channels("invoices.*"), 22), "channel", "invoices.*", "orders.42");
        says(why(api.endpoint("'eventTypes':['order.deleted']"), 23), "type", "order.deleted", "order.created");
        api.events.byOffset.put(27L, new Events.Unrouted(message(27).id(), "No routing rule has it."));
        says(why(api.endpoint(), 27), "no-route", "No routing rule has it.");
        says(why(api.endpoint(), 24), "before-created", "/replay");
        assertThat(steps(why(api.endpoint("'tenant':'acme'"), 21))).containsExactly("other-tenant");
        assertThat(steps(why(api.endpoint("'eventTypes':['order.deleted']"), 23)))
                .containsExactly("tenant", "channel", "type");
        assertThat(steps(why(api.endpoint("'eventTypes':['order.*']"), 24)))
                .containsExactly("tenant", "channel", "type", "before-created");
    }

    @Test
    void saysWhatCameInBetween() {
        var endpoint = api.endpoint();
        routed(31); // made after the endpoint
        says(why(endpoint, 31), "not-recorded", "replay");
        api.events.byOffset.put(131L, new Events.Routed(message(131)));
        says(why(endpoint, 131), "in-flight");
        assertThat(steps(why(endpoint, 131))).containsExactly("tenant", "channel", "created", "enabled", "in-flight");
        api.patch("/v1/endpoints/" + endpoint, "{\"enabled\":false}", "If-Match", "*");
        says(why(endpoint, 131), "disabled", "replay");
    }

    @Test
    void isNotMisledByATopicOfTheSameName() {
        var endpoint = api.endpoint();
        var old = api.delivered(endpoint, 41);
        var anew = message(Uuid.randomUuid(), 41, Message.DEFAULT_TENANT);
        api.events.byOffset.put(41L, new Events.Routed(anew));
        var path = "/v1/endpoints/" + endpoint + "/why";
        says(api.get(path + "?event=" + old.message()), "delivered");
        var byPlace = api.get(path + "?topic=orders&partition=3&offset=41");
        assertThat(byPlace.body().path("verdict").asText()).isNotEqualTo("delivered");
        var never = new MessageId(TestApi.TOPIC, 3, 42);
        api.events.byOffset.put(42L, new Events.Routed(message(Uuid.randomUuid(), 42, Message.DEFAULT_TENANT)));
        says(api.get(path + "?event=" + never), "no-event");
    }

    @Test
    void isAboutEndpointsThatAreThere() {
        assertThat(api.get("/v1/endpoints/ep_00000000000000000000/why?topic=orders&partition=3&offset=1")
                        .status())
                .isEqualTo(404);
    }
}
