package dev.fanfare.webhook.api;

import static dev.fanfare.webhook.api.TestApi.CONTRACT;
import static dev.fanfare.webhook.api.TestApi.json;
import static dev.fanfare.webhook.api.TestApi.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.api.Contract.Operation;
import dev.fanfare.webhook.api.TestApi.Answer;
import dev.fanfare.webhook.config.WebhookSettings;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Trigger;
import dev.fanfare.webhook.store.Delivery.State;
import dev.fanfare.webhook.store.Postgres;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// That the OpenAPI document says what the running server does, and all of it. [TestApi] holds each answer of each
/// test against the document; here each answer that it describes is brought about.
class OpenApiTest {
    private static final String OPERATOR = "Bearer " + TestApi.TOKEN;
    private static final String USED_KEY = "used";

    private static TestApi api;

    @BeforeAll
    static void start() {
        api = new TestApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void isServedToEverybody() {
        var served = api.get(OpenApi.PATH, "Authorization", "");
        assertThat(served.status()).isEqualTo(200);
        assertThat(served.body()).isEqualTo(CONTRACT.document);
        assertThat(served.body().path("openapi").asText()).startsWith("3.1.");
    }

    @Test
    void describesEachRouteAndNoOther() {
        assertThat(CONTRACT.operations())
                .extracting(Operation::toString)
                .containsExactlyInAnyOrderElementsOf(api.api.routes().stream()
                        .map(route -> route.method().text() + " " + route.path())
                        .toList());
        for (var route : api.api.routes()) {
            var operation = CONTRACT.find(route.method().text(), route.path().replaceAll("[{}]", ""))
                    .orElseThrow();
            assertThat(operation.names("query")).as(operation.toString()).containsExactlyElementsOf(route.parameters());
            assertThat(operation.scopes()).as(operation.toString()).isEqualTo(scopes(route));
            assertThat(operation.names("path").stream().map("{%s}"::formatted))
                    .as(operation.toString())
                    .containsExactlyElementsOf(Pattern.compile("\\{\\w+}")
                            .matcher(route.path())
                            .results()
                            .map(MatchResult::group)
                            .toList());
        }
    }

    private static List<String> scopes(Api.Route route) {
        if (route.door() == Api.Door.OPEN || route.door() == Api.Door.SESSIONS) {
            return List.of();
        }
        var scopes = WebhookSettings.Scopes.DEFAULT;
        return List.of(route.right() == Right.READ ? scopes.read() : scopes.manage());
    }

    @Test
    void namesEachFieldAndCode() {
        fields("NewEndpoint", EndpointJson.WRITABLE);
        fields("EndpointUpdate", concat(EndpointJson.WRITABLE, EndpointJson.READ_ONLY));
        fields("Endpoint", concat(EndpointJson.WRITABLE, EndpointJson.READ_ONLY));
        fields("Rotation", SecretHandlers.FIELDS);
        fields("TestEvent", OperatorHandlers.TEST_FIELDS);
        fields("Recovery", OperatorHandlers.RECOVER_FIELDS);
        fields("NewReplay", ReplayHandlers.FIELDS);
        fields("NewLink", PageHandlers.LINK_FIELDS);
        fields("NewSession", PageHandlers.SESSION_FIELDS);
        codes("Problem", "code", Arrays.stream(ApiCode.values()).map(ApiCode::code));
        codes("Attempt", "reason", Arrays.stream(Reason.values()).map(Reason::code));
        codes("Attempt", "trigger", Arrays.stream(Trigger.values()).map(Trigger::code));
        assertThat(Contract.texts(CONTRACT.schema("State").path("enum")))
                .containsExactlyElementsOf(
                        Arrays.stream(State.values()).map(State::code).toList());
    }

    private static List<String> concat(List<String> some, List<String> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    private static void fields(String schema, List<String> fields) {
        assertThat(Contract.names(CONTRACT.schema(schema).path("properties")))
                .as(schema)
                .containsExactlyInAnyOrderElementsOf(fields);
    }

    private static void codes(String schema, String field, Stream<String> codes) {
        assertThat(Contract.texts(
                        CONTRACT.schema(schema).path("properties").path(field).path("enum")))
                .as(schema + "." + field)
                .containsExactlyInAnyOrderElementsOf(codes.toList());
    }

    /// The server may refuse more: what patterns, durations and addresses mean a schema does not say.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'ratePerSecond':null",
                "'ratePerSecond':0",
                "'ratePerSecond':100001",
                "'ratePerSecond':1.5",
                "'concurrency':1000",
                "'concurrency':1001",
                "'payload':'batch'",
                "'payload':'xml'",
                "'payload':null",
                "'ordering':'key'",
                "'ordering':'keys'",
                "'signature':'v1+v1a'",
                "'signature':'v1a'",
                "'enabled':'no'",
                "'conflate':null",
                "'eventTypes':[]",
                "'eventTypes':'a'",
                "'eventTypes':[1]",
                "'headers':{'X-A':1}",
                "'headers':{'X-A':'1'}",
                "'headers':null",
                "'retrySchedule':[]",
                "'retrySchedule':null",
                "'description':7",
                "'tenant':''",
                "'color':'red'",
            })
    void refusesWhatTheServerRefuses(String member) {
        var body = json(member);
        var answer = api.post("/v1/endpoints", body);
        assertThat(CONTRACT.faults("NewEndpoint", TestApi.parse(body)).isEmpty())
                .as(answer.text())
                .isEqualTo(answer.status() == 201);
    }

    @Test
    void bringsAboutEachAnswerThatItDescribes() throws Exception {
        var seen = new TreeSet<String>();
        new Script(api, seen).run();
        whileTheStoreIsAway(seen);
        var described = new TreeSet<String>();
        CONTRACT.operations().forEach(one -> one.statuses().forEach(status -> described.add(one.id() + " " + status)));
        assertThat(described).isNotEmpty();
        assertThat(seen).containsExactlyElementsOf(described);
    }

    private static void whileTheStoreIsAway(Set<String> seen) throws Exception {
        try (var postgres = new Postgres();
                var own = new TestApi(postgres.database());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var script = new Script(own, new TreeSet<>());
            postgres.stop();
            var requests = new ArrayList<Callable<Answer>>();
            var away = CONTRACT.operations().stream()
                    .filter(one -> one.statuses().contains(503))
                    .toList();
            away.forEach(one -> requests.add(() -> script.valid(one)));
            var answers = threads.invokeAll(requests);
            for (int i = 0; i < away.size(); i++) {
                assertThat(answers.get(i).get().status())
                        .as(away.get(i).toString())
                        .isEqualTo(503);
                seen.add(away.get(i).id() + " 503");
            }
        }
    }

    /// Requests that get all the answers that are described.
    private static final class Script {
        private final TestApi api;
        private final Set<String> seen;
        private final Samples samples;

        Script(TestApi api, Set<String> seen) {
            this.api = api;
            this.seen = seen;
            samples = Samples.of(api);
            api.post("/v1/endpoints", json(), Once.KEY.defaultCase(), USED_KEY);
        }

        void run() {
            for (var operation : CONTRACT.operations()) {
                refusals(operation);
            }
            gets(404, "listDeliveries", "?endpoint=ep_00000000000000000000");
            whileDisabled();
            successes();
        }

        private void refusals(Operation operation) {
            var described = operation.statuses();
            var page = operation.isOfPages() ? Samples.page(samples.session()) : new String[0];
            expect(400, operation, samples.path(operation) + "?nonsense=1", "", page);
            if (operation.isOfPages()) {
                refusalsOfPages(operation);
            } else if (!operation.isOpen()) {
                expect(401, operation, samples.path(operation), "", "Authorization", "");
                expect(
                        403,
                        operation,
                        samples.path(operation),
                        "",
                        "Authorization",
                        "Bearer " + Tokens.of("acme", "x"));
            }
            if (operation.path().contains("{id}")) {
                var unknown = operation.path().replaceAll("\\{\\w+}", "x");
                expect(404, operation, unknown + Samples.query(operation), "");
            }
            if (operation.node().has("requestBody")) {
                var large = "x".repeat(TestApi.BODY_MAX + 1);
                expect(413, operation, samples.path(operation), large, "If-Match", "*");
                expect(415, operation, samples.path(operation), "x", "If-Match", "*", "Content-Type", "text/plain");
                expect(422, operation, samples.path(operation), invalid(operation), with(page, "If-Match", "*"));
            }
            if (operation.names("header").contains("If-Match")) {
                expect(412, operation, samples.path(operation), Samples.body(operation), "If-Match", "\"99\"");
            }
            if (described.contains(428)) {
                expect(428, operation, samples.path(operation), Samples.body(operation));
            }
            if (operation.names("header").contains("Idempotency-Key")) {
                var body = Samples.body(operation);
                expect(422, operation, samples.path(operation), body, "Idempotency-Key", USED_KEY, "If-Match", "*");
            }
        }

        private void refusalsOfPages(Operation operation) {
            var body = operation.id().equals("openSession") ? "{\"token\":\"x\"}" : "";
            expect(403, operation, samples.path(operation), body);
            int unknown = body.isEmpty() ? 401 : 410;
            expect(unknown, operation, samples.path(operation), body, Samples.page("fanfare-page=x"));
        }

        private static String[] with(String[] some, String... more) {
            return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
        }

        private static String invalid(Operation operation) {
            return switch (operation.id()) {
                case "createLink" -> "{\"life\":\"2d\"}";
                case "openSession" -> "{\"token\":1}";
                case "createEndpoint", "replaceEndpoint", "patchEndpoint" -> json("'timeout':'1h'");
                case "rotateSecret" -> "{\"overlap\":\"8d\"}";
                case "sendTestEvent" -> "{\"type\":1}";
                default -> "{\"since\":\"soon\"}";
            };
        }

        private void whileDisabled() {
            var path = "/v1/endpoints/" + samples.endpoint();
            api.patch(path, "{\"enabled\":false}", "If-Match", "*");
            for (var operation : CONTRACT.operations()) {
                if (operation.statuses().contains(409)) {
                    expect(409, operation, samples.path(operation), Samples.body(operation));
                }
            }
            api.patch(path, "{\"enabled\":true}", "If-Match", "*");
        }

        private void successes() {
            api.parked(samples.endpoint(), 2);
            api.delivered(samples.endpoint(), 3);
            gets(200, "listDeliveries", "?limit=2&endpoint=" + samples.endpoint());
            gets(200, "listEndpoints", "?limit=1");
            gets(200, "listAttempts", "");
            gets(200, "why", "?event=" + message(3).id());
            for (var operation : CONTRACT.operations()) {
                // deletes come last
                if (!operation.method().equals("DELETE")) {
                    expect(Samples.success(operation), operation, valid(operation));
                }
            }
            for (var id : List.of("cancelReplay", "deleteEndpoint", "closeSession")) {
                var operation = CONTRACT.operation(id);
                expect(Samples.success(operation), operation, valid(operation));
            }
        }

        /// A request that has nothing wrong with it.
        Answer valid(Operation operation) {
            return samples.send(api, operation, OPERATOR);
        }

        private void gets(int status, String id, String query) {
            var operation = CONTRACT.operation(id);
            expect(status, operation, samples.path(operation) + query, "");
        }

        private void expect(int status, Operation operation, String path, String body, String... headers) {
            expect(status, operation, send(operation, path, body, headers));
        }

        private void expect(int status, Operation operation, Answer answer) {
            assertThat(answer.status()).as(operation + ": " + answer.text()).isEqualTo(status);
            seen.add(operation.id() + " " + status);
        }

        private Answer send(Operation operation, String path, String body, String... headers) {
            return api.call(operation.method(), path, body.getBytes(StandardCharsets.UTF_8), headers);
        }
    }
}
