package dev.fanfare.gateway.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SseFormTest {
    private static final byte[] CURSOR = "AQ".getBytes(US_ASCII);
    private static final ChannelName CHANNEL = new ChannelName("orders.42");

    static Event event(@Nullable String contentType, @Nullable String data) {
        return event("t", contentType, data == null ? null : data.getBytes(UTF_8));
    }

    static Event event(String type, @Nullable String contentType, byte @Nullable [] data) {
        return new Event(
                "e-1",
                "/s",
                type,
                null,
                contentType,
                null,
                Instant.parse("2026-11-21T10:00:00Z"),
                data,
                data == null,
                Map.of(),
                "42",
                "orders",
                0,
                7,
                0);
    }

    private static String block(Format format, EventNaming naming, Event event) {
        return new String(SseForm.of(format, naming).event(event, CHANNEL, CURSOR), UTF_8);
    }

    @Test
    void writesABlockPerEvent() {
        assertThat(block(Format.DATA, EventNaming.NONE, event("text/plain", "hi")))
                .isEqualTo("id: AQ\ndata: hi\n\n");
        assertThat(block(Format.DATA, EventNaming.TYPE, event("text/plain", "hi")))
                .isEqualTo("id: AQ\nevent: t\ndata: hi\n\n");
        assertThat(block(Format.DATA, EventNaming.CHANNEL, event("text/plain", "hi")))
                .isEqualTo("id: AQ\nevent: orders.42\ndata: hi\n\n");
    }

    @Test
    void writesALinePerLine() {
        assertThat(block(Format.DATA, EventNaming.NONE, event("text/plain", "a\nb\rc\r\nd\n")))
                .isEqualTo("id: AQ\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \n\n");
        assertThat(block(Format.DATA, EventNaming.NONE, event("text/plain", "")))
                .isEqualTo("id: AQ\ndata: \n\n");
    }

    @Test
    void keepsATypeOnItsLine() {
        assertThat(block(Format.DATA, EventNaming.TYPE, event("a\nid: x\r\n\0b", null, new byte[0])))
                .isEqualTo("id: AQ\nevent: a id: x   b\ndata: \n\n");
    }

    @Test
    void wrapsInTheJsonFormats() {
        var json = event("application/json", "{\"a\":\n1}");
        assertThat(block(Format.JSON, EventNaming.NONE, json))
                .isEqualTo("id: AQ\ndata: {\"id\":\"AQ\",\"channel\":\"orders.42\",\"eventId\":\"e-1\","
                        + "\"eventType\":\"t\",\"key\":\"42\",\"time\":\"2026-11-21T10:00:00Z\",\"data\":{\"a\":\n"
                        + "data: 1}}\n\n");
        assertThat(block(Format.CLOUDEVENTS, EventNaming.NONE, event("text/plain", "a\"b")))
                .isEqualTo("id: AQ\ndata: {\"specversion\":\"1.0\",\"id\":\"e-1\",\"source\":\"/s\",\"type\":\"t\","
                        + "\"time\":\"2026-11-21T10:00:00Z\",\"datacontenttype\":\"text/plain\","
                        + "\"partitionkey\":\"42\",\"fanfarechannel\":\"orders.42\",\"fanfarecursor\":\"AQ\","
                        + "\"data\":\"a\\\"b\"}\n\n");
    }

    @Test
    void writesBinaryDataInBase64InEachFormat() {
        var binary = event("t", "image/png", new byte[] {(byte) 0xff, (byte) 0xfe});
        for (var format : Format.values()) {
            assertThat(block(format, EventNaming.NONE, binary)).endsWith(",\"data_base64\":\"//4=\"}\n\n");
        }
    }

    @Test
    void writesNullForATombstone() {
        assertThat(block(Format.DATA, EventNaming.NONE, event(null, null))).isEqualTo("id: AQ\ndata: null\n\n");
        assertThat(block(Format.JSON, EventNaming.NONE, event(null, null)))
                .endsWith(",\"data\":null,\"deleted\":true}\n\n");
    }

    @Test
    void writesNotices() {
        var form = SseForm.of(Format.DATA, EventNaming.NONE);
        assertThat(text(form.notice(new Notice.Ready("s-1", Duration.ofSeconds(15), "last", false), CURSOR)))
                .isEqualTo("id: AQ\nevent: ready\ndata: {\"type\":\"ready\",\"cursor\":\"AQ\",\"session\":\"s-1\","
                        + "\"heartbeatMs\":15000,\"from\":\"last\",\"resumed\":true,\"complete\":false}\n\n");
        assertThat(text(form.notice(new Notice.Gap("orders", 3, 5, 9, GapReason.TOPIC_RECREATED, true), CURSOR)))
                .isEqualTo("id: AQ\nevent: gap\ndata: {\"type\":\"gap\",\"cursor\":\"AQ\","
                        + "\"reason\":\"topic-recreated\",\"topic\":\"orders\",\"partition\":3,\"from\":5,\"to\":9,"
                        + "\"approximate\":true}\n\n");
        assertThat(text(form.notice(new Notice.GoingAway(Duration.ofSeconds(2), "shutting-down"), CURSOR)))
                .isEqualTo("id: AQ\nevent: going-away\ndata: {\"type\":\"going-away\",\"cursor\":\"AQ\","
                        + "\"reconnectAfterMs\":2000,\"reason\":\"shutting-down\"}\nretry: 2000\n\n");
    }

    @Test
    void writesTheRest() {
        var form = SseForm.of(Format.DATA, EventNaming.NONE);
        assertThat(text(form.cursor(CURSOR))).isEqualTo("id: AQ\n\n");
        assertThat(text(form.heartbeat())).isEqualTo(":\n\n");
        assertThat(text(SseForm.retry(1500))).isEqualTo("retry: 1500\n\n");
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    @Test
    void sharesBytesBetweenChannelsOnlyWhereTheyDoNotNameTheChannel() {
        for (var format : Format.values()) {
            for (var naming : EventNaming.values()) {
                var form = SseForm.of(format, naming);
                assertThat(form).isSameAs(SseForm.of(format, naming));
                for (var event : new Event[] {
                    event("text/plain", "x"),
                    event(null, null),
                    event("t", "image/png", new byte[] {(byte) 0xff}) // in the JSON form whatever the format
                }) {
                    var one = text(form.event(event, new ChannelName("a"), CURSOR));
                    var other = text(form.event(event, new ChannelName("b"), CURSOR));
                    assertThat(form.namesChannel(event) || one.equals(other))
                            .as("%s %s", format, naming)
                            .isTrue();
                }
            }
        }
    }
}
