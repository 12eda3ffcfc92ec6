package dev.fanfare.gateway.publish;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fanfare.gateway.config.GatewaySettings.Publish;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.http.ProblemException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishRequestsTest {
    private static final Publish SETTINGS =
            new Publish(true, "events", 4096, 3, Duration.ofSeconds(5), Duration.ofMinutes(5), 100);
    private static final String STRUCTURED = "application/cloudevents+json";
    private static final String BATCH = "application/cloudevents-batch+json";
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final PublishRequests requests = new PublishRequests(SETTINGS);
    private final Map<String, List<String>> query = new HashMap<>();
    private final Map<String, List<String>> headers = new HashMap<>();

    @Test
    void makesAnyBodyAPlainRecordOfTheChannelWithItsBytesUnchanged() {
        var seed = Long.getLong("fanfare.seed", System.nanoTime());
        System.out.println("seed " + seed);
        var body = new byte[1000];
        new Random(seed).nextBytes(body);
        query("channel", "orders.42").header("content-type", "image/png");
        var record = one(body);
        assertThat(record.key()).isEqualTo("orders.42");
        assertThat(record.value()).isEqualTo(body);
        assertThat(sent(record)).containsExactly(Map.entry("content-type", "image/png"));
        assertThat(record.id()).isNull();
    }

    @Test
    void takesAnEmptyBodyForAnEmptyValueAndNotForATombstone() {
        query("channel", "orders.42");
        assertThat(one("").value()).isNotNull().isEmpty();
        header("content-type", STRUCTURED);
        assertThat(one(event("")).value()).isNotNull().isEmpty();
        assertThat(one(event(",\"data\":null")).value()).isNotNull().isEmpty();
    }

    @Test
    void readsACloudEventFromHeaders() {
        query("channel", "orders.42").header("content-type", "application/json; charset=utf-8");
        binary().header("ce-time", "2026-11-21T09:30:00.123+01:00").header("ce-region", "eu");
        var record = one("{ \"n\" : 1.0e2 }");
        assertThat(record.key()).isEqualTo("orders.42");
        assertThat(record.value()).asString(UTF_8).isEqualTo("{ \"n\" : 1.0e2 }");
        assertThat(record.id()).isEqualTo("1");
        assertThat(record.source()).isEqualTo("/shop");
        assertThat(sent(record))
                .containsOnly(
                        Map.entry("ce_specversion", "1.0"),
                        Map.entry("ce_id", "1"),
                        Map.entry("ce_source", "/shop"),
                        Map.entry("ce_type", "order"),
                        Map.entry("ce_time", "2026-11-21T09:30:00.123+01:00"),
                        Map.entry("ce_region", "eu"),
                        Map.entry("content-type", "application/json; charset=utf-8"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Euro%20%E2%82%AC%20%F0%9F%98%80 | Euro € 😀",
                "50%25 | 50%",
                "%2525 | %25",
                "\"a \\\"b\\\" c\" | a \"b\" c",
                "\"a%20b\" | a b",
            })
    void decodesHeaderValuesAsTheHttpBindingSays(String raw, String value) {
        binary().header("ce-subject", raw);
        assertThat(one("").key()).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"50%", "%2", "%zz", "%E2%82", "%C3%28", "Stra\u00dfe", "%00", "%0a"})
    void refusesHeaderValuesThatDecodeToNoText(String raw) {
        binary().header("ce-subject", raw);
        assertThat(refused("", ErrorCode.INVALID_EVENT)).contains("'subject'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ \"b\":1.0e2,\t\"a\" : [ ] }",
                "[1, 2 ,{\"é\":\"😀\"}]",
                "\"text with \\u00e9 and \\\" in it\"",
                "12345678901234567890.10",
                "-0",
                "true"
            })
    void cutsJsonDataOutOfAStructuredEventByteForByte(String data) {
        header("content-type", STRUCTURED + "; charset=UTF-8");
        for (var after : List.of("", "  ,\"region\":\"eu\"", ",\"region\":\"é\"")) {
            var record = one(event(",\"subject\":\"s\", \"data\" :  " + data + " " + after));
            assertThat(record.value()).asString(UTF_8).isEqualTo(data);
            assertThat(sent(record)).containsEntry("content-type", "application/json");
        }
    }

    @Test
    void decodesBinaryAndTextDataOfAStructuredEvent() {
        header("content-type", STRUCTURED);
        var binary = one(event(",\"subject\":\"s\",\"data_base64\":\"AP/+\",\"datacontenttype\":\"image/png\""));
        assertThat(binary.value()).containsExactly(0, 0xff, 0xfe);
        assertThat(sent(binary)).containsEntry("content-type", "image/png");
        var text = one(event(",\"subject\":\"s\",\"data\":\"h\\u00e9\\n\",\"datacontenttype\":\"text/plain\""));
        assertThat(text.value()).asString(UTF_8).isEqualTo("hé\n");
    }

    @Test
    void writesAttributesOfAllJsonTypesInTheirStringForm() {
        header("content-type", STRUCTURED);
        var record = one(event(",\"subject\":\"s\",\"n\":-7,\"yes\":true,\"none\":null,\"empty\":\"\""));
        assertThat(sent(record))
                .containsEntry("ce_n", "-7")
                .containsEntry("ce_yes", "true")
                .containsEntry("ce_empty", "")
                .doesNotContainKey("ce_none");
    }

    @Test
    void takesTheChannelThenThePartitionkeyThenTheSubjectForTheKey() {
        binary().header("ce-subject", "of subject");
        assertThat(one("").key()).isEqualTo("of subject");
        header("ce-partitionkey", "of partitionkey");
        assertThat(one("").key()).isEqualTo("of partitionkey");
        query("channel", "of.channel");
        assertThat(one("").key()).isEqualTo("of.channel");
    }

    @Test
    void namesAllThreeWhereThereIsNoKey() {
        binary();
        assertThat(refused("", ErrorCode.NO_KEY)).contains("channel", "partitionkey", "subject");
        headers.clear();
        assertThat(refused("{}", ErrorCode.NO_KEY)).contains("channel", "ce-");
    }

    @Test
    void carriesTheTraceUnlessTheEventHasItsOwn() {
        query("channel", "a").header("traceparent", PARENT).header("tracestate", "a=1");
        assertThat(sent(one(""))).containsOnly(Map.entry("traceparent", PARENT), Map.entry("tracestate", "a=1"));
        binary();
        assertThat(sent(one(""))).containsEntry("traceparent", PARENT);
        header("ce-traceparent", PARENT.replace('b', 'c'));
        assertThat(sent(one("")))
                .containsEntry("ce_traceparent", PARENT.replace('b', 'c'))
                .doesNotContainKeys("traceparent", "tracestate");
    }

    @Test
    void doesNotPassOnWhatIsNoTrace() {
        query("channel", "a").header("traceparent", "00-" + "0".repeat(32) + "-b7ad6b7169203331-01");
        assertThat(sent(one(""))).isEmpty();
    }

    @Test
    void readsABatchInItsOrder() {
        query("channel", "a").header("content-type", BATCH);
        assertThat(requests.read(request(" [%s , %s] ".formatted(event("", "1"), event("", "2")))))
                .extracting(Outgoing::id)
                .containsExactly("1", "2");
        assertThat(requests.read(request("[]"))).isEmpty();
    }

    @Test
    void saysWhichEventOfABatchIsBad() {
        header("content-type", BATCH);
        var good = event(",\"subject\":\"s\"", "1");
        assertThat(refused("[%s,%s]".formatted(good, event("", "2")), ErrorCode.NO_KEY))
                .startsWith("event 2 of the batch: ");
        assertThat(refused("[%s,%s]".formatted(good, "{\"id\":\"\"}"), ErrorCode.INVALID_EVENT))
                .startsWith("event 2 of the batch: ");
        assertThat(refused("[%s,7]".formatted(good), ErrorCode.INVALID_EVENT)).startsWith("event 2 of the batch");
        assertThat(refused(good, ErrorCode.INVALID_EVENT)).contains("JSON array");
    }

    @Test
    void refusesABatchWithTooManyEvents() {
        query("channel", "a").header("content-type", BATCH);
        var events = IntStream.range(0, 5).mapToObj(i -> event("", "" + i)).collect(Collectors.joining(",", "[", "]"));
        assertThat(refused(events, ErrorCode.TOO_LARGE)).contains("5 events", "publish.batch-max", "3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ce-specversion | 0.3 | specversion",
                "ce-specversion |     | specversion",
                "ce-id | | id",
                "ce-source | | source",
                "ce-source | a b | source",
                "ce-type | | type",
                "ce-subject | | subject",
                "ce-partitionkey | | partitionkey",
                "ce-time | yesterday | time",
                "ce-time | 2026-11-21 | time",
                "ce-time | 2026-13-21T09:30:00Z | time",
                "ce-time | 2026-11-21T09:30:00 | time",
                "ce-dataschema | a b | dataschema",
                "ce-my_name | x | my_name",
                "ce-data | x | data",
                "ce- | x | ''",
                "ce-datacontenttype | text/plain | Content-Type",
                "content-type | nonsense | datacontenttype",
            })
    void namesTheAttributeThatIsBad(String header, String value, String named) {
        query("channel", "a");
        binary().header(header, value == null ? "" : value);
        assertThat(refused("", ErrorCode.INVALID_EVENT)).contains(named).contains(": ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"specversion", "id", "source", "type"})
    void namesTheAttributeThatIsMissing(String name) {
        query("channel", "a");
        binary();
        headers.remove("ce-" + name);
        assertThat(refused("", ErrorCode.INVALID_EVENT)).contains("'" + name + "' is missing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "7",
                "{",
                "{\"id\":\"1\",\"id\":\"2\"}",
                "{\"source\":7}",
                "{\"n\":{}}",
                "{\"data_base64\":\"*\"}",
                "{\"data_base64\":7}",
            })
    void refusesAStructuredBodyThatIsNoCloudEvent(String body) {
        query("channel", "a").header("content-type", STRUCTURED);
        assertThat(refused(body, ErrorCode.INVALID_EVENT)).doesNotContain("specversion");
    }

    @Test
    void refusesASecondEventAfterTheFirst() {
        query("channel", "a").header("content-type", STRUCTURED);
        assertThat(refused(event("") + " " + event(""), ErrorCode.INVALID_EVENT))
                .contains("goes on");
    }

    @Test
    void refusesBothKindsOfDataAtOnce() {
        query("channel", "a").header("content-type", STRUCTURED);
        assertThat(refused(event(",\"data\":1,\"data_base64\":\"\""), ErrorCode.INVALID_EVENT))
                .contains("data twice");
    }

    @Test
    void refusesJsonThatIsNotUtf8OrTooDeep() {
        query("channel", "a").header("content-type", STRUCTURED);
        assertThat(refused(event(",\"data\":\"é\"").getBytes(ISO_8859_1), ErrorCode.INVALID_EVENT))
                .contains("UTF-8");
        assertThat(refused(event(",\"data\":" + "[".repeat(2000)), ErrorCode.INVALID_EVENT))
                .contains("deeper");
        header("content-type", STRUCTURED + ";charset=latin1");
        assertThat(refused(event(""), ErrorCode.UNSUPPORTED_MEDIA_TYPE)).contains("latin1", "UTF-8");
    }

    @Test
    void refusesAnUnknownCloudEventsFormat() {
        query("channel", "a").header("content-type", "application/cloudevents+avro");
        assertThat(refused("", ErrorCode.UNSUPPORTED_MEDIA_TYPE)).contains("+avro", STRUCTURED, BATCH);
    }

    @Test
    void refusesUnknownParametersAndBadChannels() {
        query("topic", "a");
        assertThat(refused("", ErrorCode.UNKNOWN_PARAMETER)).contains("'topic'", "'channel'");
        query.clear();
        query.put("channel", List.of("a", "b"));
        assertThat(refused("", ErrorCode.INVALID_PARAMETER)).contains("channel");
        query("channel", "orders.*");
        assertThat(refused("", ErrorCode.INVALID_CHANNEL)).contains("orders.*");
        query("channel", "");
        assertThat(refused("", ErrorCode.INVALID_CHANNEL)).isNotEmpty();
    }

    private PublishRequestsTest query(String name, String value) {
        query.put(name, List.of(value));
        return this;
    }

    private PublishRequestsTest header(String name, String value) {
        headers.put(name, List.of(value));
        return this;
    }

    private PublishRequestsTest binary() {
        return header("ce-specversion", "1.0")
                .header("ce-id", "1")
                .header("ce-source", "/shop")
                .header("ce-type", "order");
    }

    private static String event(String more) {
        return event(more, "1");
    }

    private static String event(String more, String id) {
        return "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/shop\",\"type\":\"order\"%s}".formatted(id, more);
    }

    private PublishRequest request(String body) {
        return new PublishRequest(query, headers, body.getBytes(UTF_8));
    }

    private Outgoing one(String body) {
        return one(body.getBytes(UTF_8));
    }

    private Outgoing one(byte[] body) {
        var events = requests.read(new PublishRequest(query, headers, body));
        assertThat(events).hasSize(1);
        return events.getFirst();
    }

    private String refused(String body, ErrorCode code) {
        return refused(body.getBytes(UTF_8), code);
    }

    private String refused(byte[] body, ErrorCode code) {
        var problem = catchThrowableOfType(
                ProblemException.class, () -> requests.read(new PublishRequest(query, headers, body)));
        assertThat(problem).isNotNull();
        assertThat(problem.code()).as(problem.detail()).isEqualTo(code);
        return problem.detail();
    }

    private static Map<String, String> sent(Outgoing record) {
        return record.headers().stream().collect(Collectors.toMap(Outgoing.Header::name, Outgoing.Header::value));
    }
}
