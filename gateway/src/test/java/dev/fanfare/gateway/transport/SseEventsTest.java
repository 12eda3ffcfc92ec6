package dev.fanfare.gateway.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How events look in a stream of server-sent events, byte by byte and as a browser reads them.
@Timeout(60)
class SseEventsTest {
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
    void givesABareEventSourceEveryEventAsAMessage() throws IOException {
        try (var stream = sse.open(sse.url("bare"))) {
            sse.publish("bare", "{\"n\":1}", "content-type", "application/json");
            sse.publish("bare", "two", "ce_specversion", "1.0", "ce_id", "2", "ce_source", "/s", "ce_type", "t.two");
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
        try (var stream = sse.open(sse.url("lines"))) {
            sse.publish("lines", unescape(sent), "content-type", "text/plain");
            assertThat(stream.events.message().data()).isEqualTo(unescape(expected));
        }
    }

    private static String unescape(String text) {
        return text.replace("\\n", "\n").replace("\\r", "\r");
    }

    @Test
    void bringsJsonWithNewlinesBackByteForByte() throws IOException {
        var json = "{\n  \"a\": [1,\n 2]\n}\n";
        try (var stream = sse.open(sse.url("pretty"))) {
            sse.publish("pretty", json, "content-type", "application/json");
            assertThat(stream.events.message().data()).isEqualTo(json);
        }
    }

    @Test
    void sendsWhatIsNoTextInTheJsonForm() throws IOException {
        try (var stream = sse.open(sse.url("bin"))) {
            sse.publish("bin", new byte[] {(byte) 0xff, 0, 1}, "content-type", "application/octet-stream");
            sse.publish("bin", new byte[] {0, 0, 0, 0, 7, 'h', 'i'}); // Confluent's framing
            var binary = stream.events.message();
            assertThat(binary.data())
                    .startsWith("{\"id\":\"" + binary.lastEventId() + "\",\"channel\":\"" + sse.topic
                            + ".bin\",\"eventId\":")
                    .endsWith("\"data_base64\":\"/wAB\"}");
            assertThat(stream.events.message().data()).endsWith("\"data_base64\":\"AAAAAAdoaQ==\"}");
        }
    }

    @Test
    void sendsATombstoneAsNullInEveryFormat() throws IOException {
        try (var data = sse.open(sse.url("gone"));
                var json = sse.open(sse.url("gone", "format=json"));
                var cloudEvents = sse.open(sse.url("gone", "format=cloudevents"))) {
            sse.publish("gone", (byte[]) null);
            assertThat(data.events.message().data()).isEqualTo("null");
            assertThat(json.events.message().data()).endsWith(",\"data\":null,\"deleted\":true}");
            assertThat(cloudEvents.events.message().data()).endsWith(",\"data\":null,\"deleted\":true}");
        }
    }

    @Test
    void sendsTheJsonFormat() throws IOException {
        try (var stream = sse.open(sse.url("fmt", "format=json"))) {
            var at = LocalBroker.get()
                    .send(sse.topic, 0, "fmt", "{\"a\": 1}".getBytes(UTF_8), "content-type", "application/json");
            var event = stream.events.message();
            assertThat(event.data())
                    .matches("\\{\"id\":\"" + event.lastEventId() + "\",\"channel\":\"" + sse.topic
                            + ".fmt\",\"eventId\":\"" + sse.topic + "/0/" + at.offset()
                            + "\",\"eventType\":\"dev.fanfare.record\",\"key\":\"fmt\","
                            + "\"time\":\"[0-9TZ:.-]+\",\"data\":\\{\"a\": 1}}");
            sse.publish("fmt", "not {json", "content-type", "application/json");
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
        try (var stream = sse.open(sse.url("ce", "format=cloudevents"))) {
            sse.publish("ce", "{\"a\":1}", headers);
            var event = stream.events.message();
            assertThat(event.data())
                    .isEqualTo("{\"specversion\":\"1.0\",\"id\":\"e-1\",\"source\":\"/shop\",\"type\":\"order.paid\","
                            + "\"subject\":\"42\",\"time\":\"2026-11-21T10:00:00Z\","
                            + "\"datacontenttype\":\"application/json\",\"partitionkey\":\"ce\",\"region\":\"eu\","
                            + "\"fanfarechannel\":\"" + sse.topic + ".ce\",\"fanfarecursor\":\"" + event.lastEventId()
                            + "\",\"data\":{\"a\":1}}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"data", "json", "cloudevents"})
    void namesEventsOnlyWhereAsked(String format) throws IOException {
        try (var byType = sse.open(sse.url("name", "event=type", "format=" + format));
                var byChannel = sse.open(sse.url("name", "event=channel", "format=" + format));
                var unnamed = sse.open(sse.url("name", "event=none", "format=" + format))) {
            sse.publish("name", "x", "ce_specversion", "1.0", "ce_id", "1", "ce_source", "/s", "ce_type", "order.paid");
            sse.publish("name", "y");
            assertThat(byType.events.message().type()).isEqualTo("order.paid");
            assertThat(byType.events.message().type()).isEqualTo("dev.fanfare.record");
            assertThat(byChannel.events.message().type()).isEqualTo(sse.topic + ".name");
            assertThat(unnamed.events.message().type()).isEqualTo("message");
        }
    }

    @Test
    void deliversAnEventOnceThatSeveralSubscriptionsMatch() throws IOException {
        try (var stream = sse.open(sse.url("dup") + "&channel=" + sse.topic + ".*&channel=" + sse.topic + ".**")) {
            sse.publish("dup", "1");
            sse.publish("end", "2");
            assertThat(stream.events.message().data()).isEqualTo("1");
            assertThat(stream.events.message().data()).isEqualTo("2");
        }
    }

    @Test
    void tellsAnEventThatIsTooLargeAsAGapAndGoesOn() throws IOException {
        try (var stream = sse.open(sse.url("big"))) {
            var at = LocalBroker.get()
                    .send(sse.topic, 0, "big", "x".repeat(300_000).getBytes(UTF_8));
            sse.publish("big", "small");
            var gap = stream.events.message();
            assertThat(gap.type()).isEqualTo("gap");
            assertThat(gap.data())
                    .isEqualTo("{\"type\":\"gap\",\"cursor\":\"" + gap.lastEventId()
                            + "\",\"reason\":\"too-large\",\"topic\":\"" + sse.topic + "\",\"partition\":0,\"from\":"
                            + at.offset() + ",\"to\":" + (at.offset() + 1) + "}");
            assertThat(stream.events.message().data()).isEqualTo("small");
        }
    }
}
