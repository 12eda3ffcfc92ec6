package dev.fanfare.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.config.AccessSettings.Cookie;
import dev.fanfare.gateway.config.GatewaySettings.Publish;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.Open;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.gateway.testing.Secured;
import dev.fanfare.gateway.testing.WebSocketFrames;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a browser is told for pages of other origins, on every transport.
@Timeout(value = 40, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read is not interruptible
class CrossOriginTest {
    private static final String LISTED = "Origin: https://app.example.com";
    private static final String FOREIGN = "Origin: https://app.example.com.evil.example";

    private static String topic;
    private static Gateways.Running gateway;

    @BeforeAll
    static void start() {
        topic = LocalBroker.get().newTopic("origins", 1);
        gateway = gateways()
                .origins("https://app.example.com", "http://localhost:3000")
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Gateways gateways() {
        var gateways = new Gateways().route(topic, topic + ".{key}");
        gateways.publish = new Publish(true, topic, 1 << 20, 500, Duration.ofSeconds(5), Duration.ofMinutes(5), 1000);
        return gateways;
    }

    private static Gateways.Running withCookies(String... origins) {
        var gateways = gateways().origins(origins);
        var secured = new Secured();
        secured.anonymous = Open.access().anonymous();
        secured.cookie = new Cookie(Optional.of("session"));
        gateways.access = secured.access();
        return gateways.start();
    }

    private static String poll() {
        return "/v1/events?wait=0&channel=" + topic + ".a";
    }

    private static String cursor(RawClient.Answer poll) {
        return poll.text().replaceAll("(?s).*\"cursor\":\"([^\"]+)\".*", "$1");
    }

    private static RawClient.Answer ask(String method, String target, String... headers) throws IOException {
        try (var client = gateway.connect()) {
            return client.request(method, target, headers).answer();
        }
    }

    private static RawClient.Answer preflight(String target, String... headers) throws IOException {
        var all = Stream.concat(Stream.of("Access-Control-Request-Method: POST"), Arrays.stream(headers));
        return ask("OPTIONS", target, all.toArray(String[]::new));
    }

    private static RawClient.Head handshake(Gateways.Running to, String... headers) throws IOException {
        try (var client = to.connect()) {
            return client.get("/v1/events?channel=" + topic + ".a", WebSocketFrames.handshake(headers))
                    .head();
        }
    }

    private static List<String> shared(RawClient.Head head) {
        return head.headers().stream()
                .filter(line -> line.startsWith("Access-Control-"))
                .toList();
    }

    private static void assertShared(RawClient.Head head) {
        assertThat(shared(head))
                .as(head.toString())
                .containsExactlyInAnyOrder(
                        "Access-Control-Allow-Origin: https://app.example.com",
                        "Access-Control-Expose-Headers: Preference-Applied, Retry-After, WWW-Authenticate, X-Request-Id");
        assertThat(head.header("Vary").orElse("")).contains("Origin");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/v1/events?channel=a", "/v1/negotiate", "/v1/tickets", "/v1/sessions/s/token", "/v1/revocations"
            })
    void tellsThatAListedOriginMay(String target) throws IOException {
        var answer = preflight(target, LISTED, "Access-Control-Request-Headers: authorization,prefer");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(204);
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("https://app.example.com");
        assertThat(answer.header("Access-Control-Allow-Methods")).isEqualTo("GET, POST");
        assertThat(answer.header("Access-Control-Allow-Headers"))
                .isEqualTo("Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Prefer, X-Request-Id");
        assertThat(answer.header("Access-Control-Max-Age")).isEqualTo("7200");
        assertThat(answer.header("Vary")).isEqualTo("Origin");
        assertThat(answer.head().header("Access-Control-Allow-Credentials")).isEmpty();
    }

    @Test
    void letsPagesSendCloudEventsInHeaders() throws IOException {
        var asked = "Access-Control-Request-Headers: ce-id, ce-source,x-other,ce-my1";
        assertThat(preflight("/v1/events", LISTED, asked).header("Access-Control-Allow-Headers"))
                .endsWith("X-Request-Id, ce-id, ce-source, ce-my1");
    }

    @Test
    void tellsAForeignOriginWhyItMayNot() throws IOException {
        try (var client = gateway.connect()) {
            var refused = client.request("OPTIONS", "/v1/events", FOREIGN, "Access-Control-Request-Method: POST")
                    .answer();
            assertThat(refused.status()).isEqualTo(403);
            assertThat(shared(refused.head())).isEmpty();
            assertThat(refused.text())
                    .contains("\"code\":\"foreign-origin\"", "app.example.com.evil.example", "server.origins");
            assertThat(client.get(poll()).answer().status()).isEqualTo(200);
        }
    }

    @Test
    void leavesOtherOptionsAsTheyAre() throws IOException {
        assertThat(ask("OPTIONS", "/v1/events", LISTED).status()).isEqualTo(405);
        assertThat(ask("OPTIONS", "/v1/events", "Access-Control-Request-Method: POST")
                        .status())
                .isEqualTo(405);
        assertThat(shared(preflight("/metrics", LISTED).head())).isEmpty();
    }

    @Test
    void sharesALongPollOnAConnectionThatGoesOn() throws IOException {
        try (var client = gateway.connect()) {
            var target = poll();
            for (int i = 0; i < 3; i++) { // the last is known by the bytes of the one before
                var answer = client.get(target, LISTED).answer();
                assertThat(answer.status()).isEqualTo(200);
                assertShared(answer.head());
                assertThat(answer.header("Vary")).isEqualTo("Accept, Prefer, Origin");
                target = poll() + "&cursor=" + cursor(answer);
            }
            var foreign = client.get(target, FOREIGN).answer();
            assertThat(foreign.status()).isEqualTo(200);
            assertThat(shared(foreign.head())).isEmpty();
            var none = client.get(poll()).answer();
            assertThat(shared(none.head())).isEmpty();
            assertThat(none.header("Vary")).isEqualTo("Accept, Prefer, Origin"); // a cache must not give it to a page
        }
    }

    @Test
    void sharesAStream() throws IOException {
        var target = "/v1/events?channel=" + topic + ".a";
        try (var client = gateway.connect()) {
            assertShared(client.openStream(target, LISTED));
        }
        try (var client = gateway.connect()) {
            assertThat(shared(client.openStream(target, FOREIGN))).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "application/json"})
    void sharesOverHttp2Too(String accept) throws IOException {
        var client = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                .build();
        try {
            var url = "http://127.0.0.1:" + gateway.port() + poll();
            for (var origin : List.of("https://app.example.com", "https://other.example.com")) {
                var request = new Request.Builder()
                        .url(url.replace("wait=0&", accept.startsWith("text") ? "" : "wait=0&"))
                        .header("Accept", accept)
                        .header("Origin", origin)
                        .build();
                try (var response = client.newCall(request).execute()) {
                    assertThat(response.code()).isEqualTo(200);
                    assertThat(response.header("Content-Type")).isEqualTo(accept);
                    assertThat(response.header("Access-Control-Allow-Origin"))
                            .isEqualTo(origin.equals("https://app.example.com") ? origin : null);
                    assertThat(response.header("Vary")).contains("Origin");
                    assertThat(response.header("X-Content-Type-Options")).isEqualTo("nosniff");
                }
            }
        } finally {
            client.dispatcher().executorService().shutdown();
            client.connectionPool().evictAll();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/negotiate, 200",
        "POST, /v1/events?channel=a, 202",
        "POST, /v1/events, 422",
        "POST, /v1/tickets, 401",
        "GET, /v1/events, 400",
        "GET, /v1/events?channel=a&transport=ws, 426",
        "DELETE, /v1/events, 405",
        "GET, /v1/nowhere, 404",
    })
    void sharesAnswersAndProblems(String method, String target, int status) throws IOException {
        var answer = ask(method, target, LISTED);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertShared(answer.head());
        assertThat(shared(ask(method, target, FOREIGN).head())).isEmpty();
        assertThat(shared(ask(method, target).head())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Origin: https://app.example.com",
                "Origin: http://localhost:3000",
                "Origin: http://push.example.com:8080",
                "Origin: https://push.example.com:8080", // TLS ends before the gateway
                "Origin: https://outside.example.com\r\nSec-Fetch-Site: same-origin" // so does its name
            })
    void opensWebSocketsForItsOwnPagesAndListedOnes(String headers) throws IOException {
        var all = Stream.concat(Stream.of("Host: push.example.com:8080"), headers.lines())
                .toArray(String[]::new);
        try (var client = gateway.connect()) {
            var text = "GET /v1/events HTTP/1.1\r\n" + String.join("\r\n", WebSocketFrames.handshake(all)) + "\r\n\r\n";
            assertThat(client.send(text).head().status()).isEqualTo(101);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: https://evil.example.com",
                "Origin: http://app.example.com",
                "Origin: https://app.example.com:8443",
                "Origin: http://localhost:3001",
                "Origin: null",
                "Origin: null\r\nSec-Fetch-Site: same-origin",
                "Origin: http://localhost\r\nSec-Fetch-Site: same-site", // the host is ours, the browser says no
                "Origin: https://app.example.com\r\nOrigin: https://evil.example.com"
            })
    void refusesWebSocketsOfForeignPages(String headers) throws IOException {
        try (var client = gateway.connect()) {
            var all = headers.lines().toArray(String[]::new);
            var answer = client.get("/v1/events?channel=a", WebSocketFrames.handshake(all))
                    .answer();
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            var origin = headers.lines().findFirst().orElseThrow().substring("Origin: ".length());
            assertThat(answer.text()).contains("\"code\":\"foreign-origin\"", "'" + origin, "server.origins");
        }
    }

    @Test
    void isOfOneOriginUnlessOthersAreListed() throws IOException {
        try (var other = gateways().start()) {
            var answer = other.get(poll(), LISTED);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(shared(answer.head())).isEmpty();
            assertThat(answer.header("Vary")).isEqualTo("Accept, Prefer");
            assertThat(handshake(other, LISTED).status()).isEqualTo(403);
            assertThat(handshake(other, "Origin: http://localhost").status()).isEqualTo(101);
            assertThat(handshake(other).status()).isEqualTo(101);
        }
    }

    @Test
    void takesAnyPortOfAnOriginThatIsListedSo() throws IOException {
        try (var other =
                gateways().origins("http://localhost:*", "http://[::1]:*").start()) {
            for (var origin : List.of("http://localhost:5173", "http://localhost", "http://[::1]:8081")) {
                assertThat(other.get(poll(), "Origin: " + origin).header("Access-Control-Allow-Origin"))
                        .isEqualTo(origin);
                assertThat(handshake(other, "Origin: " + origin).status()).isEqualTo(101);
            }
            for (var origin : List.of(
                    "https://localhost:5173",
                    "http://localhost.evil.example:5173",
                    "http://evil.example:5173",
                    "http://localhost:5173 http://localhost:80",
                    "http://localhost:5173\r\nOrigin: http://evil.example",
                    "http://localhost:5173.evil.example")) {
                assertThat(shared(other.get(poll(), "Origin: " + origin).head()))
                        .as(origin)
                        .isEmpty();
                assertThat(handshake(other, "Sec-Fetch-Site: cross-site", "Origin: " + origin)
                                .status())
                        .as(origin)
                        .isEqualTo(403);
            }
        }
    }

    @Test
    void allowsCookiesToOriginsThatAreNamed() throws IOException {
        try (var other = withCookies("*", "https://app.example.com")) {
            var named = other.get(poll(), LISTED);
            assertThat(named.header("Access-Control-Allow-Origin")).isEqualTo("https://app.example.com");
            assertThat(named.header("Access-Control-Allow-Credentials")).isEqualTo("true");
            for (var any : List.of(FOREIGN, "Origin: null", "Origin: *")) {
                var answer = other.get(poll(), any);
                assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
                assertThat(answer.head().header("Access-Control-Allow-Credentials"))
                        .isEmpty();
                assertThat(other.get(poll(), any, "Cookie: session=x").text()).contains("\"code\":\"unauthorized\"");
                assertThat(handshake(other, any).status()).isEqualTo(101);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/health/ready", "/metrics"})
    void sharesNothingElse(String target) throws IOException {
        assertThat(shared(gateway.get(target, LISTED).head())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/page.js", "/health/ready", "/metrics", "/v1/events", "/nowhere"})
    void letsNoBrowserGuessWhatAnAnswerIs(String target) throws IOException {
        assertThat(gateway.get(target).header("X-Content-Type-Options")).isEqualTo("nosniff");
    }

    @Test
    void letsNoBrowserGuessWhatStreamsAndPollsAre() throws IOException {
        assertThat(gateway.get(poll()).header("X-Content-Type-Options")).isEqualTo("nosniff");
        try (var client = gateway.connect()) {
            var head = client.openStream("/v1/events?channel=" + topic + ".a");
            assertThat(head.header("X-Content-Type-Options")).contains("nosniff");
        }
    }

    @Test
    void letsNoBrowserGuessWhatTheAnswerToNoRequestIs() throws IOException {
        try (var client = gateway.connect()) {
            var refused = client.send("GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n")
                    .answer();
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.header("X-Content-Type-Options")).isEqualTo("nosniff");
        }
    }
}
