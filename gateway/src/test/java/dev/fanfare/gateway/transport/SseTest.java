package dev.fanfare.gateway.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.testing.ConnectionThreads;
import dev.fanfare.gateway.testing.EventSourceParser;
import dev.fanfare.gateway.testing.EventSourceParser.Comment;
import dev.fanfare.gateway.testing.EventSourceParser.Quiet;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.gateway.testing.Texts;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Server-sent events over HTTP/1.1, byte by byte and as a browser reads them.
@Timeout(60)
class SseTest {
    private static final Duration HEARTBEAT = Duration.ofMillis(300);

    private static LocalBroker broker;
    private static String topic;
    private static Gateways.Running gateway;

    @BeforeAll
    static void start() {
        broker = LocalBroker.get();
        topic = broker.newTopic("sse", 3);
        gateway = new Gateways()
                .route(topic, "{topic}.{key}")
                .heartbeats(Duration.ofSeconds(15), HEARTBEAT, Duration.ofSeconds(60))
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static void publish(String key, byte @Nullable [] value, String... headers) {
        broker.send(topic, 0, key, value, headers);
    }

    private static void publish(String key, String value, String... headers) {
        publish(key, value.getBytes(UTF_8), headers);
    }

    private static String url(String key, String... parameters) {
        return "/v1/events?channel=" + topic + "." + key + (parameters.length == 0 ? "" : "&")
                + String.join("&", parameters);
    }

    /// A stream that has said `ready`.
    private static final class Stream implements AutoCloseable {
        final RawClient client = gateway.connect();
        final EventSourceParser events;
        final EventSourceParser.Message ready;

        Stream(String target, String... headers) throws IOException {
            assertThat(client.openStream(target, headers).status()).isEqualTo(200);
            events = new EventSourceParser(client.in());
            ready = events.message("ready");
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }

    @Test
    void opensWithExactlyTheseBytes() throws IOException {
        try (var client = gateway.connect()) {
            var head = client.openStream(url("open", "heartbeat=20s"), "X-Request-Id: r-1");
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
            publish("open", "hello");
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
        try (var client = gateway.connect()) {
            client.openStream(url("retry"));
            var events = new EventSourceParser(client.in());
            assertThat(events.item()).isEqualTo(new Quiet(""));
            assertThat(events.retryMillis()).isBetween(100L, 900L);
        }
    }

    @Test
    void grantsAHeartbeatWithinItsBounds() throws IOException {
        try (var usual = new Stream(url("hb"));
                var tooShort = new Stream(url("hb", "heartbeat=1ms"));
                var tooLong = new Stream(url("hb", "heartbeat=PT2H"));
                var seconds = new Stream(url("hb", "heartbeat=7"))) {
            assertThat(usual.ready.data()).contains("\"heartbeatMs\":15000,");
            assertThat(tooShort.ready.data()).contains("\"heartbeatMs\":300,");
            assertThat(tooLong.ready.data()).contains("\"heartbeatMs\":60000,");
            assertThat(seconds.ready.data()).contains("\"heartbeatMs\":7000,");
        }
    }

    @Test
    void givesABareEventSourceEveryEventAsAMessage() throws IOException {
        try (var stream = new Stream(url("bare"))) {
            publish("bare", "{\"n\":1}", "content-type", "application/json");
            publish("bare", "two", "ce_specversion", "1.0", "ce_id", "2", "ce_source", "/s", "ce_type", "t.two");
            var one = stream.events.message();
            var two = stream.events.message();
            assertThat(one.type()).isEqualTo("message");
            assertThat(one.data()).isEqualTo("{\"n\":1}");
            assertThat(two.type()).isEqualTo("message");
            assertThat(two.data()).isEqualTo("two");
            assertThat(one.lastEventId()).isNotEmpty().isNotEqualTo(two.lastEventId());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "one\\ntwo, one\\ntwo",
        "one\\rtwo, one\\ntwo",
        "one\\r\\ntwo, one\\ntwo",
        "one\\n, one\\n",
        "one\\r\\n, one\\n",
        "\\n, \\n",
        "\\n\\r\\r\\n\\n, \\n\\n\\n\\n",
        "'', ''",
        "' leading blank', ' leading blank'",
        "': no comment', ': no comment'",
        "'id: no id', 'id: no id'",
        "grüße €😀, grüße €😀",
    })
    void bringsTextBackWithEveryLine(String sent, String expected) throws IOException {
        try (var stream = new Stream(url("lines"))) {
            publish("lines", unescape(sent), "content-type", "text/plain");
            assertThat(stream.events.message().data()).isEqualTo(unescape(expected));
        }
    }

    private static String unescape(String text) {
        return text.replace("\\n", "\n").replace("\\r", "\r");
    }

    @Test
    void bringsJsonWithNewlinesBackByteForByte() throws IOException {
        var json = "{\n  \"a\": [1,\n 2]\n}\n";
        try (var stream = new Stream(url("pretty"))) {
            publish("pretty", json, "content-type", "application/json");
            assertThat(stream.events.message().data()).isEqualTo(json);
        }
    }

    @Test
    void sendsWhatIsNoTextInTheJsonForm() throws IOException {
        try (var stream = new Stream(url("bin"))) {
            publish("bin", new byte[] {(byte) 0xff, 0, 1}, "content-type", "application/octet-stream");
            publish("bin", new byte[] {0, 0, 0, 0, 7, 'h', 'i'}); // Confluent's framing
            var binary = stream.events.message();
            assertThat(binary.data())
                    .startsWith(
                            "{\"id\":\"" + binary.lastEventId() + "\",\"channel\":\"" + topic + ".bin\",\"eventId\":")
                    .endsWith("\"data_base64\":\"/wAB\"}");
            assertThat(stream.events.message().data()).endsWith("\"data_base64\":\"AAAAAAdoaQ==\"}");
        }
    }

    @Test
    void sendsATombstoneAsNullInEveryFormat() throws IOException {
        try (var data = new Stream(url("gone"));
                var json = new Stream(url("gone", "format=json"));
                var cloudEvents = new Stream(url("gone", "format=cloudevents"))) {
            publish("gone", (byte[]) null);
            assertThat(data.events.message().data()).isEqualTo("null");
            assertThat(json.events.message().data()).endsWith(",\"data\":null,\"deleted\":true}");
            assertThat(cloudEvents.events.message().data()).endsWith(",\"data\":null,\"deleted\":true}");
        }
    }

    @Test
    void sendsTheJsonFormat() throws IOException {
        try (var stream = new Stream(url("fmt", "format=json"))) {
            var at = broker.send(topic, 0, "fmt", "{\"a\": 1}".getBytes(UTF_8), "content-type", "application/json");
            var event = stream.events.message();
            assertThat(event.data())
                    .matches("\\{\"id\":\"" + event.lastEventId() + "\",\"channel\":\"" + topic
                            + ".fmt\",\"eventId\":\"" + topic + "/0/" + at.offset()
                            + "\",\"eventType\":\"dev.fanfare.record\",\"key\":\"fmt\","
                            + "\"time\":\"[0-9TZ:.-]+\",\"data\":\\{\"a\": 1}}");
            publish("fmt", "not {json", "content-type", "application/json");
            assertThat(stream.events.message().data())
                    .as("what is no JSON travels as a string, whatever its producer says")
                    .endsWith(",\"data\":\"not {json\"}");
        }
    }

    @Test
    void sendsTheCloudEventsFormat() throws IOException {
        String[] headers = {
            "content-type", "application/json", "ce_specversion", "1.0", "ce_id", "e-1", "ce_source", "/shop",
            "ce_type", "order.paid", "ce_subject", "42", "ce_time", "2026-11-21T10:00:00Z", "ce_region", "eu"
        };
        try (var stream = new Stream(url("ce", "format=cloudevents"))) {
            publish("ce", "{\"a\":1}", headers);
            var event = stream.events.message();
            assertThat(event.data())
                    .isEqualTo("{\"specversion\":\"1.0\",\"id\":\"e-1\",\"source\":\"/shop\",\"type\":\"order.paid\","
                            + "\"subject\":\"42\",\"time\":\"2026-11-21T10:00:00Z\","
                            + "\"datacontenttype\":\"application/json\",\"partitionkey\":\"ce\",\"region\":\"eu\","
                            + "\"fanfarechannel\":\"" + topic + ".ce\",\"fanfarecursor\":\"" + event.lastEventId()
                            + "\",\"data\":{\"a\":1}}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"data", "json", "cloudevents"})
    void namesEventsOnlyWhereAsked(String format) throws IOException {
        try (var byType = new Stream(url("name", "event=type", "format=" + format));
                var byChannel = new Stream(url("name", "event=channel", "format=" + format));
                var unnamed = new Stream(url("name", "event=none", "format=" + format))) {
            publish("name", "x", "ce_specversion", "1.0", "ce_id", "1", "ce_source", "/s", "ce_type", "order.paid");
            publish("name", "y");
            assertThat(byType.events.message().type()).isEqualTo("order.paid");
            assertThat(byType.events.message().type()).isEqualTo("dev.fanfare.record");
            assertThat(byChannel.events.message().type()).isEqualTo(topic + ".name");
            assertThat(unnamed.events.message().type()).isEqualTo("message");
        }
    }

    @Test
    void showsThatItLivesAndMovesTheCursorOfAQuietClient() throws IOException {
        try (var stream = new Stream(url("quiet", "heartbeat=300ms"))) {
            publish("other", "1");
            var moved = stream.events.until(
                    Quiet.class, quiet -> !quiet.lastEventId().equals(stream.ready.lastEventId()));
            assertThat(stream.events.item()).isEqualTo(new Comment(""));
            publish("quiet", "2");
            try (var again = new Stream(url("quiet"), "Last-Event-ID: " + moved.lastEventId())) {
                assertThat(again.ready.data()).contains("\"from\":\"cursor\",\"resumed\":true,");
                assertThat(again.events.message().data()).isEqualTo("2");
            }
        }
    }

    @Test
    void sendsOnlyACommentWhereTheCursorDoesNotMove() throws IOException {
        try (var stream = new Stream(url("still", "heartbeat=300ms"))) {
            var first = stream.events.until(Comment.class, _ -> true);
            assertThat(first.text()).isEmpty();
            stream.events.until(Comment.class, _ -> true);
            assertThat(stream.events.lastEventId()).isEqualTo(stream.ready.lastEventId());
        }
    }

    @Test
    void bringsAnEventOfAPartitionThatTheClientNeverSaw() throws IOException {
        String id;
        try (var stream = new Stream(url("never"))) {
            id = stream.ready.lastEventId();
        }
        broker.send(topic, 2, "never", "seen".getBytes(UTF_8));
        try (var stream = new Stream(url("never"), "Last-Event-ID: " + id)) {
            assertThat(stream.events.message().data()).isEqualTo("seen");
        }
    }

    @Test
    void deliversAnEventOnceThatSeveralSubscriptionsMatch() throws IOException {
        try (var stream = new Stream(url("dup") + "&channel=" + topic + ".*&channel=" + topic + ".**")) {
            publish("dup", "1");
            publish("end", "2");
            assertThat(stream.events.message().data()).isEqualTo("1");
            assertThat(stream.events.message().data()).isEqualTo("2");
        }
    }

    @Test
    void acceptsTheOtherSpellingsOfTheRest() throws IOException {
        for (var rest : new String[] {"**", ">", "%3E", "%253E", "%2A%2A"}) {
            try (var stream = new Stream("/v1/events?channel=" + topic + "." + rest)) {
                publish("a/b/c", rest);
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
            try (var client = gateway.connect()) {
                client.get(url("accept", "wait=0"), "Accept: " + accept);
                assertThat(client.head().header("Content-Type")).as(accept).contains("text/event-stream");
            }
        }
        try (var client = gateway.connect()) {
            client.get(url("accept", "transport=sse"), "Accept: application/json");
            assertThat(client.head().header("Content-Type")).contains("text/event-stream");
        }
        for (var accept : new String[] {
            "*/*", "text/event-stream;q=0", "application/json, text/event-stream; q=0.0", "text/event-streams"
        }) {
            assertThat(gateway.get(url("accept", "wait=0"), "Accept: " + accept).header("Content-Type"))
                    .as(accept)
                    .isEqualTo("application/json");
        }
        assertThat(gateway.get(url("accept", "wait=0", "transport=poll"), "Accept: text/event-stream")
                        .header("Content-Type"))
                .isEqualTo("application/json");
    }

    @Test
    void ignoresWhatAClientSendsDuringTheStream() throws IOException {
        try (var stream = new Stream(url("talk"))) {
            stream.client.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").send(new byte[100_000]);
            publish("talk", "still here");
            assertThat(stream.events.message().data()).isEqualTo("still here");
        }
    }

    @Test
    void seesItsClientGoAlsoWhereThatHasSentMoreThanItsRequest() throws IOException {
        awaitSessions(0);
        try (var client = gateway.connect()) {
            client.send("GET " + url("more") + " HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\nGET /");
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
        try (var stream = new Stream(url("half"))) {
            stream.client.socket().shutdownOutput();
            stream.events.toEnd();
        }
    }

    @Test
    void forgetsASessionAsSoonAsItsClientIsGone() throws IOException {
        awaitSessions(0);
        var stream = new Stream(url("leave"));
        awaitSessions(1);
        stream.close();
        awaitSessions(0);
        var reset = new Stream(url("leave"));
        awaitSessions(1);
        reset.client.socket().setSoLinger(true, 0); // RST
        reset.close();
        awaitSessions(0);
    }

    private static void awaitSessions(int expected) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(gateway.metric("fanfare_sessions", "transport=\"sse\""))
                        .isEqualTo(expected));
    }

    @Test
    void tellsAnEventThatIsTooLargeAsAGapAndGoesOn() throws IOException {
        try (var stream = new Stream(url("big"))) {
            var at = broker.send(topic, 0, "big", "x".repeat(300_000).getBytes(UTF_8));
            publish("big", "small");
            var gap = stream.events.message();
            assertThat(gap.type()).isEqualTo("gap");
            assertThat(gap.data())
                    .isEqualTo("{\"type\":\"gap\",\"cursor\":\"" + gap.lastEventId()
                            + "\",\"reason\":\"too-large\",\"topic\":\"" + topic + "\",\"partition\":0,\"from\":"
                            + at.offset() + ",\"to\":" + (at.offset() + 1) + "}");
            assertThat(stream.events.message().data()).isEqualTo("small");
        }
    }

    @Test
    void tellsWhereToGoOnAndAReconnectionTimeWhenTheGatewayStops() throws Exception {
        try (var other = new Gateways().route(topic, "{topic}.{key}").start();
                var client = other.connect()) {
            client.openStream(url("stop"));
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
        try (var other = new Gateways().route(topic, "{topic}.{key}").start();
                var stream = new Stream(url("node"))) {
            publish("node", "one");
            var one = stream.events.message();
            publish("node", "two");
            var polled = other.get(url("node", "cursor=" + one.lastEventId(), "wait=20"));
            assertThat(polled.text()).contains("\"data\":\"two\"").doesNotContain("\"data\":\"one\"");
            publish("node", "three");
            try (var back = new Stream(url("node", "cursor=" + Texts.cursor(polled)))) {
                assertThat(back.events.message().data()).isEqualTo("three");
            }
        }
    }
}
