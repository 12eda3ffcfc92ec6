package dev.fanfare.webhook.http;

import static dev.fanfare.webhook.http.RawServer.answer;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class OutcomeRulesTest {
    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 205, 226, 299})
    void deliversWith2xx(int status) throws Exception {
        assertThat(sentOnce(answer(status)).reason()).isEqualTo(Reason.DELIVERED);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 407, 408, 421, 500, 502, 503, 504, 599})
    void failsWithAnyOtherStatus(int status) throws Exception {
        var result = sentOnce(answer(status));
        assertThat(result.reason()).isEqualTo(Reason.STATUS);
        assertThat(result.status()).isEqualTo(status);
        assertThat(result.detail()).isEqualTo("The receiver answered " + status + ".");
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 301, 302, 303, 304, 307, 308})
    void doesNotFollowARedirect(int status) throws Exception {
        var result = sentOnce(answer(status, "Location: /elsewhere"));
        assertThat(result.reason()).isEqualTo(Reason.REDIRECT);
        assertThat(result.status()).isEqualTo(status);
    }

    @Test
    void isGoneWith410() throws Exception {
        assertThat(sentOnce(answer(410)).reason()).isEqualTo(Reason.GONE);
    }

    @Test
    void isThrottledWith429() throws Exception {
        var result = sentOnce(answer(429, "Retry-After: 120"));
        assertThat(result.reason()).isEqualTo(Reason.THROTTLED);
        assertThat(result.retryAfter()).hasValue(Duration.ofMinutes(2));
    }

    @Test
    void isNotSentAgainWhenAskedToRetryAtOnce() throws Exception {
        var result = sentOnce(answer(503, "Retry-After: 0"));
        assertThat(result.reason()).isEqualTo(Reason.STATUS);
        assertThat(result.retryAfter()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "1 | PT1S",
                "120 | PT2M",
                "0.2 | PT1S",
                "1.000001 | PT2S",
                "86400 | PT24H",
                "86401 | PT24H",
                "99999999999999999999 | PT24H",
                "Sat, 21 Nov 2026 10:00:30 GMT | PT30S",
                "Saturday, 21-Nov-26 10:05:00 GMT | PT5M",
                "Sat Nov 21 10:00:01 2026 | PT1S",
                "Tue, 01 Dec 2026 10:00:00 GMT | PT24H",
                "Sat, 21 Nov 2026 09:59:59 GMT | none",
                "-5 | none",
                "soon | none",
                "1e3 | none",
                "' ' | none",
            })
    void readsRetryAfter(String value, String expected) throws Exception {
        assertThat(sentOnce(answer(503, "Retry-After: " + value)).retryAfter())
                .isEqualTo(Optional.ofNullable(expected).map(Duration::parse));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 500, 429})
    void disablesWhateverTheStatus(int status) throws Exception {
        var result = sentOnce(answer(status, "Webhook-Delivery: Disable"));
        assertThat(result.reason()).isEqualTo(Reason.DISABLED_BY_RECEIVER);
        assertThat(result.status()).isEqualTo(status);
    }

    @Test
    void abortsAMessageThatHasNotArrived() throws Exception {
        assertThat(sentOnce(answer(500, "webhook-delivery: abort-message")).reason())
                .isEqualTo(Reason.ABORTED_BY_RECEIVER);
        assertThat(sentOnce(answer(200, "webhook-delivery: abort-message")).reason())
                .isEqualTo(Reason.DELIVERED);
        assertThat(sentOnce(answer(500, "webhook-delivery: whatever")).reason()).isEqualTo(Reason.STATUS);
    }

    @Test
    void believesTheHeadOfAnAnswerThatMayHaveNoBody() throws Exception {
        var result = sentOnce("HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok");
        assertThat(result.reason()).isEqualTo(Reason.DELIVERED);
        assertThat(result.status()).isEqualTo(204);
    }

    @Test
    void waitsForTheAnswerBehindInterimOnes() throws Exception {
        var result = sentOnce("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + answer(202));
        assertThat(result.status()).isEqualTo(202);
    }

    @Test
    void keepsTheBeginningOfTheBodyAsText() throws Exception {
        var body = "a\u0000b\u001bc\tд" + "x".repeat(5000);
        var bytes = body.getBytes(UTF_8);
        var result = sentOnce(
                "HTTP/1.1 500 No\r\nContent-Length: " + bytes.length + "\r\n\r\n" + new String(bytes, ISO_8859_1));
        assertThat(result.responseHead()).startsWith("a\uFFFDb\uFFFDc\tдxxx");
        assertThat(result.responseHead().getBytes(UTF_8)).hasSizeBetween(4093, 4096);
    }

    private static Result sentOnce(String answer) throws Exception {
        try (var server = RawServer.answering(answer);
                var sender = Senders.loopback()) {
            var result = sender.send(Senders.request(server));
            assertThat(server.requests()).hasSize(1);
            assertThat(server.connectionCount()).isEqualTo(1);
            assertThat(result.detail()).doesNotContain("127.0.0.1", "Whatever").endsWith(".");
            return result;
        }
    }
}
