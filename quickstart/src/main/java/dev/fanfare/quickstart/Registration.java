package dev.fanfare.quickstart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;

/// Makes the sample receiver an endpoint, once: which one it is, and its secret, are kept in the state. A receiver that
/// has moved to another port takes its endpoint with it. An endpoint that somebody has deleted stays deleted.
///
/// A registration that was begun is done again with the same `Idempotency-Key`, so that a crash leaves one endpoint.
final class Registration {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final JsonMapper JSON = new JsonMapper();

    private final WebhookFiles files;
    private final URI api;
    private final String receiver;
    private final Consumer<String> say;

    Registration(WebhookFiles files, Options.Webhooks webhooks, Consumer<String> say) {
        this.files = files;
        this.api = URI.create("http://127.0.0.1:%d/v1/endpoints".formatted(webhooks.port()));
        this.receiver = webhooks.receiverUrl();
        this.say = say;
    }

    /// Waits while the dispatcher is away.
    ///
    /// @throws IllegalStateException if it refuses
    void ensure() throws IOException, InterruptedException {
        var known = PrivateFile.read(files.endpoint());
        if (known.isEmpty() || !Files.exists(files.secret())) {
            create();
        } else {
            check(known.get().split(" ", 2)[0], known.get().endsWith(" " + receiver));
        }
    }

    private void create() throws IOException, InterruptedException {
        var key = PrivateFile.kept(files.pending(), () -> UUID.randomUUID().toString());
        var body = JSON.createObjectNode()
                .put("url", receiver)
                .put("payload", "binary")
                .put("description", "The sample receiver of fanfare up");
        body.putArray("channels").add("orders.**").add("notices");
        // another body needs another key
        var request = request("")
                .header("Idempotency-Key", key + "-" + URI.create(receiver).getPort());
        var answer = send(request.POST(json(body)));
        if (answer.statusCode() != 201) {
            throw refused(answer);
        }
        var created = JSON.readTree(answer.body());
        PrivateFile.write(files.secret(), created.path("secret").asText() + "\n");
        remember(created.path("id").asText());
        Files.delete(files.pending());
    }

    private void check(String id, boolean inPlace) throws IOException, InterruptedException {
        var request = request("/" + id);
        var moved = JSON.createObjectNode().put("url", receiver);
        var answer = send(inPlace ? request : request.header("If-Match", "*").method("PATCH", json(moved)));
        switch (answer.statusCode()) {
            case 200 -> remember(id);
            case 404 ->
                say.accept("the sample receiver gets nothing: its endpoint %s was deleted. Delete %s to have another"
                        .formatted(id, files.endpoint()));
            default -> throw refused(answer);
        }
    }

    private void remember(String id) throws IOException {
        PrivateFile.write(files.endpoint(), id + " " + receiver + "\n");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(api + path))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + files.token())
                .header("Content-Type", "application/json");
    }

    private static HttpRequest.BodyPublisher json(ObjectNode body) throws IOException {
        return HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
    }

    /// Again and again, until there is an answer other than that something is away.
    private HttpResponse<String> send(HttpRequest.Builder request) throws InterruptedException {
        try (var client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .proxy(HttpClient.Builder.NO_PROXY)
                .build()) {
            boolean told = false;
            while (true) {
                String problem;
                try {
                    var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
                    if (answer.statusCode() < 500) {
                        return answer;
                    }
                    problem = "status " + answer.statusCode();
                } catch (IOException away) {
                    problem = away.toString();
                }
                if (!told) {
                    told = true;
                    say.accept("the sample receiver cannot be registered yet (%s); trying again".formatted(problem));
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    private static IllegalStateException refused(HttpResponse<String> answer) {
        return new IllegalStateException("the dispatcher does not take the sample receiver, status %d: %s"
                .formatted(answer.statusCode(), detail(answer.body())));
    }

    private static String detail(String body) {
        try {
            return JSON.readTree(body).path("detail").asText();
        } catch (JsonProcessingException noProblem) {
            return body;
        }
    }
}
