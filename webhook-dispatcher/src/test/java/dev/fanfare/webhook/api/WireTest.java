package dev.fanfare.webhook.api;

import static dev.fanfare.webhook.api.TestApi.json;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.webhook.api.TestApi.Answer;
import dev.fanfare.webhook.store.Postgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireTest {
    private static TestApi api;

    @BeforeAll
    static void start() {
        api = new TestApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Bearer ", "Bearer nope", "Bearer tok-5f0", "Bearer tok-5f0cc", "Basic dG9r"})
    void letsNobodyInWithoutTheToken(String authorization) {
        for (var route : api.api.routes()) {
            if (route.door() == Api.Door.CALLERS || route.door() == Api.Door.TOKENS) {
                var answer = api.call(
                        route.method().text(),
                        route.path().replaceAll("\\{.*?}", "x"),
                        new byte[0],
                        "Authorization",
                        authorization);
                assertThat(answer.status()).as(route.path()).isEqualTo(401);
                assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer realm=");
                assertThat(answer.text()).doesNotContain(TestApi.TOKEN);
            }
        }
    }

    @Test
    void takesTheSchemeInAnyCase() {
        assertThat(api.get("/v1/endpoints", "Authorization", "bearer " + TestApi.TOKEN)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void saysWhatIsPossible() {
        var answer = api.call("PUT", "/v1/endpoints", new byte[0]);
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("Allow")).isEqualTo("POST, GET");
        assertThat(api.delete("/v1/endpoints/x/test").header("Allow")).isEqualTo("POST");
        assertThat(api.get("/v1/nothing").status()).isEqualTo(404);
        assertThat(api.get("/v1/endpoints/ep_00000000000000000000").code()).isEqualTo("not-found");
        assertThat(api.get("/v1/endpoints/%2e%2e").status()).isEqualTo(404);
    }

    @Test
    void carriesTheRequestId() {
        assertThat(api.get("/v1/endpoints", "X-Request-Id", "mine-1").header("X-Request-Id"))
                .isEqualTo("mine-1");
        assertThat(api.get("/v1/endpoints", "X-Request-Id", "not mine").header("X-Request-Id"))
                .matches("[0-9a-f]{16}");
        for (var refused : List.of(
                api.get("/v1/endpoints/x"),
                api.get("/v1/nothing"),
                api.get("/v1/endpoints", "Authorization", ""),
                api.get("/v1/endpoints?x=y"),
                api.call("PUT", "/v1/endpoints", new byte[0]),
                api.post("/v1/endpoints", "{"),
                api.post("/v1/endpoints", "x".repeat(2 * TestApi.BODY_MAX)))) {
            assertThat(refused.header("X-Request-Id"))
                    .as(refused.text())
                    .matches("[0-9a-f]{16}")
                    .isEqualTo(refused.body().path("requestId").asText());
            assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
        }
    }

    @Test
    void refusesBodiesThatAreTooLarge() throws IOException {
        var over = json("'description':'" + "x".repeat(TestApi.BODY_MAX) + "'");
        assertThat(api.post("/v1/endpoints", over).status()).isEqualTo(413);
        assertThat(announced(5L * TestApi.BODY_MAX)).startsWith("HTTP/1.1 413 ");
        assertThat(announced(Long.MAX_VALUE)).startsWith("HTTP/1.1 413 ");
        var fits = json("'description':'" + "x".repeat(TestApi.BODY_MAX - 200) + "'");
        assertThat(api.post("/v1/endpoints", fits).status()).isEqualTo(422);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{                                  | no JSON",
                "[]                                 | no JSON object",
                "null                               | no JSON object",
                "{\"url\":\"a\",\"url\":\"b\"}      | twice",
                "{\"headers\":{\"a\":1,\"a\":2}}    | twice",
                "{} {}                              | no JSON",
                "{'url':1}                          | no JSON",
                "{\"url\":NaN}                      | no JSON",
                "{\"url\":01}                       | no JSON",
                "{/* */}                            | no JSON",
                "{\"url\":\"\t\"}                   | no JSON",
            })
    void refusesWhatIsNoJson(String body, String why) {
        refused(api.post("/v1/endpoints", body), why);
    }

    @Test
    void refusesHostileJson() {
        refused(api.post("/v1/endpoints", "{\"ttl\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}"), "nested");
        refused(
                api.post("/v1/endpoints", "{\"ttl\":" + "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000) + "}"),
                "nested");
        refused(api.post("/v1/endpoints", "{\"concurrency\":" + "9".repeat(60_000) + "}"), "digits");
        refused(api.post("/v1/endpoints", "{\"concurrency\":1." + "9".repeat(60_000) + "}"), "digits");
        refused(send(json("'description':'hunter2\u00e9'").getBytes(ISO_8859_1)), "UTF-8");
        refused(send(json().getBytes(UTF_16)), "UTF-8");
        refused(send(new byte[] {'{', '"', (byte) 0xc0, (byte) 0x80, '"', ':', '1', '}'}), "UTF-8");
        refused(send(("\ufeff" + json()).getBytes(UTF_8)), "no JSON");
        var huge = api.post("/v1/endpoints", json("'concurrency':1e999999999"));
        assertThat(huge.status()).isEqualTo(422);
        assertThat(huge.fields()).containsExactly("concurrency");
        assertThat(api.post("/v1/endpoints", json("'ratePerSecond':-1e-999999999"))
                        .status())
                .isEqualTo(422);
    }

    @Test
    void neverQuotesABody() {
        assertThat(api.post("/v1/endpoints", "{\"headers\":{\"Authorization\":\"hunter2\"")
                        .text())
                .doesNotContain("hunter2");
        assertThat(api.post("/v1/endpoints", "{\"headers\":{\"Authorization\":hunter2}}")
                        .text())
                .doesNotContain("hunter2");
    }

    @Test
    void asksForJson() {
        assertThat(api.post("/v1/endpoints", json(), "Content-Type", "application/x-www-form-urlencoded")
                        .status())
                .isEqualTo(415);
        assertThat(api.post("/v1/endpoints", json(), "Content-Type", "application/merge-patch+json")
                        .status())
                .isEqualTo(415);
        assertThat(api.post("/v1/endpoints", json(), "Content-Type", "Application/JSON; charset=utf-8")
                        .status())
                .isEqualTo(201);
        assertThat(api.post("/v1/endpoints", "").code()).isEqualTo("malformed-json");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/endpoints?limit=0, limit",
        "/v1/endpoints?limit=x, limit",
        "/v1/endpoints?limit=501, 500",
        "/v1/endpoints?cursor=x, cursor",
        "/v1/endpoints?tenants=x, did you mean 'tenant'",
        "/v1/endpoints/x?limit=1, 'limit'",
        "/v1/endpoints?tenant=a&tenant=b, once",
        "/v1/deliveries?endpont=x, did you mean 'endpoint'",
        "/v1/deliveries?event=msg_x, event",
        "/v1/deliveries?until=today, until",
        "/v1/deliveries?since=2026-11-20T08:00:00Z&until=2026-11-20T08:00:00Z, until",
        "/v1/deliveries?since=-1000000000-01-01T00:00:00Z, since",
        "/v1/deliveries/x/attempts?cursor=-1, cursor",
        "/v1/deliveries?endpoint=ep_00000000000000000000&state=lost, dead-letter",
        "/v1/deliveries?endpoint=ep_00000000000000000000&since=today, since",
        "/v1/deliveries?endpoint=ep_00000000000000000000&cursor=x~msg_x, cursor",
        "/v1/endpoints/ep_00000000000000000000/why?topic=a&partition=-1&offset=0, partition",
        "/v1/endpoints/ep_00000000000000000000/why?partition=0&offset=0, topic",
        "/v1/endpoints/ep_00000000000000000000/why?event=msg_x, event",
        "/v1/endpoints/ep_00000000000000000000/why?event=msg_x&topic=a, event",
        "/v1/endpoints/ep_00000000000000000000/why, event",
        "/v1/endpoints/ep_00000000000000000000/why?evnt=x, did you mean 'event'",
    })
    void namesParametersThatAreWrong(String path, String named) {
        var answer = api.get(path);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.body().path("detail").asText()).contains(named);
    }

    @Test
    void doesARequestOncePerKey() {
        var key = UUID.randomUUID().toString();
        var first = api.post("/v1/endpoints", json("'tenant':'once'"), "Idempotency-Key", key);
        var again = api.post("/v1/endpoints", json("'tenant':'once'"), "Idempotency-Key", key);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.text()).isEqualTo(first.text()).contains("whsec_");
        assertThat(again.header("Location")).isEqualTo(first.header("Location"));
        assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(first.header("Idempotency-Replayed")).isEmpty();
        assertThat(api.get("/v1/endpoints?tenant=once").body().path("items")).hasSize(1);

        var other = api.post("/v1/endpoints", json("'tenant':'other'"), "Idempotency-Key", key);
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.code()).isEqualTo("idempotency-key-reused");
        assertThat(api.post(first.header("Location") + "/test", "", "Idempotency-Key", key)
                        .code())
                .isEqualTo("idempotency-key-reused");
        assertThat(api.post("/v1/endpoints", json(), "Idempotency-Key", "a b").status())
                .isEqualTo(400);
    }

    @Test
    void keepsNoRefusals() {
        var key = UUID.randomUUID().toString();
        assertThat(api.post("/v1/endpoints", json("'timeout':'1h'"), "Idempotency-Key", key)
                        .status())
                .isEqualTo(422);
        assertThat(api.post("/v1/endpoints", json(), "Idempotency-Key", key).status())
                .isEqualTo(201);
    }

    @Test
    void doesARequestOnceThatComesManyTimesAtOnce() throws Exception {
        var key = UUID.randomUUID().toString();
        List<Callable<Answer>> requests = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            requests.add(() -> api.post("/v1/endpoints", json("'tenant':'herd'"), "Idempotency-Key", key));
        }
        var texts = new HashSet<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var request : threads.invokeAll(requests)) {
                assertThat(request.get().status()).isEqualTo(201);
                texts.add(request.get().text());
            }
        }
        assertThat(texts).hasSize(1);
        assertThat(api.get("/v1/endpoints?tenant=herd").body().path("items")).hasSize(1);
    }

    @Test
    void storesNoSecretInTheClear() {
        var created = api.post("/v1/endpoints", json(), "Idempotency-Key", "in-the-clear");
        var secret = created.body().path("secret").asText();
        var stored = api.database
                .jdbi()
                .withHandle(handle -> handle.createQuery("select body from idempotency")
                        .mapTo(String.class)
                        .list());
        assertThat(stored).isNotEmpty().noneMatch(body -> body.contains(secret) || body.contains("whsec_"));
    }

    @Test
    void saysWhenTheStoreIsAway() throws Exception {
        try (var postgres = new Postgres();
                var own = new TestApi(postgres.database());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var id = own.endpoint();
            var path = "/v1/endpoints/" + id;
            var delivery = "/v1/deliveries/" + own.parked(id, 1);
            postgres.stop();
            var requests = List.<Callable<Answer>>of(
                    () -> own.get(path),
                    () -> own.post("/v1/endpoints", json()),
                    () -> own.post("/v1/endpoints", json(), "Idempotency-Key", "away"),
                    () -> own.patch(path, "{}", "If-Match", "*"),
                    () -> own.delete(path),
                    () -> own.get("/v1/endpoints"),
                    () -> own.get("/v1/deliveries"),
                    () -> own.get(delivery + "/attempts"),
                    () -> own.post(delivery + "/resend", ""),
                    () -> own.post(path + "/test", ""),
                    () -> own.post(path + "/recover", "{\"since\":\"2026-11-20T08:00:00Z\"}"));
            for (var answer : threads.invokeAll(requests)) {
                assertThat(answer.get().status()).as(answer.get().text()).isEqualTo(503);
                assertThat(answer.get().code()).isEqualTo("store-away");
                assertThat(answer.get().header("Retry-After")).isEqualTo("5");
            }
            assertThat(own.get("/.well-known/webhook-keys").status()).isEqualTo(200);
            postgres.start();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(own.get(path).status()).isEqualTo(200));
            assertThat(own.get("/v1/endpoints").body().path("items")).hasSize(1);
        }
    }

    /// The answer's first line to a request of which only the head is sent.
    private static String announced(long length) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), api.port())) {
            socket.getOutputStream().write("""
                    POST /v1/endpoints HTTP/1.1\r
                    Host: localhost\r
                    Authorization: Bearer %s\r
                    Content-Type: application/json\r
                    Content-Length: %d\r
                    \r
                    """.formatted(TestApi.TOKEN, length).getBytes(ISO_8859_1));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1)).readLine();
        }
    }

    private static Answer send(byte[] body) {
        return api.call("POST", "/v1/endpoints", body);
    }

    private static void refused(Answer answer, String why) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("malformed-json");
        assertThat(answer.body().path("detail").asText()).contains(why).doesNotContain("hunter2");
    }
}
