package dev.fanfare.webhook.payload;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CustomHeadersTest {
    private static void refuses(String name, String value, String fault) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CustomHeaders.check(Map.of(name, value)))
                .withMessageContaining(fault);
    }

    @Test
    void acceptsWhatIsTheOwnersToSay() {
        assertThatCode(() -> CustomHeaders.check(
                        Map.of("Authorization", "Bearer a b\tc", "x_api!key", "", "User-Agent", "~", "Cache", "1")))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "webhook-id",
                "Webhook-Signature",
                "WebHook-Request-Origin",
                "Content-Type",
                "content-length",
                "Host",
                "Connection",
                "Transfer-Encoding",
                "TraceParent",
                "tracestate",
                "ce-id",
                "CE-anything",
                "fanfare-deleted",
                "Content-Encoding",
                "expect",
                "te",
                "Upgrade"
            })
    void refusesNamesThatRequestsNeed(String name) {
        refuses(name, "x", "has the header '" + name + "', which requests need for themselves");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:b", "é", "a\r\nHost", ":path", "a\u0000"})
    void refusesNamesThatAreNone(String name) {
        refuses(name, "x", "has the header name '");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nHost: b", "a\u0000", "é", " a", "a ", "a\t", "\u007f"})
    void refusesValuesThatAreNoneWithoutQuotingThem(String value) {
        refuses("x-a", value, "has a value in the header 'x-a' that is no field value: use visible ASCII, without");
    }

    @Test
    void bounds() {
        refuses("x".repeat(129), "x", "has a header name of 129 characters: use at most 128");
        refuses("x", "x".repeat(4097), "has 4097 characters in the header 'x': use at most 4096");
        var many = new HashMap<String, String>();
        for (int i = 0; i < 33; i++) {
            many.put("x-" + i, "x");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CustomHeaders.check(many))
                .withMessage("has 33 headers: give at most 32");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CustomHeaders.check(Map.of("X-A", "1", "x-a", "2")))
                .withMessageContaining("twice");
    }
}
