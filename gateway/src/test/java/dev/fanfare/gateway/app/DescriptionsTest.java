package dev.fanfare.gateway.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.config.AccessSettings.Revocations;
import dev.fanfare.gateway.config.ClusterSettings;
import dev.fanfare.gateway.config.GatewaySettings.Publish;
import dev.fanfare.gateway.config.GatewaySettings.Transports;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.protocol.GapReason;
import dev.fanfare.gateway.testing.Contract;
import dev.fanfare.gateway.testing.EventSourceParser;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.Issuer;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.gateway.testing.Secured;
import dev.fanfare.gateway.testing.Texts;
import dev.fanfare.gateway.testing.WebSocketFrames;
import dev.fanfare.gateway.transport.StreamRequest;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// That the OpenAPI and the AsyncAPI document are such, and say what the running gateway does.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read is not interruptible
class DescriptionsTest {
    private static final int PUBLISH_MAX = 2048;
    private static final List<String> ORDERS = List.of("POST /v1/sessions/disconnect", "POST /v1/sessions/move");
    private static final String HANDSHAKE =
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

    private static Issuer issuer;
    private static String orders;
    private static String events;
    private static String token;
    private static Gateways.Running gateway;
    private static Contract openapi;
    private static Contract asyncapi;

    @BeforeAll
    static void start() throws IOException {
        var broker = LocalBroker.get();
        orders = broker.newTopic("orders", 1);
        events = broker.newTopic("events", 1);
        issuer = Issuer.start("https://id.example.com/");
        token = "Authorization: Bearer "
                + issuer.allowing("u1", List.of("orders.*"), List.of("**"), "scope", "fanfare:manage fanfare:operate");
        gateway = gateways().start();
        openapi = new Contract(gateway.get("/v1/openapi.json").text());
        asyncapi = new Contract(gateway.get("/v1/asyncapi.json", token).text());
    }

    private static Gateways gateways() {
        var gateways = new Gateways()
                .route(orders, "orders.{key}", "all")
                .route(events, "{topic}.{ce.type}.{header.x-region}", "orders.{key}");
        var secured = Secured.by(issuer);
        secured.revocations = new Revocations(Optional.of(LocalBroker.get().newTopic("revocations", 1)));
        gateways.access = secured.access();
        gateways.cluster = new ClusterSettings(
                Optional.empty(),
                Optional.of(LocalBroker.get().newTopic("orders-to-nodes", 1)),
                new ClusterSettings.Presence(
                        Optional.of(LocalBroker.get().newTopic("presence", 1)),
                        List.of(ChannelPattern.parse("**")),
                        List.of(),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(2),
                        10,
                        10));
        gateways.publish =
                new Publish(true, events, PUBLISH_MAX, 500, Duration.ofSeconds(5), Duration.ofMinutes(5), 1000);
        return gateways;
    }

    @AfterAll
    static void stop() {
        gateway.close();
        issuer.close();
    }

    @Test
    void areValidForTheToolsOfTheirSpecifications() throws Exception {
        var both = JsonNodeFactory.instance.objectNode();
        both.put("openapi", openapi.document().toString());
        both.put("asyncapi", asyncapi.document().toString());
        assertThat(NpmFolder.of("validate.js").run(both.toString(), "node", "validate.js"))
                .isEmpty();
    }

    @Test
    void describesEachRouteAndNoOther() {
        var routes = new TreeSet<String>();
        gateway.gateway()
                .methods()
                .forEach((path, methods) -> methods.forEach(method -> routes.add(method.text() + " " + path)));
        Page.DEMO.paths().forEach(path -> routes.remove("GET " + path));
        assertThat(openapi.operations()).containsExactlyElementsOf(routes);
    }

    @Test
    void namesEachParameterAndCode() {
        var parameters = new TreeSet<String>();
        for (var parameter : openapi.operation("GET /v1/events").path("parameters")) {
            if (parameter.path("in").asText().equals("query")) {
                parameters.add(parameter.path("name").asText());
            }
        }
        assertThat(parameters).isEqualTo(new TreeSet<>(StreamRequest.PARAMETERS));
        var query = new TreeSet<String>();
        schema(asyncapi, "StreamQuery").path("properties").fieldNames().forEachRemaining(query::add);
        assertThat(query).isEqualTo(parameters);
        var codes = Arrays.stream(ErrorCode.values()).map(ErrorCode::code).toList();
        assertThat(enumOf(openapi, "Problem", "code")).containsExactlyElementsOf(codes);
        assertThat(enumOf(asyncapi, "Error", "code")).containsExactlyElementsOf(codes);
        var reasons = Arrays.stream(GapReason.values()).map(GapReason::code).toList();
        assertThat(enumOf(openapi, "GapRange", "reason")).containsExactlyElementsOf(reasons);
        assertThat(enumOf(asyncapi, "Gap", "reason")).containsExactlyElementsOf(reasons);
    }

    private static JsonNode schema(Contract contract, String name) {
        return contract.document().path("components").path("schemas").path(name);
    }

    private static List<String> enumOf(Contract contract, String schema, String member) {
        return texts(schema(contract, schema).path("properties").path(member).path("enum"));
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    @Test
    void bringsAboutEachAnswerThatItDescribes() throws IOException {
        var seen = new TreeSet<String>();
        refusals(seen);
        var none = "Authorization: Bearer " + issuer.token();
        ask(seen, 403, "GET /v1/events", "?channel=orders.1", "", none);
        ask(seen, 403, "POST /v1/events", "?channel=a", "x", none);
        ask(seen, 403, "POST /v1/negotiate", "", "{\"channels\":[\"all\"]}", none);
        ask(seen, 403, "POST /v1/revocations", "", "{\"sub\":\"u\"}", none);
        for (var order : ORDERS) {
            ask(seen, 403, order, "", "{\"sub\":\"u\"}", none);
            ask(seen, 400, order, "", "{}", token);
            ask(seen, 413, order, "", " ".repeat(9000), token);
            ask(seen, 202, order, "", "{\"sub\":\"somebody\",\"over\":\"10s\"}", token);
        }
        ask(seen, 403, "GET /v1/presence", "?channel=orders.1", "", none);
        ask(seen, 400, "GET /v1/presence", "", "", token);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> ask(seen, 200, "GET /v1/presence", "?channel=orders.1", "", token));
        ask(seen, 200, "GET /v1/events", "?channel=orders.1&wait=0", "", token);
        ask(seen, 101, "GET /v1/events", "", "", token, HANDSHAKE);
        ask(seen, 202, "POST /v1/events", "?channel=a", "x", token);
        ask(seen, 200, "POST /v1/negotiate", "", "{\"channels\":[\"orders.*\"],\"heartbeatMs\":9000}", token);
        ask(seen, 201, "POST /v1/tickets", "", "", token);
        ask(seen, 202, "POST /v1/revocations", "", "{\"sub\":\"somebody\",\"until\":\"2036-01-01T00:00:00Z\"}", token);
        try (var stream = gateway.connect()) {
            var head = stream.openStream("/v1/events?channel=orders.1", token);
            openapi.check("GET /v1/events", head, "");
            var session = Texts.member(
                    new EventSourceParser(stream.in()).message("ready").data(), "session");
            asked = session;
            ask(seen, 200, "POST /v1/sessions/{id}/token", "", "", token);
        }
        for (var operation : openapi.operations()) {
            if (openapi.operation(operation).path("tags").path(0).asText().matches("Operators|About")) {
                ask(seen, operation.startsWith("HEAD") ? 204 : 200, operation, "", "", token);
            }
        }
        whileKafkaIsAway(seen);
        assertThat(seen).containsExactlyElementsOf(openapi.answers());
    }

    private static String asked = "x"; // the session whose token is renewed

    private static void refusals(Set<String> seen) throws IOException {
        for (var operation : List.of(
                "GET /v1/events",
                "POST /v1/events",
                "POST /v1/negotiate",
                "POST /v1/tickets",
                "POST /v1/sessions/{id}/token",
                "POST /v1/revocations",
                "GET /v1/presence",
                ORDERS.getFirst(),
                ORDERS.getLast(),
                "GET /v1/asyncapi.json")) {
            ask(
                    seen,
                    401,
                    operation,
                    operation.startsWith("GET /v1/events") || operation.startsWith("GET /v1/presence")
                            ? "?channel=orders.1"
                            : "",
                    "");
        }
        ask(seen, 400, "GET /v1/events", "?nonsense=1", "", token);
        ask(seen, 400, "POST /v1/events", "?nonsense=1", "x", token);
        ask(seen, 400, "POST /v1/negotiate", "?nonsense=1", "", token);
        ask(seen, 400, "POST /v1/revocations", "", "{}", token);
        ask(seen, 426, "GET /v1/events", "?channel=orders.1&transport=ws", "", token);
        ask(seen, 404, "POST /v1/sessions/{id}/token", "", "", token);
        ask(seen, 406, "POST /v1/negotiate", "", "{\"transports\":[\"ws\"],\"maxMessageBytes\":1}", token);
        ask(seen, 413, "POST /v1/events", "?channel=a", "x".repeat(PUBLISH_MAX + 1), token);
        ask(seen, 413, "POST /v1/negotiate", "", " ".repeat(70_000), token);
        ask(seen, 413, "POST /v1/revocations", "", " ".repeat(9000), token);
        ask(seen, 415, "POST /v1/events", "", "<e/>", token, "Content-Type: application/cloudevents+xml");
        var event = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}";
        ask(seen, 422, "POST /v1/events", "", event, token, "Content-Type: application/cloudevents+json");
    }

    private static void whileKafkaIsAway(Set<String> seen) throws IOException {
        var away = gateways();
        away.kafka.put("bootstrap.servers", "127.0.0.1:1");
        try (var running = away.startUnready()) {
            for (var path : List.of("/health", "/health/ready", "/health/started")) {
                for (var method : List.of("GET", "HEAD")) {
                    ask(running, seen, 503, method + " " + path, "", "");
                }
            }
        }
    }

    private static void ask(
            Set<String> seen, int status, String operation, String query, String body, String... headers)
            throws IOException {
        ask(gateway, seen, status, operation, query, body, headers);
    }

    private static void ask(
            Gateways.Running running,
            Set<String> seen,
            int status,
            String operation,
            String query,
            String body,
            String... headers)
            throws IOException {
        var method = operation.substring(0, operation.indexOf(' '));
        var target = operation.substring(method.length() + 1).replace("{id}", asked) + query;
        try (var client = running.connect()) {
            var all = new ArrayList<>(List.of(headers));
            if (!body.isEmpty()) {
                all.add("Content-Length: " + body.getBytes(UTF_8).length);
            }
            client.request(method, target, all.toArray(String[]::new)).send(body);
            if (method.equals("HEAD")) {
                var head = client.head();
                assertThat(head.status()).as(operation).isEqualTo(status);
                openapi.check(operation, head, "");
            } else {
                var answer = client.answer();
                assertThat(answer.status()).as(operation + " " + answer).isEqualTo(status);
                openapi.check(operation, answer.head(), answer.text());
            }
        }
        seen.add(status + " " + operation);
    }

    @Test
    void hasAChannelForEachTemplateOfTheRoutes() {
        var channels = asyncapi.document().path("channels");
        var names = new TreeSet<String>();
        channels.fieldNames().forEachRemaining(names::add);
        assertThat(names)
                .containsExactlyInAnyOrder(
                        "orders.key", "all", events + ".ce_type.header_x-region", "session", "publish");
        assertThat(channels.path("orders.key").path("address").asText()).isEqualTo("orders.{key}");
        assertThat(texts(channels.path("orders.key").path("x-kafka-topics"))).containsExactly(orders, events);
        assertThat(channels.path("all").has("parameters")).isFalse();
        var typed = channels.path(events + ".ce_type.header_x-region");
        assertThat(typed.path("address").asText()).isEqualTo(events + ".{ce_type}.{header_x-region}");
        assertThat(typed.path("parameters")
                        .path("header_x-region")
                        .path("description")
                        .asText())
                .contains("header x-region");
    }

    @Test
    void leavesOutWhatIsOff() throws IOException {
        var gateways = gateways();
        gateways.transports = new Transports(true, false, false);
        gateways.publish = Publish.DEFAULT;
        try (var running = gateways.start()) {
            var document =
                    Contract.parse(running.get("/v1/asyncapi.json", token).text());
            assertThat(document.path("servers").has("websocket")).isFalse();
            assertThat(document.path("channels").has("publish")).isFalse();
            var operations = new TreeSet<String>();
            document.path("operations").fieldNames().forEachRemaining(operations::add);
            assertThat(operations)
                    .containsExactlyInAnyOrder(
                            "receive.orders.key",
                            "receive.all",
                            "receive." + events + ".ce_type.header_x-region",
                            "session");
            assertThat(document.at("/operations/receive.all/messages")).hasSize(3);
        }
    }

    @Test
    void describesWhatTravels() throws IOException {
        var key = "travels";
        LocalBroker.get().send(orders, 0, key, "{\"n\":1}".getBytes(UTF_8));
        for (var format : List.of("data", "json", "cloudevents")) {
            var query = "?channel=orders." + key + "&last=1&format=" + format;
            is("Poll", gateway.get("/v1/events" + query, token).text());
            try (var client = gateway.connect()) {
                client.get("/v1/events" + query, token, HANDSHAKE).head();
                is("Ready", WebSocketFrames.readText(client.in()));
                var event =
                        format.equals("data") ? "WsDataEvent" : format.equals("json") ? "WsJsonEvent" : "WsCloudEvent";
                is(event, WebSocketFrames.readText(client.in()));
            }
            try (var client = gateway.connect()) {
                client.openStream("/v1/events" + query, token);
                var stream = new EventSourceParser(client.in());
                is("Ready", stream.message("ready").data());
                var event = format.equals("data") ? "Any" : format.equals("json") ? "JsonEvent" : "CloudEvent";
                is(event, stream.message().data());
            }
        }
        dialogue();
    }

    private static void dialogue() throws IOException {
        try (var client = gateway.connect()) {
            client.get("/v1/events", token, HANDSHAKE).head();
            is("Ready", WebSocketFrames.readText(client.in()));
            say(client, "Subscribe", "{'type':'subscribe','id':'1','channels':['orders.1']}", "Subscribed");
            say(client, "Subscribe", "{'type':'subscribe','id':'2','channels':['all']}", "Error");
            say(client, "Unsubscribe", "{'type':'unsubscribe','id':'3','channels':['orders.1']}", "Unsubscribed");
            say(client, "Publish", "{'type':'publish','id':'4','channel':'a','data':1}", "PublishedAnswer");
            say(client, "Ping", "{'type':'ping','id':'5'}", "Pong");
            var renewed = "{'type':'token','id':'6','token':'" + token.replace("Authorization: Bearer ", "") + "'}";
            say(client, "Token", renewed, "Renewed");
        }
    }

    private static void say(RawClient client, String schema, String message, String answer) throws IOException {
        var json = message.replace('\'', '"');
        is(schema, json);
        client.send(WebSocketFrames.clientText(json));
        is(answer, WebSocketFrames.readText(client.in()));
    }

    private static void is(String schema, String json) {
        assertThat(asyncapi.faults("#/components/schemas/" + schema, json))
                .as(schema + ": " + json)
                .isEmpty();
    }
}
