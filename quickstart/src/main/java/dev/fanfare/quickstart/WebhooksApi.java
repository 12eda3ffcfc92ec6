package dev.fanfare.quickstart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.Consumer;

/// The dispatcher's API, as its operator. Waits while the dispatcher is away.
final class WebhooksApi {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final JsonMapper JSON = new JsonMapper();

    private final int port;
    private final String token;
    private final Consumer<String> say;

    WebhooksApi(int port, String token, Consumer<String> say) {
        this.port = port;
        this.token = token;
        this.say = say;
    }

    /// A new link that opens a page once, within a day.
    ///
    /// @param page `portal`, of the tenant to whom the demo's events belong, or `console`
    /// @throws IllegalStateException if it is refused
    String link(String page) throws IOException, InterruptedException {
        var body = JSON.createObjectNode().put("page", page).put("life", "1d");
        var answer = send(request("/v1/links").POST(json(body)), "there is no link to the pages yet");
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("the dispatcher makes no link to its pages, status %d: %s"
                    .formatted(answer.statusCode(), detail(answer)));
        }
        return JSON.readTree(answer.body()).path("url").asText();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json");
    }

    static HttpRequest.BodyPublisher json(ObjectNode body) throws IOException {
        return HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
    }

    /// Again and again, until there is an answer other than that something is away.
    ///
    /// @param trouble is said once if it has to be sent again
    HttpResponse<String> send(HttpRequest.Builder request, String trouble) throws InterruptedException {
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
                    say.accept("%s (%s); trying again".formatted(trouble, problem));
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    static String detail(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body()).path("detail").asText();
        } catch (JsonProcessingException noProblem) {
            return answer.body();
        }
    }
}
