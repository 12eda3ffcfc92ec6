package dev.fanfare.gateway.manage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.config.ManagementSettings;
import dev.fanfare.gateway.config.PolicySettings;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What became of one event in one session, as an operator is told.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read is not interruptible
class WhyTest {
    private static final int EVENT_MAX = 250_000;

    private static String topic;
    private static Gateways.Running gateway;
    private static Operator operator;

    private final List<RawClient> clients = new ArrayList<>();

    @BeforeAll
    static void start() {
        topic = LocalBroker.get().newTopic("why", 1);
        var usual = PolicySettings.DEFAULT;
        var gateways = new Gateways()
                .route(topic, topic + ".{key}")
                .policies(new PolicySettings(
                        usual.allowed(),
                        usual.standard(),
                        usual.interval(),
                        usual.intervalMin(),
                        usual.intervalMax(),
                        1));
        var s = gateways.session; // a client that does not read is not cut while somebody looks
        gateways.session = new GatewaySettings.Session(
                s.heartbeat(),
                s.heartbeatMin(),
                s.heartbeatMax(),
                Duration.ofMinutes(1),
                s.stall(),
                s.sseLife(),
                s.channelsMax(),
                EVENT_MAX,
                s.writeBytes(),
                s.policies());
        gateways.log = new GatewaySettings.Log(gateways.log.bytes(), 3, gateways.log.age());
        gateways.management = new ManagementSettings(true, "127.0.0.1", 0, Optional.of(Operator.TOKEN), 0);
        gateway = gateways.start();
        operator = Operator.of(gateway);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @AfterEach
    void leave() throws IOException {
        operator.ask("PUT", "/v1/decisions?one-in=0");
        for (var client : clients) {
            client.close();
        }
        await().until(() -> operator.get("/v1/sessions").get("total"), total -> total.equals(0L));
    }

    @Test
    void followsASampledEventThroughAllSessions() throws IOException {
        var one = open("followed", "");
        var other = open("followed", "");
        operator.ask("PUT", "/v1/decisions?one-in=1");
        send("followed", "e-1", 10);

        await().untilAsserted(() -> {
            assertThat(steps(one, "e-1")).containsExactly("came", "matched", "queued", "written");
            assertThat(steps(other, "e-1")).containsExactly("came", "matched", "queued", "written");
        });
        assertThat(verdict(one, "e-1")).startsWith("written");
        assertThat(operator.list("/v1/decisions?event=e-1", "decisions")).hasSize(7);

        operator.ask("PUT", "/v1/decisions?one-in=0");
        send("followed", "e-2", 10);
        awaitCame("followed", "e-2");
        assertThat(verdict(one, "e-2")).startsWith("not recorded");
    }

    @Test
    void tellsThatNoSubscriptionMatches() throws IOException {
        var session = open("wanted", "");
        operator.ask("PUT", "/v1/sessions/" + session + "/recording");
        send("unwanted", "f-1", 10);

        await().until(() -> steps(session, "f-1"), List.of("came")::equals);
        assertThat(verdict(session, "f-1"))
                .isEqualTo("filtered: none of the session's subscriptions matches %1$s.unwanted: they are %1$s.wanted"
                        .formatted(topic));
    }

    @Test
    void recordsOnlyWhatItIsToldTo() throws IOException {
        var watched = open("some", "");
        var other = open("some", "");
        operator.ask("PUT", "/v1/sessions/" + watched + "/recording");
        send("some", "s-1", 10);

        await().until(() -> steps(watched, "s-1"), List.of("came", "matched", "queued", "written")::equals);
        assertThat(steps(other, "s-1")).containsExactly("came");
        operator.ask("DELETE", "/v1/sessions/" + watched + "/recording");
        assertThat(operator.get("/v1/sessions/" + watched + "/recording")).containsEntry("recording", false);
    }

    @Test
    void recordsNothingAnyMoreWhenTheSessionHasEnded() throws IOException {
        var watched = open("gone", "");
        var other = open("gone", "");
        operator.ask("PUT", "/v1/sessions/" + watched + "/recording");
        clients.getFirst().close();
        await().until(() -> ids().equals(List.of(other)));
        send("gone", "g-1", 10);

        awaitCame("gone", "g-1");
        assertThat(operator.list("/v1/decisions?event=g-1", "decisions")).isEmpty();
    }

    @Test
    void tellsThatALongPollHasItsAnswer() throws IOException {
        var client = gateway.connect();
        clients.add(client);
        client.get("/v1/events?channel=" + topic + ".polled&wait=30s", "Accept: application/json");
        var session = await().until(WhyTest::ids, there -> there.size() == 1).getFirst();
        operator.ask("PUT", "/v1/sessions/" + session + "/recording");
        send("polled", "p-1", 10);

        assertThat(client.answer().text()).contains("\"p-1\"");
        await().until(() -> steps(session, "p-1"), List.of("came", "matched", "queued", "written")::equals);
        assertThat(verdict(session, "p-1")).startsWith("written");
    }

    @Test
    void followsAnEventThatIsReadBackFromKafka() throws IOException {
        for (int i = 0; i < 5; i++) {
            send("back", "b-" + i, 10); // more than a log holds
        }
        awaitCame("back", "b-4");
        operator.ask("PUT", "/v1/decisions?one-in=1");
        var session = open("back", "&since=1h");

        await().until(() -> steps(session, "b-0"), List.of("matched", "queued", "written")::equals);
    }

    @Test
    void tellsThatAnEventWasTooLarge() throws IOException {
        var session = open("large", "");
        operator.ask("PUT", "/v1/sessions/" + session + "/recording");
        send("large", "l-1", EVENT_MAX);

        await().until(() -> steps(session, "l-1"), List.of("came", "matched", "too-large")::equals);
        assertThat(verdict(session, "l-1")).startsWith("left out, as it is larger than session.event-max");
    }

    @ParameterizedTest
    @CsvSource({"conflate,conflated", "drop-oldest,dropped"})
    void tellsThatAPolicyLeftItOut(String policy, String step) throws IOException {
        var session = open("*", "&policy=" + policy);
        operator.ask("PUT", "/v1/sessions/" + session + "/recording");
        for (int i = 0; i < 20; i++) {
            send("big-" + i, "big-" + i, 200_000); // until nothing more goes into the sockets
        }
        await().until(
                        () -> operator.get("/v1/sessions/" + session).get("unwrittenBytes"),
                        bytes -> !Long.valueOf(0).equals(bytes));
        await().until(() -> count(session, "queued") > count(session, "written"));
        var old = policy + "-old";
        var last = policy + "-new";
        send("price", old, 10);
        send("price", last, 10);
        await().until(() -> !steps(session, last).isEmpty());
        read("\"%s\"".formatted(last));

        await().until(() -> steps(session, last), List.of("came", "matched", "queued", "written")::equals);
        assertThat(steps(session, old)).containsExactly("came", step);
        assertThat(verdict(session, old)).isEqualTo("left out by the subscription's policy");
    }

    /// Waits until an event is the newest of its channel.
    private static void awaitCame(String key, String id) {
        await().until(() ->
                operator.ask("GET", "/v1/channels/" + topic + "." + key).text().contains("\"id\":\"" + id + "\""));
    }

    /// Reads what the last client gets up to some text.
    private void read(String text) throws IOException {
        var seen = new StringBuilder();
        while (seen.indexOf(text, seen.length() - text.length()) < 0) { // the end only: there is much before it
            int read = clients.getLast().in().read();
            assertThat(read).isNotNegative();
            seen.append((char) read);
        }
    }

    private static void send(String key, String id, int bytes) {
        var value = "{\"id\":\"%s\",\"fill\":\"%s\"}".formatted(id, "x".repeat(bytes));
        LocalBroker.get()
                .send(
                        topic,
                        null,
                        key,
                        value.getBytes(UTF_8),
                        "ce_specversion",
                        "1.0",
                        "ce_id",
                        id,
                        "ce_source",
                        "/test",
                        "ce_type",
                        "test",
                        "content-type",
                        "application/json");
    }

    /// @return the session's id
    private String open(String key, String parameters) throws IOException {
        var before = ids();
        var client = gateway.connect();
        clients.add(client);
        assertThat(client.openStream("/v1/events?channel=" + topic + "." + key + parameters)
                        .status())
                .isEqualTo(200);
        // the head is written before the session is there
        return await().until(
                        () -> ids().stream().filter(id -> !before.contains(id)).toList(), added -> added.size() == 1)
                .getFirst();
    }

    private static List<String> ids() throws IOException {
        return operator.list("/v1/sessions", "sessions").stream()
                .map(session -> String.valueOf(session.get("id")))
                .toList();
    }

    private static List<String> steps(String session, String event) throws IOException {
        return operator.list("/v1/decisions?session=%s&event=%s".formatted(session, event), "decisions").stream()
                .map(step -> String.valueOf(step.get("what")))
                .toList();
    }

    private static long count(String session, String what) throws IOException {
        return operator.list("/v1/decisions?limit=5000&session=" + session, "decisions").stream()
                .filter(step -> what.equals(step.get("what")))
                .count();
    }

    private static String verdict(String session, String event) throws IOException {
        return String.valueOf(operator.get("/v1/decisions?session=%s&event=%s".formatted(session, event))
                .get("verdict"));
    }
}
