package dev.fanfare.gateway.transport;

import static dev.fanfare.gateway.testing.Texts.cursor;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.testing.ConnectionThreads;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Long-polling over HTTP/1.1.
@Timeout(60)
class LongPollTest {
    private static Polls polls;
    private static Gateways.Running gateway;

    @BeforeAll
    static void start() {
        polls = Polls.ofNewTopic("poll");
        gateway = polls.gateways().start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void answersAtOnceWithWhatIsThere() throws IOException {
        var start = cursor(gateway.get(polls.url("now", "wait=0")));
        polls.publish("now", "one");
        polls.publish("now", "two");
        var events = new ArrayList<String>();
        for (var from = start; events.size() < 2; ) {
            var answer = gateway.get(polls.url("now", "cursor=" + from), "X-Request-Id: r-7");
            assertThat(answer.head().statusLine()).isEqualTo("HTTP/1.1 200 OK");
            assertThat(answer.head().headers())
                    .containsExactlyInAnyOrder(
                            "Date: " + answer.header("Date"),
                            "Content-Type: application/json",
                            "Cache-Control: no-store",
                            "X-Request-Id: r-7",
                            "X-Content-Type-Options: nosniff",
                            "Vary: Accept, Prefer",
                            "Content-Length: " + answer.body().length,
                            "Connection: keep-alive");
            assertThat(answer.text()).startsWith("{\"events\":[{\"id\":\"").endsWith("\"}\n");
            events.addAll(Polls.values(answer.text()));
            from = cursor(answer);
        }
        assertThat(events).containsExactly("one", "two");
    }

    @Test
    void answersWithExactlyTheseBytesInEachFormat() throws IOException {
        var start = "cursor=" + cursor(gateway.get(polls.url("form", "wait=0")));
        var at = LocalBroker.get()
                .send(polls.topic(), 0, "form", "{\"a\": 1}".getBytes(UTF_8), "content-type", "application/json");
        assertThat(gateway.get(polls.url("form", start)).text())
                .matches("\\{\"events\":\\[\\{\"id\":\"([\\w-]+)\",\"channel\":\"" + polls.topic()
                        + ".form\",\"data\":\\{\"a\": 1}}],\"cursor\":\"\\1\"}\n");
        assertThat(gateway.get(polls.url("form", "format=json", start)).text())
                .matches("\\{\"events\":\\[\\{\"id\":\"([\\w-]+)\",\"channel\":\"" + polls.topic()
                        + ".form\",\"eventId\":\""
                        + polls.topic() + "/0/" + at.offset()
                        + "\",\"eventType\":\"dev.fanfare.record\",\"key\":\"form\","
                        + "\"time\":\"[0-9TZ:.-]+\",\"data\":\\{\"a\": 1}}],\"cursor\":\"\\1\"}\n");
        assertThat(gateway.get(polls.url("form", "format=cloudevents", start)).text())
                .matches("\\{\"events\":\\[\\{\"specversion\":\"1.0\",\"id\":\"" + polls.topic() + "/0/" + at.offset()
                        + "\",\"source\":\"/kafka/" + polls.topic() + "\",\"type\":\"dev.fanfare.record\","
                        + "\"time\":\"[0-9TZ:.-]+\",\"datacontenttype\":\"application/json\","
                        + "\"partitionkey\":\"form\",\"fanfarechannel\":\"" + polls.topic()
                        + ".form\",\"fanfarecursor\":\"([\\w-]+)\",\"data\":\\{\"a\": 1}}],\"cursor\":\"\\1\"}\n");
    }

    @Test
    void tellsATombstoneABinaryValueAndAGap() throws IOException {
        var from = cursor(gateway.get(polls.url("odd", "wait=0")));
        LocalBroker.get().send(polls.topic(), 0, "odd", null);
        LocalBroker.get().send(polls.topic(), 0, "odd", new byte[] {(byte) 0xff});
        var large = LocalBroker.get().send(polls.topic(), 0, "odd", new byte[300_000]);
        var all = new StringBuilder();
        while (!all.toString().contains("gaps")) {
            var answer = gateway.get(polls.url("odd", "cursor=" + from));
            all.append(answer.text());
            from = cursor(answer);
        }
        assertThat(all.toString())
                .contains(
                        ",\"data\":null,\"deleted\":true}",
                        ",\"data_base64\":\"/w==\"}",
                        "],\"gaps\":[{\"type\":\"gap\",\"cursor\":\"",
                        "\"reason\":\"too-large\",\"topic\":\"" + polls.topic() + "\",\"partition\":0,\"from\":"
                                + large.offset() + ",\"to\":" + (large.offset() + 1) + "}],\"cursor\":\"");
    }

    @Test
    void holdsAnEmptyPollUntilThereIsAnEvent() throws IOException {
        try (var client = gateway.connect()) {
            client.get(polls.url("held", "wait=30"));
            Polls.awaitSessions(gateway, 1);
            polls.publish("held", "at last");
            assertThat(Polls.values(client.answer().text())).containsExactly("at last");
        }
    }

    @Test
    void answersEmptyAtTheDeadlineWithACursorThatGoesOn() throws IOException {
        var first = gateway.get(polls.url("empty", "wait=300ms"));
        assertThat(first.text()).matches("\\{\"events\":\\[],\"cursor\":\"[\\w-]+\"}\n");
        assertThat(first.head().header("Preference-Applied")).isEmpty();
        var second = gateway.get(polls.url("empty", "wait=0", "cursor=" + cursor(first)));
        assertThat(second.text()).startsWith("{\"events\":[],");
        polls.publish("empty", "later");
        var third = gateway.get(polls.url("empty", "wait=20", "cursor=" + cursor(second)));
        assertThat(Polls.values(third.text())).containsExactly("later");
    }

    @Test
    void waitsAsPreferredAndSaysSo() throws IOException {
        for (var prefer : new String[] {"wait=0", "respond-async, wait=0", "Wait=\"0\"", "handling=lenient,wait = 0"}) {
            assertThat(gateway.get(polls.url("pref"), "Prefer: " + prefer).header("Preference-Applied"))
                    .as(prefer)
                    .isEqualTo("wait=0");
        }
        try (var client = gateway.connect()) {
            client.get(polls.url("pref"), "Prefer: wait=3000");
            Polls.awaitSessions(gateway, 1);
            polls.publish("pref", "x");
            assertThat(client.answer().header("Preference-Applied"))
                    .as("no more than poll.hold-max")
                    .isEqualTo("wait=55");
        }
        assertThat(gateway.get(polls.url("pref", "wait=0"), "Prefer: wait=3000")
                        .head()
                        .header("Preference-Applied"))
                .as("the parameter goes before the header")
                .isEmpty();
    }

    @Test
    void answersABacklogEvenWhereTheClientWouldNotWait() throws IOException {
        polls.publish("backlog", "1");
        for (int i = 0; i < 20; i++) {
            var answer = gateway.get(polls.url("backlog", "wait=0", "since=1h"));
            assertThat(Polls.values(answer.text())).containsExactly("1");
        }
    }

    @Test
    void answersPipelinedRequestsInTheirOrder() throws IOException {
        try (var client = gateway.connect()) {
            var request = "GET " + polls.url("pipe", "wait=%s") + " HTTP/1.1\r\nHost: x\r\nX-Request-Id: %s\r\n\r\n";
            client.send(request.formatted("500ms", "a") + request.formatted("0", "b")
                    + "GET /health/live HTTP/1.1\r\nHost: x\r\nX-Request-Id: c\r\n\r\n");
            for (var id : new String[] {"a", "b", "c"}) {
                var answer = client.answer();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.header("X-Request-Id")).isEqualTo(id);
            }
        }
    }

    @Test
    void takesARequestThatComesInPieces() throws IOException {
        try (var client = gateway.connect()) {
            var request = "GET " + polls.url("pieces", "wait=0") + " HTTP/1.1\r\nHost: x\r\n\r\n";
            for (int i = 0; i < request.length(); i++) {
                client.send(request.substring(i, i + 1));
            }
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void closesWhereTheClientAsksForIt() throws IOException {
        try (var client = gateway.connect()) {
            var answer = client.get(polls.url("close", "wait=0"), "Connection: close")
                    .answer();
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void leavesNothingBehindWhereMoreWasSentThanIsAnswered() throws IOException {
        for (int i = 0; i < 3; i++) {
            try (var client = gateway.connect()) {
                client.send("GET " + polls.url("more", "wait=0")
                        + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /");
                assertThat(client.answer().status()).isEqualTo(200);
                assertThat(client.isAtEnd()).isTrue();
            }
        }
        var threads = ConnectionThreads.ids();
        Awaitility.await()
                .during(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(threads).containsAll(ConnectionThreads.ids()));
    }

    @Test
    void doesNotTakeABodyForTheNextRequest() throws IOException {
        var smuggled = "GET /v1/events?channel=x.y&wait=0 HTTP/1.1\r\nHost: x\r\n\r\n";
        for (var accept : new String[] {"application/json", "text/event-stream"}) {
            try (var client = gateway.connect()) {
                client.get(polls.url("body", "wait=0"), "Accept: " + accept, "Content-Length: " + smuggled.length())
                        .send(smuggled)
                        .get("/health/live", "X-Request-Id: after");
                var answer = client.answer();
                assertThat(answer.status()).isEqualTo(400);
                assertThat(answer.text()).contains("\"code\":\"invalid-message\"", "body");
                assertThat(client.answer().header("X-Request-Id")).isEqualTo("after");
            }
        }
    }

    @Test
    void forgetsAHeldPollWhoseClientIsGone() throws IOException {
        var client = gateway.connect();
        client.get(polls.url("left", "wait=50"));
        Polls.awaitSessions(gateway, 1);
        client.close();
        Polls.awaitSessions(gateway, 0);
    }

    @Test
    void forgetsAHeldPollWhoseClientHasClosedItsHalf() throws IOException {
        try (var client = gateway.connect()) {
            client.get(polls.url("half", "wait=50"));
            Polls.awaitSessions(gateway, 1);
            client.socket().shutdownOutput();
            Polls.awaitSessions(gateway, 0);
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void answersHeldPollsWhenTheGatewayStops() throws Exception {
        try (var other = polls.gateways().start();
                var client = other.connect()) {
            client.get(polls.url("stop", "wait=50"));
            Awaitility.await().until(() -> other.metric("fanfare_sessions", "poll") >= 1);
            var stopping = Thread.startVirtualThread(other::close);
            var answer = client.answer();
            assertThat(answer.text()).startsWith("{\"events\":[],\"cursor\":\"");
            polls.publish("stop", "meanwhile");
            assertThat(Polls.values(gateway.get(polls.url("stop", "cursor=" + cursor(answer)))
                            .text()))
                    .containsExactly("meanwhile");
            stopping.join();
        }
    }
}
