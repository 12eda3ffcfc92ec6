package dev.fanfare.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.config.GatewaySettings.Transports;
import dev.fanfare.gateway.protocol.Policy;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `POST /v1/negotiate`. What it answers in full is in `docs/protocol.md`.
@Timeout(60)
class NegotiateHandlerTest {
    private static String topic;
    private static Gateways.Running gateway;

    @BeforeAll
    static void start() {
        topic = LocalBroker.get().newTopic("negotiate", 1);
        gateway = new Gateways().route(topic, "{topic}.{key}").start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static RawClient.Answer negotiate(Gateways.Running with, String query, String body) throws IOException {
        try (var client = with.connect()) {
            var length = "Content-Length: " + body.getBytes(UTF_8).length;
            return client.request("POST", "/v1/negotiate" + query, length)
                    .send(body)
                    .answer();
        }
    }

    private static String transports(Gateways.Running with, String body) throws IOException {
        var answer = negotiate(with, "", body);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.text().replaceAll(".*?\"transport\":\"(\\w+)\"", "$1 ").replaceAll(" [^ ]*$", "");
    }

    @Test
    void offersWhatTheClientCanInTheOrderOfWhatServesItBest() throws IOException {
        assertThat(transports(gateway, "")).isEqualTo("ws sse poll");
        assertThat(transports(gateway, "{}")).isEqualTo("ws sse poll");
        assertThat(transports(gateway, "{\"transports\":[\"poll\",\"sse\"]}")).isEqualTo("sse poll");
        assertThat(transports(gateway, "{\"maxMessageBytes\":262144}")).isEqualTo("ws sse poll");
        assertThat(transports(gateway, "{\"maxMessageBytes\":262143}")).isEqualTo("sse poll");
    }

    @Test
    void neverOffersWhatIsSwitchedOff() throws IOException {
        var gateways = new Gateways().route(topic, "{topic}.{key}");
        gateways.transports = new Transports(true, false, false);
        try (var onlySse = gateways.start()) {
            assertThat(transports(onlySse, "{}")).isEqualTo("sse");
            var refused = negotiate(onlySse, "", "{\"transports\":[\"ws\",\"poll\"]}");
            assertThat(refused.status()).isEqualTo(406);
            assertThat(refused.text()).contains("\"code\":\"transport-off\"", "add one of [sse]");
        }
    }

    @Test
    void tellsWhichPoliciesAreAllowed() throws IOException {
        assertThat(negotiate(gateway, "", "{}").text())
                .contains("\"policies\":[\"resume\",\"disconnect\",\"conflate\",\"sample\",\"drop-oldest\"]");
        var gateways = new Gateways().route(topic, "{topic}.{key}");
        gateways.policies(List.of(Policy.SAMPLE, Policy.RESUME), Policy.SAMPLE);
        try (var strict = gateways.start()) {
            assertThat(negotiate(strict, "", "{}").text()).contains("\"policies\":[\"sample\",\"resume\"]");
            var refused = strict.get("/v1/events?channel=a&wait=0&policy=conflate");
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.text())
                    .contains("parameter 'policy' is 'conflate': use one of sample, resume", "invalid-parameter");
        }
    }

    @Test
    void offersNoCompressionToAClientWithoutAndBoundsItsHeartbeat() throws IOException {
        assertThat(negotiate(gateway, "", "{\"compression\":[\"gzip\"],\"heartbeatMs\":1}")
                        .text())
                .doesNotContain("compression")
                .contains("\"url\":\"/v1/events?transport=ws&heartbeat=5000ms\"", "\"heartbeatMs\":5000");
    }

    @Test
    void answersWithUrlsThatWork() throws IOException {
        var answer = negotiate(
                gateway, "", "{\"transports\":[\"poll\"],\"channels\":[\"a.>\",\"b:c.*\"],\"format\":\"json\"}");
        var url = answer.text().replaceAll(".*\"url\":\"([^\"]+)\".*", "$1");
        assertThat(url).isEqualTo("/v1/events?transport=poll&channel=a.%3E&channel=b%3Ac.*&format=json");
        assertThat(gateway.get(url + "&wait=0").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "? | { | invalid-parameter | the body is not JSON",
                "? | [] | invalid-parameter | no JSON object",
                "? | {} {} | invalid-parameter | goes on after its JSON object",
                "? | {\"transprts\":[\"ws\"]} | unknown-parameter | did you mean 'transports'?",
                "? | {\"transports\":[\"pigeon\"]} | invalid-parameter | 'transports' has 'pigeon'",
                "? | {\"transports\":\"ws\"} | invalid-parameter | 'transports' is no array of strings",
                "? | {\"heartbeatMs\":1.5} | invalid-parameter | 'heartbeatMs' is 1.5",
                "? | {\"maxMessageBytes\":0} | invalid-parameter | 'maxMessageBytes' is 0",
                "? | {\"format\":\"xml\"} | invalid-parameter | 'format' is 'xml'",
                "? | {\"channels\":[\"orders.+\"]} | invalid-channel | use '*' for one token",
                "?channel=a | {} | unknown-parameter | belongs into the body",
            })
    void saysWhatIsWrong(String query, String body, String code, String detail) throws IOException {
        var answer = negotiate(gateway, query, body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.text()).contains("\"code\":\"" + code + "\"", detail).doesNotContain("REDACTED");
    }

    @Test
    void saysThatAWebSocketNeedsAClientThatTakesAnEvent() throws IOException {
        var answer = negotiate(gateway, "", "{\"transports\":[\"ws\"],\"maxMessageBytes\":1000}");
        assertThat(answer.status()).isEqualTo(406);
        assertThat(answer.text()).contains("262144 bytes a message");
    }
}
