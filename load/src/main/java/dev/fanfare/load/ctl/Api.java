package dev.fanfare.load.ctl;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// One server's API. The token is in a header of each request, and nowhere else.
final class Api {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final HttpClient http;
    private final String base;
    private final Optional<String> token;

    /// @param base `http://HOST:PORT`
    Api(String base, Optional<String> token, Optional<SSLContext> trust) {
        var client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(TIMEOUT)
                .proxy(HttpClient.Builder.NO_PROXY);
        trust.ifPresent(client::sslContext);
        this.http = client.build();
        this.base = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
        this.token = token;
    }

    /// A path with parameters, those that are there.
    static final class Target {
        private final String path;
        private final List<String> parameters = new ArrayList<>();

        /// @param parts of the path, each encoded
        Target(String... parts) {
            var joined = new StringBuilder("/v1");
            for (var part : parts) {
                joined.append('/').append(encoded(part));
            }
            path = joined.toString();
        }

        Target with(String name, Optional<?> value) {
            value.ifPresent(one -> parameters.add(name + "=" + encoded(one.toString())));
            return this;
        }

        private static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
        }

        @Override
        public String toString() {
            return parameters.isEmpty() ? path : path + "?" + String.join("&", parameters);
        }
    }

    JsonNode get(Target target) {
        return ask("GET", target, Optional.empty());
    }

    /// @return the answer's JSON
    /// @throws Refused if there is none, or it is a problem
    JsonNode ask(String method, Target target, Optional<JsonNode> body) {
        var request = HttpRequest.newBuilder(uri(target))
                .timeout(TIMEOUT)
                .method(
                        method,
                        body.map(json -> BodyPublishers.ofString(json.toString()))
                                .orElse(BodyPublishers.noBody()));
        body.ifPresent(_ -> request.header("Content-Type", "application/json"));
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        var answer = send(request.build());
        var json = parsed(answer);
        if (answer.statusCode() / 100 != 2) {
            throw new Refused("%d %s: %s"
                    .formatted(
                            answer.statusCode(),
                            json.path("code").asText(""),
                            json.path("detail").asText("no reason is given")));
        }
        return json;
    }

    private URI uri(Target target) {
        try {
            return URI.create(base + target);
        } catch (IllegalArgumentException none) {
            throw new Refused("'%s' is no URL: use http://HOST:PORT".formatted(base));
        }
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (ConnectException away) {
            throw new Refused("nobody answers at " + base);
        } catch (IOException | IllegalArgumentException failure) {
            throw new Refused("%s does not answer: %s".formatted(base, failure));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new Refused("interrupted");
        }
    }

    private static JsonNode parsed(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (JsonProcessingException noJson) {
            throw new Refused("%d, and what came is no JSON: is that the right port?".formatted(answer.statusCode()));
        }
    }
}
