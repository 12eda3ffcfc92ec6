package dev.fanfare.webhook.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.fanfare.service.access.IssuerSettings;
import dev.fanfare.webhook.api.Tokens;
import dev.fanfare.webhook.app.WebhookDispatcher;
import dev.fanfare.webhook.config.WebhookSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A whole dispatcher that wants tokens.
@Timeout(120)
class TenantsTest {
    private static final String STATIC = "static-token-0123456789";
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path dir;

    private Setup setup;
    private Receiver receiver;
    private final Log log = new Log();

    /// What is logged, as an operator would read it.
    private static final class Log extends Handler {
        final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();

        @Override
        public void publish(LogRecord record) {
            lines.add(new SimpleFormatter().format(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @BeforeEach
    void set() throws IOException {
        setup = Setup.of(dir, Cluster.shared().servers(), Cluster.shared().newTopic("tenants", 1));
        receiver = Receiver.start();
        Logger.getLogger("").addHandler(log);
        Logger.getLogger("dev.fanfare").setLevel(Level.ALL);
    }

    @AfterEach
    void reset() {
        Logger.getLogger("dev.fanfare").setLevel(null);
        Logger.getLogger("").removeHandler(log);
        receiver.close();
    }

    private WebhookSettings settings(IssuerSettings issuer) {
        return setup.settings(
                new WebhookSettings.Api(Optional.of(STATIC)),
                new WebhookSettings.Access(
                        List.of(issuer),
                        Duration.ZERO,
                        WebhookSettings.Claims.DEFAULT,
                        WebhookSettings.Scopes.DEFAULT));
    }

    private static HttpResponse<String> call(int port, String method, String path, String token, String body)
            throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", "key-" + body.hashCode())
                        .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private String endpoint(String path) {
        return """
            {"url":"%s","channels":["orders.**"],"retrySchedule":["0s","1h"],"headers":{"Authorization":"hunter2-%s"}}\
            """.formatted(receiver.url(path), path.substring(1));
    }

    private ProducerRecord<String, String> event(String tenant) {
        var event = new ProducerRecord<>(setup.topic(), 0, "42", "{}");
        var headers = Map.of("ce_specversion", "1.0", "ce_id", "e-1", "ce_source", "/test", "ce_tenantid", tenant);
        headers.forEach((name, value) -> event.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        event.headers().add("ce_type", "order.created".getBytes(StandardCharsets.UTF_8));
        return event;
    }

    @Test
    void keepsTenantsApartAndSecretsOutOfTheLog() throws Exception {
        var acme = Tokens.of("acme", "webhooks:manage");
        var evil = Tokens.of("evil", "webhooks:manage");
        var forged = acme.substring(0, acme.length() - 6) + "AAAAAA";
        String secret;
        String rotated;
        try (var dispatcher = WebhookDispatcher.start(settings(Tokens.issuer(dir)))) {
            int port = dispatcher.port();
            for (var bad : List.of("", forged, STATIC + "x", Tokens.of("acme", "webhooks:read"))) {
                assertThat(call(port, "POST", "/v1/endpoints", bad, endpoint("/acme"))
                                .statusCode())
                        .isIn(401, 403);
            }
            var made = call(port, "POST", "/v1/endpoints", acme, endpoint("/acme"));
            assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
            assertThat(made.headers().firstValue("Cache-Control")).contains("no-store");
            assertThat(made.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            secret = JSON.readTree(made.body()).path("secret").textValue();
            var path = "/v1/endpoints/" + JSON.readTree(made.body()).path("id").textValue();
            assertThat(call(port, "POST", "/v1/endpoints", evil, endpoint("/evil"))
                            .statusCode())
                    .isEqualTo(201);
            assertThat(call(port, "GET", path, evil, "").statusCode()).isEqualTo(404);
            assertThat(call(port, "GET", path, STATIC, "").statusCode()).isEqualTo(200);
            var turned = call(port, "POST", path + "/secret/rotate", acme, "{\"overlap\":\"1h\"}");
            assertThat(turned.statusCode()).isEqualTo(200);
            rotated = JSON.readTree(turned.body()).path("secret").textValue();
            for (var open : List.of("/health/ready", "/metrics", "/v1/openapi.json", "/v1/nothing")) {
                assertThat(call(port, "GET", open, "", "").headers().firstValue("X-Content-Type-Options"))
                        .as(open)
                        .contains("nosniff");
            }
            receiver.answer(500);
            try (var producer = Cluster.shared().producer()) {
                await().atMost(Duration.ofSeconds(60)).until(() -> {
                    var _ = producer.send(event("acme"));
                    return !receiver.calls().isEmpty();
                });
            }
            var failed = receiver.calls().getFirst();
            assertThat(failed.isSignedWith(secret)).isTrue();
            assertThat(failed.isSignedWith(rotated)).isTrue();
            assertThat(receiver.calls()).noneMatch(called -> called.path().equals("/evil"));
        }
        assertThat(log.lines).anyMatch(line -> line.contains("stopped"));
        for (var hidden : List.of(STATIC, signature(acme), signature(evil), "AAAAAA", secret, rotated, "hunter2")) {
            assertThat(log.lines).noneMatch(line -> line.contains(hidden));
        }
    }

    private static String signature(String token) {
        return token.substring(token.lastIndexOf('.') + 1);
    }

    @Test
    void doesNotStartWithoutTheKeysOfAnIssuer() {
        var nowhere = new IssuerSettings(
                "https://id.example.com/",
                List.of("webhooks"),
                new IssuerSettings.KeySource.PublicKeyFile(dir.resolve("nowhere.pem")));
        assertThatThrownBy(() -> WebhookDispatcher.start(settings(nowhere)))
                .hasMessageStartingWith("access.issuers: the key file " + dir.resolve("nowhere.pem"))
                .hasMessageContaining("cannot be read");
    }
}
