package dev.fanfare.webhook.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.fanfare.webhook.delivery.EndpointId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/// Somebody who uses the management API of a dispatcher.
record ApiClient(int port) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    record Answer(int status, JsonNode body) {}

    /// @param body JSON with `'` for `"`; empty for none
    Answer call(String method, String path, String body) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/json")
                .header("If-Match", "*")
                .method(
                        method,
                        body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body.replace('\'', '"')))
                .build();
        try {
            var response = HTTP.send(request, BodyHandlers.ofString());
            return new Answer(response.statusCode(), JSON.readTree(response.body()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    JsonNode get(String path) {
        var answer = call("GET", path, "");
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.body();
    }

    /// Begins one, and answers with its path.
    String replay(EndpointId endpoint, String request) {
        var path = "/v1/endpoints/%s/replay".formatted(endpoint);
        var answer = call("POST", path, request);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(202);
        return path + "/" + answer.body().path("id").textValue();
    }

    JsonNode awaitDone(String replay) {
        await().atMost(Duration.ofMinutes(2))
                .until(() -> !get(replay).path("state").textValue().equals("running"));
        var ended = get(replay);
        assertThat(ended.path("state").textValue()).as(ended.toString()).isEqualTo("done");
        return ended;
    }
}
