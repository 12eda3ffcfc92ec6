package dev.fanfare.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.config.GatewaySettings.Server;
import dev.fanfare.gateway.config.GatewaySettings.Transports;
import dev.fanfare.gateway.config.TlsSettings;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests that get a problem document instead of events.
@Timeout(60)
class RefusalsTest {
    private static String topic;
    private static Gateways.Running gateway;

    @BeforeAll
    static void start() {
        topic = LocalBroker.get().newTopic("refusals", 1);
        gateway = new Gateways().route(topic, "{topic}.{key}").start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static void assertProblem(RawClient.Answer answer, int status, String code, String... inDetail) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(answer.text())
                .startsWith("{\"type\":\"about:blank#" + code + "\",\"title\":\"")
                .contains(
                        "\"status\":" + status + ",\"detail\":\"",
                        "\"code\":\"" + code + "\",\"requestId\":\"" + answer.header("X-Request-Id") + "\"}");
        for (var part : inDetail) {
            assertThat(answer.text()).contains(part);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/events", "/v1/events?", "/v1/events?wait=0", "/v1/events?&"})
    void asksForAChannel(String target) throws IOException {
        assertProblem(gateway.get(target), 400, "invalid-parameter", "'channel' is missing", "?channel=orders.*");
        assertProblem(gateway.get(target, "Accept: text/event-stream"), 400, "invalid-parameter");
    }

    /// RFC 9112 §9.6. Not only refusals: whatever Helidon answers.
    @ParameterizedTest
    @ValueSource(strings = {"/v1/events", "/nothing", "/health/live", "/metrics", "/"})
    void endsTheConnectionWhereTheClientAsksForIt(String target) throws IOException {
        try (var client = gateway.connect()) {
            assertThat(client.get(target).answer().header("Connection")).isEqualTo("keep-alive");
            var answer = client.get(target, "Connection: close").answer();
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "orders.%2B, use '*' for one token",
        "orders.+, a last '**' for the rest",
        "orders.%23, a last '**' for the rest",
        "orders.a*, wildcard inside a token",
        "orders.**.x, use '*' for one token there",
        "a..b, ''",
        ".a, ''",
        "'', ''",
        "a%20b, ''",
        "%00, ''",
        "gr%C3%BC%C3%9Fe, ''",
    })
    void refusesABadChannelAndSaysWhatToUse(String channel, String advice) throws IOException {
        assertProblem(gateway.get("/v1/events?wait=0&channel=" + channel), 400, "invalid-channel", advice);
    }

    @Test
    void refusesAChannelWithoutAValue() throws IOException {
        assertThat(gateway.get("/v1/events?wait=0&channel").status()).isEqualTo(400);
    }

    @Test
    void refusesAChannelThatIsTooLongOrHasTooManyTokens() throws IOException {
        assertProblem(gateway.get("/v1/events?channel=" + "x".repeat(256)), 400, "invalid-channel", "at most 255");
        assertProblem(gateway.get("/v1/events?channel=a" + ".a".repeat(32)), 400, "invalid-channel", "at most 32");
    }

    @Test
    void refusesTooManyChannels() throws IOException {
        assertProblem(gateway.get(channels(201)), 400, "too-many-channels", "201 channels", "200 is the most");
        assertThat(gateway.get(channels(200)).status()).isEqualTo(200);
    }

    private static String channels(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "channel=a.long.name.of.a.channel." + i)
                .collect(Collectors.joining("&", "/v1/events?wait=0&", ""));
    }

    @Test
    void namesTheNearestOfTheKnownParameters() throws IOException {
        assertProblem(gateway.get("/v1/events?topic=x"), 400, "unknown-parameter", "did you mean 'channel'?");
        assertProblem(gateway.get("/v1/events?channel=x&form%61d=x"), 400, "unknown-parameter", "'format'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"channel=%zz", "channel=%", "channel=%4", "channel=%FF", "%FF=1", "channel=a&wait=%u0041"})
    void refusesAQueryThatIsNotPercentEncodedUtf8(String query) throws IOException {
        var answer = gateway.get("/v1/events?" + query);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.text()).doesNotContain("\"invalid-message\""); // it says which parameter, or what to write
    }

    @Test
    void needsAnUpgradeForAWebSocket() throws IOException {
        var answer = gateway.get("/v1/events?channel=a&transport=ws");
        assertProblem(answer, 426, "upgrade-required");
        assertThat(answer.header("Upgrade")).isEqualTo("websocket");
        assertThat(answer.header("Connection")).containsIgnoringCase("upgrade");
    }

    @Test
    void refusesTransportsThatAreOff() throws IOException {
        var gateways = new Gateways().route(topic, "{topic}.{key}");
        gateways.transports = new Transports(false, true, false);
        try (var onlyWs = gateways.start()) {
            assertProblem(
                    onlyWs.get("/v1/events?channel=a", "Accept: text/event-stream"), 406, "transport-off", "'sse'");
            assertProblem(onlyWs.get("/v1/events?channel=a"), 406, "transport-off", "'poll'", "/v1/negotiate");
        }
        gateways.transports = new Transports(true, false, true);
        try (var noWs = gateways.start()) {
            assertProblem(noWs.get("/v1/events?channel=a&transport=ws"), 406, "transport-off", "'ws'");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1", "/v1/event", "/v1/events/x", "/favicon.ico", "/v2/events", "/..", "/%2e%2e/x"})
    void knowsNoOtherPath(String path) throws IOException {
        assertProblem(gateway.get(path), 404, "not-found");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/events, 'GET, POST', 'PUT DELETE PATCH OPTIONS HEAD TRACE QUERY'",
        "/, GET, 'POST PUT DELETE OPTIONS'",
        "/page.js, GET, 'POST PUT DELETE OPTIONS'",
        "/page.css, GET, 'POST PUT DELETE OPTIONS'",
        "/metrics, GET, 'POST PUT DELETE'",
        "/health, 'GET, HEAD', 'POST PUT DELETE OPTIONS'",
        "/health/live, 'GET, HEAD', 'POST PUT DELETE OPTIONS'",
        "/health/ready, 'GET, HEAD', 'POST PUT DELETE OPTIONS'",
        "/health/started, 'GET, HEAD', 'POST PUT DELETE OPTIONS'",
    })
    void namesTheMethodsOfEachPath(String path, String allowed, String methods) throws IOException {
        for (var method : methods.split(" ", -1)) {
            try (var client = gateway.connect()) {
                client.request(method, path);
                if (method.equals("HEAD")) {
                    assertThat(client.head().header("Allow")).contains(allowed);
                } else {
                    var answer = client.answer();
                    assertProblem(answer, 405, "method-not-allowed", "use " + allowed);
                    assertThat(answer.header("Allow")).isEqualTo(allowed);
                }
            }
        }
    }

    @Test
    void refusesToPublishWhereThatIsOff() throws IOException {
        try (var client = gateway.connect()) {
            client.request("POST", "/v1/events?channel=a", "Content-Length: 2").send("hi");
            assertProblem(client.answer(), 403, "publishing-off", "publish.enabled");
            assertThat(client.get("/health/live").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void servesNoPageWhereThatIsOff() throws IOException {
        var gateways = new Gateways().route(topic, "{topic}.{key}");
        gateways.server = new Server("127.0.0.1", 0, 15_000, 4096, 65_536, false, TlsSettings.OFF);
        try (var plain = gateways.start()) {
            assertProblem(plain.get("/"), 404, "not-found");
            assertProblem(plain.get("/page.js"), 404, "not-found");
        }
        assertThat(gateway.get("/").status()).isEqualTo(200);
    }

    @Test
    void carriesTheClientsRequestIdOrANewOneOnEveryAnswer() throws IOException {
        var targets = List.of(
                "/v1/events?channel=a&wait=0", "/v1/events", "/nowhere", "/", "/page.js", "/metrics", "/health/live");
        for (var target : targets) {
            assertThat(gateway.get(target, "X-Request-Id: my-id.1").header("X-Request-Id"))
                    .as(target)
                    .isEqualTo("my-id.1");
            var first = gateway.get(target).header("X-Request-Id");
            assertThat(first).as(target).matches("[0-9a-f]{16}");
            assertThat(gateway.get(target).header("X-Request-Id")).isNotEqualTo(first);
            assertThat(gateway.get(target, "X-Request-Id: \"<script>\"").header("X-Request-Id"))
                    .matches("[0-9a-f]{16}");
            assertThat(gateway.get(target, "X-Request-Id: " + "x".repeat(1000)).header("X-Request-Id"))
                    .matches("[0-9a-f]{16}");
        }
    }

    @Test
    void keepsTheConnectionAfterARefusal() throws IOException {
        try (var client = gateway.connect()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/v1/events?topic=x").answer().status()).isEqualTo(400);
                assertThat(client.get("/nowhere").answer().status()).isEqualTo(404);
            }
            assertThat(client.get("/v1/events?channel=a&wait=0").answer().status())
                    .isEqualTo(200);
        }
    }
}
