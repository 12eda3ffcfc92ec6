package dev.fanfare.quickstart;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.UUID;
import java.util.function.Consumer;

/// Makes the sample receiver an endpoint, once: which one it is, and its secret, are kept in the state. A receiver that
/// has moved to another port takes its endpoint with it. An endpoint that somebody has deleted stays deleted.
///
/// A registration that was begun is done again with the same `Idempotency-Key`, so that a crash leaves one endpoint.
final class Registration {
    private static final String PATH = "/v1/endpoints";
    private static final String TROUBLE = "the sample receiver cannot be registered yet";
    private static final JsonMapper JSON = new JsonMapper();

    private final WebhookFiles files;
    private final WebhooksApi api;
    private final String receiver;
    private final Consumer<String> say;

    Registration(WebhookFiles files, Options.Webhooks webhooks, Consumer<String> say) {
        this.files = files;
        this.api = new WebhooksApi(webhooks.port(), files.token(), say);
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
        var request = api.request(PATH)
                .header("Idempotency-Key", key + "-" + URI.create(receiver).getPort());
        var answer = api.send(request.POST(WebhooksApi.json(body)), TROUBLE);
        if (answer.statusCode() != 201) {
            throw refused(answer);
        }
        var created = JSON.readTree(answer.body());
        PrivateFile.write(files.secret(), created.path("secret").asText() + "\n");
        remember(created.path("id").asText());
        Files.delete(files.pending());
    }

    private void check(String id, boolean inPlace) throws IOException, InterruptedException {
        var request = api.request(PATH + "/" + id);
        var moved = JSON.createObjectNode().put("url", receiver);
        var answer = api.send(
                inPlace ? request : request.header("If-Match", "*").method("PATCH", WebhooksApi.json(moved)), TROUBLE);
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

    private static IllegalStateException refused(HttpResponse<String> answer) {
        return new IllegalStateException("the dispatcher does not take the sample receiver, status %d: %s"
                .formatted(answer.statusCode(), WebhooksApi.detail(answer)));
    }
}
