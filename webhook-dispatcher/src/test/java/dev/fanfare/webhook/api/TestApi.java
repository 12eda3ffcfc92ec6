package dev.fanfare.webhook.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import dev.fanfare.service.access.IssuerSettings;
import dev.fanfare.service.access.TokenVerifier;
import dev.fanfare.service.http.HttpProblems;
import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.config.WebhookSettings;
import dev.fanfare.webhook.delivery.Attempt;
import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.delivery.Timings;
import dev.fanfare.webhook.delivery.Trigger;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.Registry;
import dev.fanfare.webhook.http.Cidr;
import dev.fanfare.webhook.http.EgressPolicy;
import dev.fanfare.webhook.http.Handshake;
import dev.fanfare.webhook.http.Sender;
import dev.fanfare.webhook.http.SenderSettings;
import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.journal.Effect;
import dev.fanfare.webhook.journal.Entry;
import dev.fanfare.webhook.signing.KeyRing;
import dev.fanfare.webhook.store.Database;
import dev.fanfare.webhook.store.EndpointStore;
import dev.fanfare.webhook.store.Frontier;
import dev.fanfare.webhook.store.SqlJournal;
import dev.fanfare.webhook.store.StoreSettings;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.Uuid;

/// The API on a port of its own, with an H2 database in memory if no other is given, and a journal to put on record
/// what became of deliveries. Receivers on this machine may be called. Each answer is held against the OpenAPI
/// document.
final class TestApi implements AutoCloseable {
    static final String TOKEN = "tok-5f0c";
    static final int BODY_MAX = 64 * 1024;

    static final Contract CONTRACT = new Contract();
    static final Uuid TOPIC = Uuid.fromString("AAAAAAAAAAAAAAAAAAAABw");
    static final Instant TIME = Instant.parse("2026-11-20T08:00:00.123456Z");

    final Database database;
    final EndpointStore store;
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
    private final Path folder;
    private final TokenVerifier verifier;
    private final SqlJournal journal;
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
        this(List.of());
    }

    TestApi(List<IssuerSettings> others) {
        this(inMemory(), others);
    }

    static StoreSettings inMemory() {
        return new StoreSettings("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "", 4);
    }

    TestApi(StoreSettings settings) {
        this(settings, List.of());
    }

    TestApi(WebhookSettings.Portal portal) {
        this(inMemory(), List.of(), portal);
    }

    /// @param others issuers beside that of [Tokens]
    TestApi(StoreSettings settings, List<IssuerSettings> others) {
        this(settings, others, WebhookSettings.Portal.DEFAULT);
    }

    private TestApi(StoreSettings settings, List<IssuerSettings> others, WebhookSettings.Portal portal) {
        folder = folder();
        var issuers = new ArrayList<>(others);
        issuers.add(Tokens.issuer(folder));
        var access = new WebhookSettings.Access(
                issuers, Duration.ZERO, WebhookSettings.Claims.DEFAULT, WebhookSettings.Scopes.DEFAULT);
        verifier = new TokenVerifier(issuers, access.clockSkew(), InstantSource.system());
        database = Database.open(settings);
        store = new EndpointStore(database);
        journal = new SqlJournal(database, registry::find, _ -> {}, Duration.ofSeconds(20));
        new Frontier(database).write(List.of(new Frontier.Position(TOPIC, 3, "orders", 100)));
        api = new Api(new Api.Parts(
                new ApiSettings(Optional.of(TOKEN), access, portal, BODY_MAX),
                verifier,
                database,
                registry,
                () -> store.sync(registry),
                sender.guard(),
                new Handshake(sender, "fanfare.test"),
                ring,
                () -> List.of(new Starts.Start("orders", 3, 42)),
                _ -> Optional.of(new LaneStates.State("closed", 8, false, 1, 2, 3, Optional.empty())),
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

    int port() {
        return server.port();
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
            var sent = request.build();
            var answer = answer(client.send(sent, BodyHandlers.ofString()));
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            CONTRACT.find(method, path).ifPresent(operation -> {
                CONTRACT.check(operation, answer);
                if (answer.status() < 300 && body.length > 0 && operation.node().has("requestBody")) {
                    var type = sent.headers().firstValue("Content-Type").orElse("");
                    CONTRACT.checkBody(operation, type, new String(body, UTF_8));
                }
            });
            return answer;
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

    Endpoint endpointOf(String id) {
        return store.find(new EndpointId(id)).orElseThrow();
    }

    /// Of the tenant `default`, on the channel `orders.42`, at partition 3 of the topic `orders`.
    static Message message(long offset) {
        return message(TOPIC, offset, Message.DEFAULT_TENANT);
    }

    static Message message(Uuid topicId, long offset, String tenant) {
        var now = Instant.now();
        var event = new Event(
                "id-" + offset,
                "/orders",
                "order.created",
                "42",
                "application/json",
                null,
                now,
                "{\"n\":1}".getBytes(UTF_8),
                false,
                Map.of(),
                "key",
                "orders",
                3,
                offset,
                now.toEpochMilli());
        return new Message(new MessageId(topicId, 3, offset), event, List.of(new ChannelName("orders.42")), tenant);
    }

    /// A first attempt, and what became of the delivery, on record when this returns.
    DeliveryId record(String endpoint, long offset, Result result, Disposition disposition) {
        var job = Job.live(message(offset), new EndpointId(endpoint), _ -> {});
        var attempt = new Attempt(job.id(), 1, Trigger.SCHEDULE, TIME, result);
        journal.write(new Entry(job, Optional.of(attempt), disposition, List.of(), List.of()));
        await().until(() -> journal.pending() == 0);
        return job.id();
    }

    /// What the dispatcher does to an endpoint.
    void effect(Effect effect, Disposition disposition) {
        var job = Job.live(message(0), effect.endpoint(), _ -> {});
        journal.write(new Entry(job, Optional.empty(), disposition, List.of(effect), List.of()));
        await().until(() -> journal.pending() == 0);
    }

    DeliveryId delivered(String endpoint, long offset) {
        return record(
                endpoint,
                offset,
                new Result(Reason.DELIVERED, 204, "", new Timings(1, 2, 3, 4, 10), "", Optional.empty()),
                new Disposition.Delivered());
    }

    DeliveryId parked(String endpoint, long offset) {
        return record(
                endpoint,
                offset,
                new Result(
                        Reason.STATUS, 500, "it answered 500", new Timings(1, 2, -1, 4, 10), "oops", Optional.empty()),
                new Disposition.Parked(ParkReason.RETRY, Instant.now().plusSeconds(3600), 2));
    }

    DeliveryId deadLetter(String endpoint, long offset) {
        return record(
                endpoint,
                offset,
                Result.without(Reason.DNS, "there is no such name", Timings.NONE),
                new Disposition.Ended(Reason.EXHAUSTED, true));
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("fanfare-api");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
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
        journal.close();
        sender.close();
        client.close();
        database.close();
        verifier.close();
        try {
            Files.delete(folder.resolve("issuer.secret"));
            Files.delete(folder);
        } catch (IOException leftBehind) {
            throw new UncheckedIOException(leftBehind);
        }
    }
}
