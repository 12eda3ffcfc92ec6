package dev.fanfare.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class WebhooksTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> PRIVATE =
            List.of("webhooks.token", "webhooks.keys", "webhooks.yaml", "receiver.secret", "receiver.endpoint");

    @TempDir
    Path dir;

    private final Apps apps = Apps.packaged();
    private Path state;
    private int port;
    private int kafkaPort;
    private int webhooksPort;

    @BeforeEach
    void setUp() throws Exception {
        KafkaLog.limit(Level.SEVERE);
        state = dir.resolve("with 'a space");
        port = RunningUp.freePort();
        kafkaPort = RunningUp.freePort();
        webhooksPort = RunningUp.freePort();
    }

    private RunningUp up(int receiverPort) throws Exception {
        return RunningUp.start(
                state,
                apps,
                "--no-demo",
                "--port=" + port,
                "--kafka-port=" + kafkaPort,
                "--webhooks-port=" + webhooksPort,
                "--receiver-port=" + receiverPort);
    }

    @Test
    void theReceiverGetsWhatIsPublishedAlsoFromAnotherPortAfterARestart() throws Exception {
        int receiverPort = RunningUp.freePort();
        String token;
        String keys;
        try (var up = up(receiverPort).awaitReady()) {
            publish("notices", "to the first");
            awaitVerified(receiverPort, "to the first");
            token = content("webhooks.token");
            keys = content("webhooks.keys");
            assertThat(up.said("Webhooks go to this machine too")).isTrue();
            for (var page : List.of("portal", "console")) {
                var link = up.lines().stream()
                        .flatMap(line -> Stream.of(line.split(" ")))
                        .filter(word -> word.startsWith("http://localhost:%d/%s/#".formatted(webhooksPort, page)))
                        .findFirst()
                        .orElseThrow();
                assertThat(open(link).path("page").asText()).isEqualTo(page);
            }
            assertThatOnlyTheOwnerMayReadWhatIsSecret();
            assertThat(send(request("/v1/endpoints", "Bearer another-token-than-that"))
                            .path("status")
                            .asInt())
                    .isEqualTo(401);
        }
        int nextPort = RunningUp.freePort();
        try (var _ = up(nextPort).awaitReady()) {
            publish("orders.1", "to the second");
            awaitVerified(nextPort, "to the second");
            assertThat(content("webhooks.token")).isEqualTo(token);
            assertThat(content("webhooks.keys")).isEqualTo(keys);
            assertThat(endpoints())
                    .singleElement()
                    .satisfies(endpoint -> assertThat(endpoint.path("url").asText())
                            .isEqualTo("http://127.0.0.1:%d/".formatted(nextPort)));
        }
        for (var secret : List.of(token, keys.split(" ", 2)[1], content("receiver.secret"))) {
            assertThat(logs()).allSatisfy(log -> assertThat(log).doesNotContain(secret));
        }
    }

    private JsonNode open(String link) throws Exception {
        var body = "{\"token\":\"%s\"}".formatted(URI.create(link).getFragment());
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/session".formatted(webhooksPort)))
                .header("Content-Type", "application/json")
                .header("Fanfare-Page", "1")
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    private void assertThatOnlyTheOwnerMayReadWhatIsSecret() throws Exception {
        for (var name : PRIVATE) {
            var modes = Files.getFileAttributeView(state.resolve(name), PosixFileAttributeView.class)
                    .readAttributes()
                    .permissions();
            assertThat(PosixFilePermissions.toString(modes)).as(name).isEqualTo("rw-------");
        }
    }

    private void publish(String channel, String text) throws Exception {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:%d/v1/events?channel=%s".formatted(port, channel)))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(text));
        try (var client = HttpClient.newHttpClient()) {
            assertThat(client.send(request.build(), BodyHandlers.discarding()).statusCode())
                    .isEqualTo(202);
        }
    }

    private static void awaitVerified(int receiverPort, String body) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(ReceiverPage.webhooks(receiverPort))
                        .singleElement()
                        .satisfies(webhook -> {
                            assertThat(webhook.path("body").asText()).isEqualTo(body);
                            assertThat(webhook.path("verified").asBoolean()).isTrue();
                        }));
    }

    private List<JsonNode> endpoints() throws Exception {
        return send(request("/v1/endpoints", "Bearer " + content("webhooks.token")))
                .path("items")
                .valueStream()
                .toList();
    }

    private HttpRequest request(String path, String authorization) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + webhooksPort + path))
                .header("Authorization", authorization)
                .build();
    }

    private static JsonNode send(HttpRequest request) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            return new JsonMapper()
                    .readTree(client.send(request, BodyHandlers.ofString()).body());
        }
    }

    private String content(String name) throws Exception {
        return Files.readString(state.resolve(name)).strip();
    }

    private List<String> logs() throws Exception {
        try (var files = Files.list(state.resolve("logs"))) {
            var texts = files.map(WebhooksTest::text).toList();
            assertThat(texts).isNotEmpty();
            return texts;
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
