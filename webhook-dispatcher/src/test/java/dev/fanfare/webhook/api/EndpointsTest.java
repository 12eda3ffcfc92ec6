package dev.fanfare.webhook.api;

import static dev.fanfare.webhook.api.TestApi.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.webhook.api.TestApi.Answer;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.store.SettingsCodec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointsTest {
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
    void createsAndReads() {
        var created = api.post("/v1/endpoints", json("'tenant':'acme'", "'retrySchedule':['0s','5s','5m','PT1H']"));
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        var id = created.body().path("id").asText();
        assertThat(EndpointId.isValid(id)).isTrue();
        assertThat(created.header("Location")).isEqualTo("/v1/endpoints/" + id);
        assertThat(created.header("ETag")).isEqualTo("\"1\"");
        assertThat(created.header("Cache-Control")).isEqualTo("no-store");
        assertThat(created.body().path("secret").asText()).startsWith("whsec_");
        assertThat(created.body().path("activeFrom").path(0).path("offset").asLong())
                .isEqualTo(42);

        var read = api.get("/v1/endpoints/" + id);
        assertThat(read.status()).isEqualTo(200);
        assertThat(read.body().has("secret")).isFalse();
        assertThat(read.body().path("tenant").asText()).isEqualTo("acme");
        assertThat(texts(read.body().path("retrySchedule"))).containsExactly("0s", "5s", "5m", "1h");
        assertThat(names(read.body())).containsAll(SettingsCodec.FIELDS).containsAll(EndpointJson.READ_ONLY);
        assertThat(api.registry.find(new EndpointId(id))).isPresent();
    }

    @Test
    void keepsWhatIsSetThroughReadAndReplace() {
        var full = """
            {"tenant":"acme","url":"http://127.0.0.1:9/a?b=%20c","channels":["orders.**","x"],"eventTypes":["a.*"],
            "payload":"structured","retrySchedule":["0s","1s"],"timeout":"7s","ratePerSecond":9,"concurrency":3,
            "ordering":"key","orderingTimeout":"10m","ttl":"3h","conflate":true,"signature":"v1+v1a",
            "handshake":false,"headers":{"X-Team":"billing"},"description":"\\u0000 \\ud83d\\ude00","enabled":false}\
            """;
        var created = api.post("/v1/endpoints", full);
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        var path = created.header("Location");
        var read = api.get(path);
        var sent = (ObjectNode) TestApi.parse(full);
        sent.properties()
                .forEach(field -> assertThat(read.body().path(field.getKey()))
                        .as(field.getKey())
                        .isEqualTo(field.getValue()));

        var replaced = api.put(path, read.text(), "If-Match", read.header("ETag"));
        assertThat(replaced.status()).as(replaced.text()).isEqualTo(200);
        SettingsCodec.FIELDS.forEach(field -> assertThat(replaced.body().path(field))
                .as(field)
                .isEqualTo(read.body().path(field)));
    }

    @Test
    void replacesWithDefaultsAndPatchesTheRest() {
        var path = "/v1/endpoints/" + api.endpoint("'timeout':'7s'", "'headers':{'X-A':'1','X-B':'2'}");
        var patched = api.patch(path, "{\"headers\":{\"X-A\":null,\"X-C\":\"3\"},\"ttl\":\"1h\"}", "If-Match", "\"1\"");
        assertThat(patched.status()).as(patched.text()).isEqualTo(200);
        assertThat(patched.header("ETag")).isEqualTo("\"2\"");
        assertThat(patched.body().path("timeout").asText()).isEqualTo("7s");
        assertThat(names(patched.body().path("headers"))).containsExactly("X-B", "X-C");
        var unset =
                api.patch(path, "{\"ttl\":null}", "If-Match", "\"2\"", "Content-Type", "application/merge-patch+json");
        assertThat(unset.body().path("ttl").isNull()).isTrue();
        var replaced = api.put(path, json(), "If-Match", "\"3\"");
        assertThat(replaced.body().path("timeout").asText()).isEqualTo("15s");
        assertThat(replaced.body().path("headers")).isEmpty();
    }

    @Test
    void keepsAScheduleThatWasStoredWithAnotherBeginning() {
        var id = api.endpoint("'retrySchedule':['0s','7s']");
        var path = "/v1/endpoints/" + id;
        api.database
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "update endpoint set settings = replace(settings, '\"0s\"', '\"5s\"') where id = ?", id));
        var patched = api.patch(path, "{\"description\":\"x\"}", "If-Match", "*");
        assertThat(patched.status()).as(patched.text()).isEqualTo(200);
        assertThat(texts(patched.body().path("retrySchedule"))).containsExactly("5s", "7s");
        var changed = api.patch(path, "{\"retrySchedule\":[\"5s\",\"8s\"]}", "If-Match", "*");
        assertThat(changed.status()).isEqualTo(422);
        assertThat(changed.fields()).containsExactly("retrySchedule[0]");
    }

    @Test
    void listsInPages() {
        var created = new HashSet<String>();
        for (int i = 0; i < 5; i++) {
            created.add(api.endpoint("'tenant':'paged'"));
        }
        var found = new ArrayList<String>();
        var cursor = "";
        do {
            var page = api.get("/v1/endpoints?tenant=paged&limit=2" + cursor);
            assertThat(page.body().path("items").size()).isBetween(1, 2);
            page.body().path("items").forEach(item -> found.add(item.path("id").asText()));
            cursor = page.body().path("next").isNull()
                    ? ""
                    : "&cursor=" + page.body().path("next").asText();
        } while (!cursor.isEmpty());
        assertThat(found).hasSize(5).containsExactlyInAnyOrderElementsOf(created);
    }

    @Test
    void deletesForGood() {
        var id = api.endpoint();
        var path = "/v1/endpoints/" + id;
        assertThat(api.delete(path, "If-Match", "\"7\"").status()).isEqualTo(412);
        assertThat(api.delete(path).status()).isEqualTo(204);
        assertThat(api.get(path).status()).isEqualTo(404);
        assertThat(api.delete(path).status()).isEqualTo(404);
        assertThat(api.registry.find(new EndpointId(id))).isEmpty();
        assertThat(api.get("/v1/endpoints?limit=500").text()).doesNotContain(id);
    }

    @Test
    void refusesWhatIsNotTheLatest() {
        var path = "/v1/endpoints/" + api.endpoint();
        assertThat(api.put(path, json()).status()).isEqualTo(428);
        assertThat(api.put(path, json(), "If-Match", "\"2\"").status()).isEqualTo(412);
        assertThat(api.put(path, json(), "If-Match", "1").code()).isEqualTo("malformed-request");
        assertThat(api.put(path, json(), "If-Match", "W/\"1\"").status()).isEqualTo(412); // §13.1.1: compared strongly
        assertThat(api.put(path, json(), "If-Match", "\"0\", \"1\"").status()).isEqualTo(200);
        assertThat(api.put(path, json(), "If-Match", "*").status()).isEqualTo(200);
    }

    @Test
    void letsOneOfManyUpdatesOfTheSameVersionWin() throws Exception {
        var path = "/v1/endpoints/" + api.endpoint();
        List<Callable<Answer>> updates = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            var body = "{\"description\":\"by %d\"}".formatted(i);
            updates.add(() -> api.patch(path, body, "If-Match", "\"1\""));
        }
        var statuses = new ArrayList<Integer>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var update : threads.invokeAll(updates)) {
                statuses.add(update.get().status());
            }
        }
        assertThat(statuses).containsOnly(200, 412).containsOnlyOnce(200);
        assertThat(api.get(path).header("ETag")).isEqualTo("\"2\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'timeout':'31s'                    | 422 | timeout          | 31s | 1s",
                "'timeout':15                       | 422 | timeout          | 15  | 30s",
                "'retrySchedule':['0s','soon']      | 422 | retrySchedule[1] | soon | 5m",
                "'retrySchedule':[]                 | 422 | retrySchedule    | 0 delays | 1 to 50",
                "'retrySchedule':['0s','P8D']       | 422 | retrySchedule    | PT192H | 7d",
                "'retrySchedule':['5s','5m']        | 422 | retrySchedule[0] | 5s | '0s'",
                "'ratePerSecond':0                  | 422 | ratePerSecond    | 0 | 1",
                "'ratePerSecond':1.5                | 422 | ratePerSecond    | 1.5 | whole",
                "'concurrency':99999999999          | 422 | concurrency      | 99999999999 | 1000",
                "'eventTypes':['a.b*']              | 422 | eventTypes[0]    | a.b* | alone",
                "'eventTypes':[3]                   | 422 | eventTypes[0]    | 3 | text",
                "'eventTypes':'a'                   | 422 | eventTypes       | a | list",
                "'payload':'xml'                    | 422 | payload          | xml | structured",
                "'ordering':'fifo'                  | 422 | ordering         | fifo | key",
                "'orderingTimeout':'8d'             | 422 | orderingTimeout  | 8d | 7d",
                "'ttl':'0s'                         | 422 | ttl              | 0s | 1s",
                "'conflate':'yes'                   | 422 | conflate         | yes | true",
                "'signature':'v2'                   | 422 | signature        | v2 | v1+v1a",
                "'enabled':1                        | 422 | enabled          | 1 | false",
                "'tenant':'a b'                     | 422 | tenant           | a b | A-Z",
                "'tenant':''                        | 422 | tenant           | '' | A-Z",
                "'headers':{'webhook-id':'x'}       | 422 | headers          | webhook-id | another",
                "'headers':{'X Y':'x'}              | 422 | headers          | X%20Y | A-Z",
                "'headers':{'X':5}                  | 422 | headers          | 'X' | text",
                "'headers':['X']                    | 422 | headers          | object | names",
                "'description':{}                   | 422 | description      | object | text",
                "'id':'ep_x'                        | 422 | id               | id | leave",
                "'chanels':['a']                    | 400 | chanels          | chanels | channels",
                "'retry_schedule':[]                | 400 | retry_schedule   | retry_schedule | retrySchedule",
                "'zzz':1                            | 400 | zzz              | zzz | url",
            })
    void namesFieldValueAndFix(String member, int status, String field, String value, String fix) {
        var answer = api.post("/v1/endpoints", json(member));
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.fields()).containsExactly(field);
        var detail = answer.body().path("errors").path(0).path("detail").asText();
        assertThat(detail)
                .contains(field.replaceAll("\\[.*", ""))
                .contains(value.equals("''") ? "''" : value)
                .contains(fix);
    }

    @Test
    void namesAllThatIsWrongAtOnce() {
        var answer = api.post(
                "/v1/endpoints",
                "{\"url\":\"ftp://x\",\"channels\":[\"a.#\",\"b\",\"**.c\"],\"timeout\":\"1h\",\"ttl\":-1,\"color\":\"red\"}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.fields())
                .containsExactlyInAnyOrder("color", "url", "channels[0]", "channels[2]", "timeout", "ttl");
        assertThat(api.post("/v1/endpoints", "{}").fields()).containsExactly("url", "channels");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "http://10.0.0.1/hook              | may not be called",
                "http://169.254.169.254/latest     | may not be called",
                "http://[::ffff:10.0.0.1]/         | may not be called",
                "gopher://127.0.0.1/               | neither",
                "http://u:hunter2@127.0.0.1/       | user name or password",
                "http://127.0.0.1/#top             | fragment",
                "http://127.0.0.1/a b?hunter2      | character 19",
                "/hook                             | neither",
            })
    void refusesAddressesThatMayNotBeCalled(String url, String why) {
        var answer = api.post("/v1/endpoints", "{\"url\":\"%s\",\"channels\":[\"a\"]}".formatted(url));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.fields()).containsExactly("url");
        assertThat(answer.text()).contains(why).doesNotContain("hunter2");
    }

    @Test
    void neverShowsCredentials() {
        var created = api.post(
                "/v1/endpoints",
                json(
                        "'headers':{'Authorization':'hunter2','X-Api-Key':'hunter2','X-Secret':'hunter2','X-Team':'billing'}"));
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        var path = created.header("Location");
        var read = api.get(path);
        assertThat(created.text()).doesNotContain("hunter2");
        assertThat(read.text()).doesNotContain("hunter2").contains("billing");
        assertThat(read.body().path("headers").path("Authorization").asText()).isEqualTo("***");

        // what is sent back is not what was hidden
        assertThat(api.put(path, read.text(), "If-Match", "*").status()).isEqualTo(200);
        var id = new EndpointId(read.body().path("id").asText());
        assertThat(api.store.find(id).orElseThrow().settings().headers()).containsEntry("Authorization", "hunter2");
        var unknown = api.post("/v1/endpoints", json("'headers':{'Authorization':'***'}"));
        assertThat(unknown.status()).isEqualTo(422);
        assertThat(unknown.fields()).containsExactly("headers");
        assertThat(api.post("/v1/endpoints", json("'headers':{'Authorization':'hunter2\\u00e9'}"))
                        .text())
                .doesNotContain("hunter2");
    }

    @Test
    void keepsTenantsApart() {
        var acme = api.endpoint("'tenant':'acme'");
        var other = api.endpoint("'tenant':'evil'");
        var moved = api.patch("/v1/endpoints/" + other, "{\"tenant\":\"acme\"}", "If-Match", "*");
        assertThat(moved.status()).isEqualTo(422);
        assertThat(moved.fields()).containsExactly("tenant");
        assertThat(api.put("/v1/endpoints/" + other, json("'id':'" + acme + "'"), "If-Match", "*")
                        .fields())
                .containsExactly("id");
        assertThat(api.get("/v1/endpoints?tenant=evil&limit=500").text())
                .contains(other)
                .doesNotContain(acme);
        assertThat(api.registry.find(new EndpointId(other)).orElseThrow().tenant())
                .isEqualTo("evil");
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    private static List<String> names(JsonNode object) {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
