package dev.fanfare.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The registration and an API that answers as it is told to. That the real one does is seen in [WebhooksTest].
@Timeout(60)
class RegistrationTest {
    private static final String CREATED = "{\"id\":\"ep_1\",\"secret\":\"whsec_1\"}";

    private record Asked(String what, String key, String body) {}

    private record Answer(int status, String body) {}

    @TempDir
    Path dir;

    private final List<Asked> asked = new ArrayList<>();
    private final Queue<Answer> answers = new ArrayDeque<>();
    private final List<String> said = new ArrayList<>();
    private HttpServer api;

    @BeforeEach
    void setUp() throws Exception {
        api = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        api.createContext("/", this::answer);
        api.start();
    }

    @AfterEach
    void tearDown() {
        api.stop(0);
    }

    @Test
    void registersOnceAndKeepsWhich() throws Exception {
        answers.addAll(List.of(new Answer(201, CREATED), new Answer(200, "{}")));
        ensure(7001);
        ensure(7001);
        assertThat(asked).extracting(Asked::what).containsExactly("POST /v1/endpoints", "GET /v1/endpoints/ep_1");
        assertThat(asked.getFirst().body()).contains("\"url\":\"http://127.0.0.1:7001/\"");
        assertThat(dir.resolve("receiver.secret")).content().isEqualTo("whsec_1\n");
        assertThat(said).isEmpty();
    }

    @Test
    void aRegistrationThatFailedIsDoneAgainWithItsKey() throws Exception {
        answers.addAll(List.of(
                new Answer(403, "{\"detail\":\"not now\"}"), new Answer(503, "away"), new Answer(201, CREATED)));
        assertThatThrownBy(() -> ensure(7001))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the dispatcher does not take the sample receiver, status 403: not now");
        ensure(7001);
        assertThat(asked)
                .hasSize(3)
                .extracting(Asked::key)
                .containsOnly(asked.getFirst().key());
        assertThat(said).containsExactly("the sample receiver cannot be registered yet (status 503); trying again");
        assertThat(dir.resolve("receiver.pending")).doesNotExist();
    }

    @Test
    void takesTheEndpointWithItToAnotherPort() throws Exception {
        answers.addAll(List.of(new Answer(201, CREATED), new Answer(200, "{}"), new Answer(200, "{}")));
        ensure(7001);
        ensure(7002);
        ensure(7002);
        assertThat(asked.get(1))
                .isEqualTo(new Asked("PATCH /v1/endpoints/ep_1", "", "{\"url\":\"http://127.0.0.1:7002/\"}"));
        assertThat(asked.get(2).what()).isEqualTo("GET /v1/endpoints/ep_1");
    }

    @Test
    void leavesADeletedEndpointDeletedAndSaysSo() throws Exception {
        answers.addAll(List.of(new Answer(201, CREATED), new Answer(404, "{}"), new Answer(201, CREATED)));
        ensure(7001);
        ensure(7001);
        assertThat(said)
                .containsExactly(
                        "the sample receiver gets nothing: its endpoint ep_1 was deleted. Delete %s to have another"
                                .formatted(dir.resolve("receiver.endpoint")));
        Files.delete(dir.resolve("receiver.endpoint"));
        ensure(7001);
        assertThat(asked.getLast().what()).isEqualTo("POST /v1/endpoints");
        assertThat(asked.getLast().key()).isNotEqualTo(asked.getFirst().key());
    }

    @Test
    void tellsWhatIsNoProblemDocument() {
        answers.add(new Answer(404, "Endpoint not found"));
        assertThatThrownBy(() -> ensure(7001)).hasMessageEndingWith("status 404: Endpoint not found");
    }

    private void ensure(int receiverPort) throws Exception {
        var webhooks = new Options.Webhooks(api.getAddress().getPort(), receiverPort);
        var options = new Options(8080, 9092, true, Optional.empty(), Optional.of(webhooks), Optional.empty());
        new Registration(WebhookFiles.write(dir, options, webhooks), webhooks, said::add).ensure();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            asked.add(new Asked(
                    exchange.getRequestMethod() + " " + exchange.getRequestURI(),
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("Idempotency-Key"))
                            .orElse(""),
                    new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
            var answer = answers.remove();
            var body = answer.body().getBytes(UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
