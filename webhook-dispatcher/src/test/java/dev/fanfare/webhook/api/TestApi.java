package dev.fanfare.webhook.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.fanfare.service.http.HttpProblems;
import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.endpoint.Registry;
import dev.fanfare.webhook.http.Cidr;
import dev.fanfare.webhook.http.EgressPolicy;
import dev.fanfare.webhook.http.Handshake;
import dev.fanfare.webhook.http.Sender;
import dev.fanfare.webhook.http.SenderSettings;
import dev.fanfare.webhook.signing.KeyRing;
import dev.fanfare.webhook.store.Database;
import dev.fanfare.webhook.store.EndpointStore;
import dev.fanfare.webhook.store.StoreSettings;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The API on a port of its own, with an H2 database in memory. Receivers on this machine may be called.
final class TestApi implements AutoCloseable {
    static final String TOKEN = "tok-5f0c";
    static final int BODY_MAX = 64 * 1024;

    final Database database =
            Database.open(new StoreSettings("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "", 4));
    final EndpointStore store = new EndpointStore(database);
    final Registry registry = new Registry();
    final KeyRing ring = new KeyRing(Map.of("k1", new byte[KeyRing.KEY_BYTES]), "k1");
    final FakeEvents events = new FakeEvents();
    final FakeReplays replays = new FakeReplays();
    final Api api;

    private final Sender sender = new Sender(new SenderSettings(
            new EgressPolicy(List.of(Cidr.of("127.0.0.0/8")), Set.of(), false, Set.of()),
            Optional.empty(),
            512,
            "Fanfare-Webhooks"));
    private final WebServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    record Answer(int status, Map<String, List<String>> headers, String text, JsonNode body) {
        String header(String name) {
            return headers.entrySet().stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(header -> header.getValue().getFirst())
                    .findFirst()
                    .orElse("");
        }

        String code() {
            return body.path("code").asText();
        }

        List<String> fields() {
            return body.path("errors").findValuesAsText("field");
        }
    }

    TestApi() {
        api = new Api(new Api.Parts(
                new ApiSettings(Optional.of(TOKEN), BODY_MAX),
                database,
                registry,
                () -> store.sync(registry),
                sender.guard(),
                new Handshake(sender, "fanfare.test"),
                ring,
                () -> List.of(new Starts.Start("orders", 3, 42)),
                events,
                replays));
        var routing = HttpRouting.builder();
        routing.error(ProblemException.class, HttpProblems::handle);
        api.register(routing);
        server = WebServer.builder()
                .featuresDiscoverServices(false)
                .address(InetAddress.getLoopbackAddress())
                .port(0)
                .maxPayloadSize(4L * BODY_MAX)
                .shutdownHook(false)
                .directHandlers(HttpProblems.direct(ApiCode::of))
                .routing(routing)
                .build()
                .start();
    }

    Answer get(String path, String... headers) {
        return call("GET", path, new byte[0], headers);
    }

    Answer post(String path, String body, String... headers) {
        return call("POST", path, body.getBytes(UTF_8), headers);
    }

    Answer put(String path, String body, String... headers) {
        return call("PUT", path, body.getBytes(UTF_8), headers);
    }

    Answer patch(String path, String body, String... headers) {
        return call("PATCH", path, body.getBytes(UTF_8), headers);
    }

    Answer delete(String path, String... headers) {
        return call("DELETE", path, new byte[0], headers);
    }

    /// With the token, and JSON as the content type, unless the headers say otherwise.
    Answer call(String method, String path, byte[] body, String... headers) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        var names = List.of(headers);
        if (!names.contains("Authorization")) {
            request.header("Authorization", "Bearer " + TOKEN);
        }
        if (body.length > 0 && !names.contains("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            if (!headers[i + 1].isEmpty()) {
                request.header(headers[i], headers[i + 1]);
            }
        }
        try {
            return answer(client.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException | InterruptedException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /// A new endpoint's id.
    String endpoint(String... members) {
        var answer = post("/v1/endpoints", json(members));
        if (answer.status() != 201) {
            throw new IllegalStateException(answer.text());
        }
        return answer.body().path("id").asText();
    }

    /// An endpoint's settings with these members beside the needed ones.
    static String json(String... members) {
        var all = new StringBuilder("{\"url\":\"http://127.0.0.1:9/hook\",\"channels\":[\"orders.*\"]");
        for (var member : members) {
            all.append(',').append(member.replace('\'', '"'));
        }
        return all.append('}').toString();
    }

    static JsonNode parse(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException(text, malformed);
        }
    }

    private static Answer answer(HttpResponse<String> response) {
        var type = response.headers().firstValue("Content-Type").orElse("");
        return new Answer(
                response.statusCode(),
                response.headers().map(),
                response.body(),
                type.contains("json") ? parse(response.body()) : MissingNode.getInstance());
    }

    @Override
    public void close() {
        server.stop();
        sender.close();
        client.close();
        database.close();
    }
}
