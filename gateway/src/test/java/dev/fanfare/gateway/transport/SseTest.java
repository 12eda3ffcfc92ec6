package dev.fanfare.gateway.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.testing.ConnectionThreads;
import dev.fanfare.gateway.testing.EventSourceParser;
import dev.fanfare.gateway.testing.EventSourceParser.Comment;
import dev.fanfare.gateway.testing.EventSourceParser.Quiet;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.Texts;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Server-sent events over HTTP/1.1, from the first byte to the last.
@Timeout(60)
class SseTest {
    private static SseTopic sse;

    @BeforeAll
    static void start() {
        sse = SseTopic.start();
    }

    @AfterAll
    static void stop() {
        sse.close();
    }

    @Test
    void opensWithExactlyTheseBytes() throws IOException {
        try (var client = sse.gateway.connect()) {
            var head = client.openStream(sse.url("open", "heartbeat=20s"), "X-Request-Id: r-1");
            assertThat(head.statusLine()).isEqualTo("HTTP/1.1 200 OK");
            assertThat(head.headers())
                    .containsExactly(
                            "Date: " + head.header("Date").orElseThrow(),
                            "Content-Type: text/event-stream",
                            "Cache-Control: no-store",
                            "X-Accel-Buffering: no",
                            "X-Request-Id: r-1",
                            "Connection: close",
                            "X-Content-Type-Options: nosniff");
            var bytes = new StringBuilder();
            while (!bytes.toString().endsWith("}\n\n")) {
                bytes.append((char) client.in().read());
            }
            sse.publish("open", "hello");
            while (!bytes.toString().endsWith("hello\n\n")) {
                bytes.append((char) client.in().read());
            }
            assertThat(bytes.toString())
                    .matches("retry: [0-9]+\n\n"
                            + "id: ([A-Za-z0-9_-]+)\nevent: ready\n"
                            + "data: \\{\"type\":\"ready\",\"cursor\":\"\\1\",\"session\":\"[A-Za-z0-9_-]{20}\","
                            + "\"heartbeatMs\":20000,\"from\":\"live\",\"resumed\":false,\"complete\":true}\n\n"
                            + "id: [A-Za-z0-9_-]+\ndata: hello\n\n");
        }
    }

    @Test
    void tellsAReconnectionTimeBeforeAnythingElse() throws IOException {
        try (var client = sse.gateway.connect()) {
            client.openStream(sse.url("retry"));
            var events = new EventSourceParser(client.in());
            assertThat(events.item()).isEqualTo(new Quiet(""));
            assertThat(events.retryMillis()).isBetween(100L, 900L);
        }
    }

    @Test
    void grantsAHeartbeatWithinItsBounds() throws IOException {
        try (var usual = sse.open(sse.url("hb"));
                var tooShort = sse.open(sse.url("hb", "heartbeat=1ms"));
                var tooLong = sse.open(sse.url("hb", "heartbeat=PT2H"));
                var seconds = sse.open(sse.url("hb", "heartbeat=7"))) {
            assertThat(usual.ready.data()).contains("\"heartbeatMs\":15000,");
            assertThat(tooShort.ready.data()).contains("\"heartbeatMs\":300,");
            assertThat(tooLong.ready.data()).contains("\"heartbeatMs\":60000,");
            assertThat(seconds.ready.data()).contains("\"heartbeatMs\":7000,");
        }
    }

    @Test
    void showsThatItLivesAndMovesTheCursorOfAQuietClient() throws IOException {
        try (var stream = sse.open(sse.url("quiet", "heartbeat=300ms"))) {
            sse.publish("other", "1");
            var moved = stream.events.until(
                    Quiet.class, quiet -> !quiet.lastEventId().equals(stream.ready.lastEventId()));
            assertThat(stream.events.item()).isEqualTo(new Comment(""));
            sse.publish("quiet", "2");
            try (var again = sse.open(sse.url("quiet"), "Last-Event-ID: " + moved.lastEventId())) {
                assertThat(again.ready.data()).contains("\"from\":\"cursor\",\"resumed\":true,");
                assertThat(again.events.message().data()).isEqualTo("2");
            }
        }
    }

    @Test
    void sendsOnlyACommentWhereTheCursorDoesNotMove() throws IOException {
        try (var stream = sse.open(sse.url("still", "heartbeat=300ms"))) {
            var first = stream.events.until(Comment.class, _ -> true);
            assertThat(first.text()).isEmpty();
            stream.events.until(Comment.class, _ -> true);
            assertThat(stream.events.lastEventId()).isEqualTo(stream.ready.lastEventId());
        }
    }

    @Test
    void bringsAnEventOfAPartitionThatTheClientNeverSaw() throws IOException {
        String id;
        try (var stream = sse.open(sse.url("never"))) {
            id = stream.ready.lastEventId();
        }
        LocalBroker.get().send(sse.topic, 2, "never", "seen".getBytes(UTF_8));
        try (var stream = sse.open(sse.url("never"), "Last-Event-ID: " + id)) {
            assertThat(stream.events.message().data()).isEqualTo("seen");
        }
    }

    @Test
    void acceptsTheOtherSpellingsOfTheRest() throws IOException {
        for (var rest : new String[] {"**", ">", "%3E", "%253E", "%2A%2A"}) {
            try (var stream = sse.open("/v1/events?channel=" + sse.topic + "." + rest)) {
                sse.publish("a/b/c", rest);
                assertThat(stream.events.message().data()).isEqualTo(rest);
            }
        }
    }

    @Test
    void takesTheAcceptHeaderForWhatItIs() throws IOException {
        for (var accept : new String[] {
            "text/event-stream",
            "TEXT/Event-Stream",
            "application/json;q=0.5, text/event-stream;q=0.9",
            "*/*, text/event-stream"
        }) {
            try (var client = sse.gateway.connect()) {
                client.get(sse.url("accept", "wait=0"), "Accept: " + accept);
                assertThat(client.head().header("Content-Type")).as(accept).contains("text/event-stream");
            }
        }
        try (var client = sse.gateway.connect()) {
            client.get(sse.url("accept", "transport=sse"), "Accept: application/json");
            assertThat(client.head().header("Content-Type")).contains("text/event-stream");
        }
        for (var accept : new String[] {
            "*/*", "text/event-stream;q=0", "application/json, text/event-stream; q=0.0", "text/event-streams"
        }) {
            assertThat(sse.gateway
                            .get(sse.url("accept", "wait=0"), "Accept: " + accept)
                            .header("Content-Type"))
                    .as(accept)
                    .isEqualTo("application/json");
        }
        assertThat(sse.gateway
                        .get(sse.url("accept", "wait=0", "transport=poll"), "Accept: text/event-stream")
                        .header("Content-Type"))
                .isEqualTo("application/json");
    }

    @Test
    void ignoresWhatAClientSendsDuringTheStream() throws IOException {
        try (var stream = sse.open(sse.url("talk"))) {
            stream.client.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").send(new byte[100_000]);
            sse.publish("talk", "still here");
            assertThat(stream.events.message().data()).isEqualTo("still here");
        }
    }

    @Test
    void seesItsClientGoAlsoWhereThatHasSentMoreThanItsRequest() throws IOException {
        awaitSessions(0);
        try (var client = sse.gateway.connect()) {
            client.send("GET " + sse.url("more") + " HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\nGET /");
            awaitSessions(1);
        }
        awaitSessions(0);
        var threads = ConnectionThreads.ids();
        Awaitility.await()
                .during(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(threads).containsAll(ConnectionThreads.ids()));
    }

    @Test
    void endsWhenTheClientClosesItsHalf() throws IOException {
        try (var stream = sse.open(sse.url("half"))) {
            stream.client.socket().shutdownOutput();
            stream.events.toEnd();
        }
    }

    @Test
    void forgetsASessionAsSoonAsItsClientIsGone() throws IOException {
        awaitSessions(0);
        var stream = sse.open(sse.url("leave"));
        awaitSessions(1);
        stream.close();
        awaitSessions(0);
        var reset = sse.open(sse.url("leave"));
        awaitSessions(1);
        reset.client.socket().setSoLinger(true, 0); // RST
        reset.close();
        awaitSessions(0);
    }

    private static void awaitSessions(int expected) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(sse.gateway.metric("fanfare_sessions", "transport=\"sse\""))
                        .isEqualTo(expected));
    }

    @Test
    void tellsWhereToGoOnAndAReconnectionTimeWhenTheGatewayStops() throws Exception {
        try (var other = new Gateways().route(sse.topic, "{topic}.{key}").start();
                var client = other.connect()) {
            client.openStream(sse.url("stop"));
            var events = new EventSourceParser(client.in());
            var ready = events.message("ready");
            var stopping = Thread.startVirtualThread(other::close);
            assertThat(events.item()).as("id:").isEqualTo(new Quiet(ready.lastEventId()));
            assertThat(events.item()).as("retry:").isEqualTo(new Quiet(ready.lastEventId()));
            assertThat(events.item()).isNull();
            assertThat(events.retryMillis()).isBetween(100L, 900L);
            stopping.join();
        }
    }

    @Test
    void goesOnAtAnotherNodeAndOnAnotherTransport() throws IOException {
        try (var other = new Gateways().route(sse.topic, "{topic}.{key}").start();
                var stream = sse.open(sse.url("node"))) {
            sse.publish("node", "one");
            var one = stream.events.message();
            sse.publish("node", "two");
            var polled = other.get(sse.url("node", "cursor=" + one.lastEventId(), "wait=20"));
            assertThat(polled.text()).contains("\"data\":\"two\"").doesNotContain("\"data\":\"one\"");
            sse.publish("node", "three");
            try (var back = sse.open(sse.url("node", "cursor=" + Texts.cursor(polled)))) {
                assertThat(back.events.message().data()).isEqualTo("three");
            }
        }
    }
}
