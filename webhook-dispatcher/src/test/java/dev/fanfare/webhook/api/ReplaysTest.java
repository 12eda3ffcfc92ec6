package dev.fanfare.webhook.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.api.Replays.Range;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplaysTest {
    private static final String SINCE = "{\"since\":\"2026-11-20T08:00:00Z\"}";

    private static TestApi api;

    @BeforeAll
    static void start() {
        api = new TestApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static String path() {
        return "/v1/endpoints/" + api.endpoint() + "/replay";
    }

    private static Replays.Request request(String id) {
        return Optional.ofNullable(api.replays.byId.get(id)).orElseThrow().request();
    }

    @Test
    void replaysWhatIsMissingSinceATime() {
        var path = path();
        var started = api.post(path, SINCE);
        assertThat(started.status()).as(started.text()).isEqualTo(202);
        var id = started.body().path("id").asText();
        assertThat(request(id))
                .isEqualTo(new Replays.Request(
                        new Range.Times(Instant.parse("2026-11-20T08:00:00Z"), Optional.empty()),
                        true,
                        false,
                        OptionalInt.empty()));
        assertThat(started.body()).isEqualTo(TestApi.parse("""
                {"id":"%s","state":"running","detail":"","since":"2026-11-20T08:00:00Z","until":null,
                "missingOnly":true,"dryRun":false,"ratePerSecond":null,"matched":0,"queued":0,
                "createdAt":"2026-11-20T08:00:00Z","updatedAt":"2026-11-20T08:00:00Z"}\
                """.formatted(id)));
    }

    @Test
    void replaysAllFromOffsetsOnOrOnlyCounts() {
        var started = api.post(path(), """
                {"topic":"orders","offsets":{"0":17,"3":0},"missingOnly":false,"dryRun":true,"ratePerSecond":50}\
                """);
        assertThat(started.status()).as(started.text()).isEqualTo(202);
        assertThat(request(started.body().path("id").asText()))
                .isEqualTo(new Replays.Request(
                        new Range.Offsets("orders", Map.of(0, 17L, 3, 0L)), false, true, OptionalInt.of(50)));
        assertThat(started.body().path("offsets")).isEqualTo(TestApi.parse("{\"0\":17,\"3\":0}"));
        assertThat(started.body().path("dryRun").asBoolean()).isTrue();
    }

    @Test
    void showsListsAndCancels() {
        var path = path();
        var id = api.post(path, SINCE).body().path("id").asText();
        assertThat(api.get(path + "/" + id).body().path("state").asText()).isEqualTo("running");
        assertThat(api.get(path).body().path("items").findValuesAsText("id")).contains(id);
        assertThat(api.delete(path + "/" + id).body().path("state").asText()).isEqualTo("cancelled");
        assertThat(api.get(path + "/" + id).body().path("state").asText()).isEqualTo("cancelled");
        assertThat(api.get(path + "/rp_x").status()).isEqualTo(404);
        assertThat(api.delete(path + "/rp_x").status()).isEqualTo(404);
    }

    @Test
    void beginsOnePerKey() {
        var path = path();
        var first = api.post(path, SINCE, "Idempotency-Key", "replay-1");
        int begun = api.replays.byId.size();
        var again = api.post(path, SINCE, "Idempotency-Key", "replay-1");
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(api.replays.byId).hasSize(begun);
        assertThat(api.post(path, SINCE).body().path("id"))
                .isNotEqualTo(first.body().path("id"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                                            | 422 | since         | offsets",
                "{'since':'2026-11-20T08:00:00Z','offsets':{'0':1}}            | 422 | since         | one of them",
                "{'since':'soon'}                                              | 422 | since         | 'soon'",
                "{'since':'2026-11-20T08:00:00Z','until':'2026-11-20T07:00:00Z'} | 422 | until       | later",
                "{'since':'2026-11-20T08:00:00Z','topic':'orders'}             | 422 | topic         | leave it out",
                "{'offsets':{'0':1}}                                           | 422 | topic         | name the topic",
                "{'topic':'orders','offsets':{}}                               | 422 | offsets       | empty",
                "{'topic':'orders','offsets':{'-1':1}}                         | 422 | offsets       | '-1'",
                "{'topic':'orders','offsets':{'0':-1}}                         | 422 | offsets       | -1",
                "{'topic':'orders','offsets':[1]}                              | 422 | offsets       | object",
                "{'since':'2026-11-20T08:00:00Z','ratePerSecond':0}            | 422 | ratePerSecond | 0",
                "{'since':'2026-11-20T08:00:00Z','missingOnly':'yes'}          | 422 | missingOnly   | true or false",
                "{'since':'2026-11-20T08:00:00Z','dryrun':true}                | 400 | dryrun        | dryRun",
            })
    void namesFieldValueAndFix(String body, int status, String field, String fix) {
        var before = api.replays.byId.size();
        var answer = api.post(path(), body.replace('\'', '"'));
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.fields()).containsExactly(field);
        assertThat(answer.body().path("detail").asText()).contains(fix);
        assertThat(api.replays.byId).hasSize(before);
    }
}
