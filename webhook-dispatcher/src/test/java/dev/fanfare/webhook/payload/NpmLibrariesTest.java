package dev.fanfare.webhook.payload;

import static dev.fanfare.webhook.payload.Messages.endpoint;
import static dev.fanfare.webhook.payload.Messages.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.endpoint.PayloadForm;
import dev.fanfare.webhook.signing.KeyRing;
import dev.fanfare.webhook.signing.Secrets;
import dev.fanfare.webhook.signing.Signer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A receiver in Node, with the official libraries of Standard Webhooks and CloudEvents, takes what is sent. Without
/// Node and npm the test is skipped, but not under CI.
class NpmLibrariesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path DIR = Path.of("target", "npm").toAbsolutePath();

    private final KeyRing ring = new KeyRing(Map.of("k1", new byte[32]), "k1");
    private final Secrets secrets = new Secrets(ring);
    private final Signer signer = new Signer(ring);
    private final Secrets.Made current = secrets.symmetric(Instant.now());
    private final Secrets.Made old = secrets.symmetric(Instant.now());
    private final Secrets.Made asymmetric = secrets.asymmetric(Instant.now());

    @BeforeAll
    static void install() throws Exception {
        Files.createDirectories(DIR);
        for (var name : List.of("package.json", "receive.cjs")) {
            Files.write(DIR.resolve(name), resource(name));
        }
        try {
            run("", "npm", "install", "--no-audit", "--no-fund", "--prefer-offline");
        } catch (IOException failure) {
            String missing = "needs node, npm and its registry: " + failure.getMessage();
            if ("true".equals(System.getenv("CI"))) {
                fail(missing);
            }
            abort(missing);
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (var in = Objects.requireNonNull(NpmLibrariesTest.class.getResourceAsStream("/npm/" + name))) {
            return in.readAllBytes();
        }
    }

    private static byte[] run(String input, String... command) throws IOException, InterruptedException {
        var output = DIR.resolve("output");
        var errors = DIR.resolve("errors");
        var given = Files.writeString(DIR.resolve("input"), input);
        var process = new ProcessBuilder(command)
                .directory(DIR.toFile())
                .redirectInput(given.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                throw new IOException(command[0] + " does not end");
            }
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new IOException(command[0] + " failed: " + Files.readString(errors));
        }
        return Files.readAllBytes(output);
    }

    /// What a receiver with that secret makes of requests.
    private JsonNode received(List<ObjectNode> requests) throws Exception {
        return JSON.readTree(run(JSON.writeValueAsString(requests), "node", "receive.cjs"));
    }

    private ObjectNode request(String secret, PayloadForm form, Instant at, Message... messages) {
        var endpoint = endpoint(form, Map.of(), asymmetric.secret(), current.secret(), old.secret());
        var payload = Payloads.of(endpoint, List.of(messages));
        var request = JSON.createObjectNode();
        request.put("secret", secret)
                .put("body", new String(payload.body(), UTF_8))
                .put("cloudEvent", form != PayloadForm.DATA);
        var headers = request.putObject("headers");
        payload.headers().forEach(headers::put);
        signer.headers(endpoint, payload.webhookId(), at, payload.body()).forEach(headers::put);
        headers.put("content-type", payload.contentType());
        return request;
    }

    private static List<Boolean> verified(JsonNode answers) {
        var verified = new ArrayList<Boolean>();
        ((ArrayNode) answers)
                .forEach(answer -> verified.add(answer.get("verified").booleanValue()));
        return verified;
    }

    @Test
    void verifyWhatIsSigned() throws Exception {
        var requests = new ArrayList<ObjectNode>();
        for (var body : List.of("{\"total\":12}", "", "Zürich \u20ac \ud83d\ude00", "line\r\nline\r\n")) {
            requests.add(request(current.text(), PayloadForm.DATA, Instant.now(), text(1, body)));
            requests.add(request(old.text(), PayloadForm.DATA, Instant.now(), text(1, body)));
        }
        for (var form : PayloadForm.values()) {
            requests.add(request(current.text(), form, Instant.now(), text(1, "{\"a\":\"é\"}")));
        }
        assertThat(verified(received(requests))).hasSize(12).containsOnly(true);
    }

    @Test
    void refuseWhatWasChanged() throws Exception {
        var message = text(1, "{\"total\":12}");
        var late = request(current.text(), PayloadForm.DATA, Instant.now().minusSeconds(360), message);
        var other = request(secrets.symmetric(Instant.now()).text(), PayloadForm.DATA, Instant.now(), message);
        var changed = request(current.text(), PayloadForm.DATA, Instant.now(), message);
        changed.put("body", "{\"total\":13}");
        var swapped = request(current.text(), PayloadForm.DATA, Instant.now(), message);
        ((ObjectNode) swapped.get("headers")).put("webhook-id", "msg_2");
        assertThat(verified(received(List.of(late, other, changed, swapped))))
                .hasSize(4)
                .containsOnly(false);
    }

    @Test
    void readTheEvents() throws Exception {
        String[] attributes = {
            "ce_specversion",
            "1.0",
            "ce_id",
            "e-1",
            "ce_source",
            "/shop",
            "ce_type",
            "order.paid",
            "ce_tenantid",
            "acme",
            "content-type",
            "application/json"
        };
        var first = text(1, "{\"total\":12}", attributes);
        var second = text(2, "plain \u20ac");
        var answers = received(List.of(
                request(current.text(), PayloadForm.BINARY, Instant.now(), first),
                request(current.text(), PayloadForm.STRUCTURED, Instant.now(), first),
                request(current.text(), PayloadForm.BATCH, Instant.now(), first, second)));
        for (int form = 0; form < 3; form++) {
            var event = answers.get(form).get("events").get(0);
            assertThat(event.get("id").textValue()).isEqualTo("e-1");
            assertThat(event.get("source").textValue()).isEqualTo("/shop");
            assertThat(event.get("type").textValue()).isEqualTo("order.paid");
            assertThat(event.get("tenantid").textValue()).isEqualTo("acme");
            assertThat(event.get("partitionkey").textValue()).isEqualTo("42");
            assertThat(event.get("data")).isEqualTo(JSON.readTree("{\"total\":12}"));
        }
        var batch = answers.get(2).get("events");
        assertThat(batch).hasSize(2);
        assertThat(batch.get(0).get("webhookid").textValue())
                .isEqualTo(first.id().toString());
        assertThat(batch.get(1).get("webhookid").textValue())
                .isEqualTo(second.id().toString());
        assertThat(batch.get(1).get("data").textValue()).isEqualTo("plain \u20ac");
    }
}
