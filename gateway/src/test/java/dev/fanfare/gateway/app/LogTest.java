package dev.fanfare.gateway.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fanfare.gateway.testing.EventSourceParser;
import dev.fanfare.gateway.testing.Issuer;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a gateway's process writes with `logging.format: json` and `logging.sessions: true`.
@Timeout(90)
class LogTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PORT = Pattern.compile(".* listens on http://127\\.0\\.0\\.1:(\\d+)");
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String EVIL = "alice\n{\"level\":\"error\",\"message\":\"forged\"}\u001b[2J\u202e";

    @TempDir
    Path dir;

    private Path output() {
        return dir.resolve("gateway.log");
    }

    private List<JsonNode> entries() {
        try {
            var text = Files.readString(output());
            return text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .map(LogTest::parsed)
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static JsonNode parsed(String line) {
        try {
            assertThat(line).startsWith("{\"time\":\"").matches("[ -~]+");
            return JSON.readTree(line);
        } catch (IOException notJson) {
            throw new AssertionError(line, notJson);
        }
    }

    private JsonNode ended(String transport) {
        return await().atMost(PATIENCE)
                .until(
                        () -> entries().stream()
                                .filter(entry ->
                                        entry.path("transport").asText().equals(transport))
                                .findFirst()
                                .orElse(JSON.nullNode()),
                        JsonNode::isObject);
    }

    private int port() {
        return await().atMost(PATIENCE)
                .until(
                        () -> entries().stream()
                                .map(entry -> PORT.matcher(entry.path("message").asText()))
                                .filter(found -> found.matches())
                                .map(found -> Integer.parseInt(found.group(1)))
                                .findFirst()
                                .orElse(0),
                        port -> port > 0);
    }

    @Test
    void isAnObjectALineAndTellsOfEachSessionWhenItEnds() throws Exception {
        var topic = LocalBroker.get().newTopic("logged", 1);
        try (var issuer = Issuer.start("https://issuer.test")) {
            var config = Files.writeString(dir.resolve("gateway.yaml"), """
                    server: {host: 127.0.0.1, port: 0, page: false}
                    kafka: {bootstrap.servers: "%s"}
                    routes: [{topics: [%s], channels: ["orders.{key}"]}]
                    access: {issuers: [%s], anonymous.subscribe: ["orders.**"]}
                    shutdown: {notice: 0s, drain: 0s}
                    logging: {format: json, sessions: true}
                    """.formatted(
                            LocalBroker.get().bootstrapServers(), topic, issuer.configuration()));
            var process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx128m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "--enable-native-access=ALL-UNNAMED",
                            "--sun-misc-unsafe-memory-access=allow",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Main.class.getName(),
                            "--config",
                            config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(output().toFile())
                    .start();
            try {
                int port = port();
                await().atMost(PATIENCE).until(() -> ready(port));
                var token = issuer.allowing(EVIL, List.of("orders.**"), List.of());
                String session;
                try (var client = RawClient.connect(port)) {
                    client.openStream(
                            "/v1/events?channel=orders.*&channel=orders.42", "Authorization: Bearer " + token);
                    var events = new EventSourceParser(client.in());
                    session = JSON.readTree(events.message("ready").data())
                            .path("session")
                            .asText();
                    LocalBroker.get().send(topic, 0, "42", "secret-data".getBytes(UTF_8));
                    events.message();
                }
                var sse = ended("sse");
                assertThat(sse.path("session").asText()).isEqualTo(session).isNotEmpty();
                assertThat(sse.path("address").asText()).isEqualTo("127.0.0.1");
                assertThat(sse.path("principal").asText()).isEqualTo(EVIL);
                assertThat(sse.path("issuer").asText()).isEqualTo("https://issuer.test");
                assertThat(sse.path("reason").asText()).isEqualTo("client-gone");
                assertThat(sse.path("events").asInt()).isEqualTo(1);
                assertThat(sse.path("bytes").asInt()).isGreaterThan("secret-data".length());
                assertThat(sse.path("channels").asInt()).isEqualTo(2);
                assertThat(sse.path("patterns").asText()).isEqualTo("orders.*, orders.42");
                assertThat(sse.path("millis").isIntegralNumber()).isTrue();
                assertThat(sse.path("level").asText()).isEqualTo("info");

                try (var client = RawClient.connect(port)) {
                    assertThat(client.get("/v1/events?transport=poll&wait=0&channel=orders.1", "Connection: close")
                                    .answer()
                                    .status())
                            .isEqualTo(200);
                }
                var poll = ended("poll");
                assertThat(poll.path("principal").asText()).isEmpty();
                assertThat(poll.path("reason").asText()).isEqualTo("answered");

                process.toHandle().destroy();
                assertThat(process.waitFor(40, TimeUnit.SECONDS)).isTrue();
                assertThat(entries())
                        .allSatisfy(entry ->
                                assertThat(entry.path("message").asText()).isNotEmpty())
                        .noneMatch(entry -> entry.path("level").asText().equals("error"))
                        .last()
                        .satisfies(last ->
                                assertThat(last.path("message").asText()).isEqualTo("stopped"));
                assertThat(Files.readString(output())).doesNotContain("secret-data", token);
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    private static boolean ready(int port) {
        try (var client = RawClient.connect(port)) {
            return client.get("/health/ready").answer().status() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }
}
