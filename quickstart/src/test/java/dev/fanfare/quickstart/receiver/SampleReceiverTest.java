package dev.fanfare.quickstart.receiver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.standardwebhooks.Webhook;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SampleReceiverTest {
    private static final String SECRET = secret("the first");
    private static final String OTHER = secret("the second");
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

    @TempDir
    Path dir;

    private Path secrets;
    private SampleReceiver receiver;
    private HttpClient client;

    @BeforeEach
    void setUp() throws Exception {
        secrets = dir.resolve("secrets");
        Files.writeString(secrets, SECRET + "\n");
        receiver = SampleReceiver.start(0, secrets, Clock.fixed(NOW, ZoneOffset.UTC));
        client = HttpClient.newHttpClient();
    }

    @AfterEach
    void tearDown() {
        client.close();
        receiver.close();
    }

    @Test
    void showsWhatItVerified() throws Exception {
        assertThat(send(signed("msg_1", SECRET, "{\"a\":1}").header("ce-type", "order.paid"))
                        .statusCode())
                .isEqualTo(204);
        assertThat(received()).singleElement().satisfies(webhook -> {
            assertThat(webhook.path("id").asText()).isEqualTo("msg_1");
            assertThat(webhook.path("type").asText()).isEqualTo("order.paid");
            assertThat(webhook.path("body").asText()).isEqualTo("{\"a\":1}");
            assertThat(webhook.path("verified").asBoolean()).isTrue();
            assertThat(webhook.path("times").asInt()).isEqualTo(1);
            assertThat(webhook.path("time").asText()).isEqualTo(NOW.toString());
        });
    }

    @Test
    void refusesAndShowsWhatIsNotGenuine() throws Exception {
        var now = Instant.now();
        var refused = List.of(
                signed("msg_1", OTHER, "x"),
                request("msg_1", now, sign(SECRET, "msg_1", now, "x"), "y"),
                request("msg_2", now, sign(SECRET, "msg_1", now, "x"), "x"),
                request("msg_1", now.minusSeconds(600), sign(SECRET, "msg_1", now.minusSeconds(600), "x"), "x"),
                request("msg_1", now, "v1,", "x"),
                HttpRequest.newBuilder(address("/")).POST(BodyPublishers.ofString("x")));
        for (var request : refused) {
            var answer = send(request);
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.body()).isNotBlank();
        }
        assertThat(received())
                .hasSameSizeAs(refused)
                .allSatisfy(webhook ->
                        assertThat(webhook.path("verified").asBoolean()).isFalse())
                .noneMatch(webhook -> webhook.path("problem").asText().isEmpty());
    }

    @Test
    void countsWhatComesAgain() throws Exception {
        for (var id : List.of("msg_1", "msg_2", "msg_1")) {
            assertThat(send(signed(id, SECRET, "x")).statusCode()).isEqualTo(204);
        }
        assertThat(received())
                .extracting(
                        webhook -> webhook.path("id").asText(),
                        webhook -> webhook.path("times").asInt())
                .containsExactly(tuple("msg_2", 1), tuple("msg_1", 2));
    }

    @Test
    void showsTheLatestHundred() throws Exception {
        for (int i = 1; i <= 103; i++) {
            send(signed("msg_" + i, SECRET, "x"));
        }
        assertThat(received())
                .extracting(webhook -> webhook.path("id").asText())
                .containsExactlyElementsOf(IntStream.rangeClosed(4, 103)
                        .mapToObj(i -> "msg_" + i)
                        .toList()
                        .reversed());
    }

    @Test
    void takesSecretsThatComeLaterAndSeveralWhileTheyAreRotated() throws Exception {
        Files.delete(secrets);
        assertThat(send(signed("msg_1", SECRET, "x")).body()).startsWith("no secret is known yet");
        Files.writeString(secrets, OTHER + "\n" + SECRET + "\n");
        assertThat(send(signed("msg_1", SECRET, "x")).statusCode()).isEqualTo(204);
        assertThat(send(signed("msg_2", OTHER, "x")).statusCode()).isEqualTo(204);
    }

    @Test
    void quotesNoSecret() throws Exception {
        Files.writeString(secrets, "whsec_not-base64!\n");
        assertThat(send(signed("msg_1", SECRET, "x")).body())
                .contains("is no secret")
                .doesNotContain("not-base64");
    }

    @Test
    void keepsTheBeginningOfWhatIsLong() throws Exception {
        send(signed("msg_1", SECRET, "ä".repeat(1000)));
        assertThat(received().getFirst().path("body").asText()).isEqualTo("ä".repeat(300) + "…");
        assertThat(send(signed("msg_2", SECRET, "x".repeat((1 << 20) + 1))).statusCode())
                .isEqualTo(413);
        assertThat(received()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/receiver.js", "/receiver.css", "/icon.svg"})
    void servesItsPage(String path) throws Exception {
        var answer = send(HttpRequest.newBuilder(address(path)));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isNotEmpty();
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'");
        assertThat(send(HttpRequest.newBuilder(address(path)).HEAD()).body()).isEmpty();
    }

    @Test
    void saysWhatItHasNot() throws Exception {
        assertThat(send(HttpRequest.newBuilder(address("/nothing"))).statusCode())
                .isEqualTo(404);
        var put = send(HttpRequest.newBuilder(address("/")).PUT(BodyPublishers.ofString("x")));
        assertThat(put.statusCode()).isEqualTo(405);
        assertThat(put.headers().firstValue("Allow")).hasValue("GET, HEAD, POST");
    }

    private static String secret(String text) {
        return "whsec_"
                + Base64.getEncoder().encodeToString("%-32s".formatted(text).getBytes(UTF_8));
    }

    private static String sign(String secret, String id, Instant time, String body) throws Exception {
        return new Webhook(secret).sign(id, time.getEpochSecond(), body);
    }

    private HttpRequest.Builder signed(String id, String secret, String body) throws Exception {
        var now = Instant.now();
        return request(id, now, sign(secret, id, now, body), body);
    }

    private HttpRequest.Builder request(String id, Instant time, String signature, String body) {
        return HttpRequest.newBuilder(address("/"))
                .header("webhook-id", id)
                .header("webhook-timestamp", Long.toString(time.getEpochSecond()))
                .header("webhook-signature", signature)
                .POST(BodyPublishers.ofString(body));
    }

    private URI address(String path) {
        return URI.create("http://127.0.0.1:" + receiver.port() + path);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private List<JsonNode> received() throws Exception {
        var page = new JsonMapper()
                .readTree(send(HttpRequest.newBuilder(address("/received"))).body());
        return page.path("webhooks").valueStream().toList();
    }
}
