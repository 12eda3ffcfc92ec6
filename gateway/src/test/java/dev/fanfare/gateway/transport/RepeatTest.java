package dev.fanfare.gateway.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepeatTest {
    private static final String REQUEST = "GET /v1/events?cursor=AQID&channel=a HTTP/1.1\r\nHost: x\r\n\r\n";

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }

    private static boolean isRepeated(String by) {
        return Objects.requireNonNull(Repeat.of(bytes(REQUEST), "AQID")).is(bytes(by), bytes("BBBBBB"));
    }

    @Test
    void isTheSameRequestWithTheNextCursor() {
        assertThat(isRepeated(REQUEST.replace("AQID", "BBBBBB"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                REQUEST,
                "GET /v1/events?cursor=BBBBBC&channel=a HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /v1/events?cursor=BBBBBB&channel=b HTTP/1.1\r\nHost: x\r\n\r\n",
                "PET /v1/events?cursor=BBBBBB&channel=a HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /v1/events?cursor=BBBBBB&channel=a HTTP/1.1\r\nHost: x\r\n\r",
                "GET /v1/events?cursor=BBBBBB&channel=a HTTP/1.1\r\nHost: x\r\n\r\nG",
                "GET /v1/events?cursor=BBBBBB&channel=a HTTP/1.1\r\nHost: xx\r\n\r\n",
                "BBBBBB",
                ""
            })
    void isNoOther(String request) {
        assertThat(isRepeated(request)).isFalse();
    }

    @Test
    void isNotMadeOfARequestThatLeavesItOpenWhichIsTheCursor() {
        assertThat(Repeat.of(bytes(REQUEST + "AQID"), "AQID")).isNull();
        assertThat(Repeat.of(bytes(REQUEST), "AQIE")).isNull();
    }
}
