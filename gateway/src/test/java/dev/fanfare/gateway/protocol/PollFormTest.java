package dev.fanfare.gateway.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.events.ChannelName;
import org.junit.jupiter.api.Test;

class PollFormTest {
    private static final byte[] CURSOR = "AQ".getBytes(US_ASCII);
    private static final ChannelName CHANNEL = new ChannelName("orders.42");

    private static String element(Format format, String contentType, String data) {
        return new String(PollForm.of(format).event(SseFormTest.event(contentType, data), CHANNEL, CURSOR), UTF_8);
    }

    @Test
    void writesAnElementPerEvent() {
        assertThat(element(Format.DATA, "application/json", "[1]"))
                .isEqualTo("{\"id\":\"AQ\",\"channel\":\"orders.42\",\"data\":[1]}");
        assertThat(element(Format.DATA, "text/plain", "[1]\n"))
                .isEqualTo("{\"id\":\"AQ\",\"channel\":\"orders.42\",\"data\":\"[1]\\n\"}");
        assertThat(element(Format.JSON, "application/json", "[1]"))
                .isEqualTo("{\"id\":\"AQ\",\"channel\":\"orders.42\",\"eventId\":\"e-1\",\"eventType\":\"t\","
                        + "\"key\":\"42\",\"time\":\"2026-11-21T10:00:00Z\",\"data\":[1]}");
        assertThat(element(Format.CLOUDEVENTS, "application/json", "[1]"))
                .isEqualTo("{\"specversion\":\"1.0\",\"id\":\"e-1\",\"source\":\"/s\",\"type\":\"t\","
                        + "\"time\":\"2026-11-21T10:00:00Z\",\"datacontenttype\":\"application/json\","
                        + "\"partitionkey\":\"42\",\"fanfarechannel\":\"orders.42\",\"fanfarecursor\":\"AQ\","
                        + "\"data\":[1]}");
    }

    @Test
    void writesGapsAndNothingElse() {
        var form = PollForm.of(Format.DATA);
        assertThat(new String(
                        form.notice(new Notice.Gap("orders", 0, 1, 2, GapReason.RETENTION, false), CURSOR), UTF_8))
                .isEqualTo("{\"type\":\"gap\",\"cursor\":\"AQ\",\"reason\":\"retention\",\"topic\":\"orders\","
                        + "\"partition\":0,\"from\":1,\"to\":2}");
        assertThat(form.cursor(CURSOR)).isEmpty();
        assertThat(form.heartbeat()).isEmpty();
    }
}
