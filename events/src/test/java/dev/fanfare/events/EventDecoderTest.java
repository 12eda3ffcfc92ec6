package dev.fanfare.events;

import static dev.fanfare.events.Records.headers;
import static dev.fanfare.events.Records.record;
import static dev.fanfare.events.Records.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import dev.fanfare.events.UndecodableException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Records that are CloudEvents, in both modes of the Kafka binding.
final class EventDecoderTest {
    private static final String STRUCTURED = "application/cloudevents+json; charset=UTF-8";
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final EventDecoder decoder = new EventDecoder();

    // --- binary mode

    @Test
    void readsTheBindingsExampleInBinaryMode() throws UndecodableException {
        // Kafka protocol binding 1.0.2 §3.2.6, with a time of another offset
        Event event = decoder.decode(record(
                "{\"a\": 1}",
                "ce_specversion",
                "1.0",
                "ce_type",
                "com.example.someevent",
                "ce_source",
                "/mycontext/subcontext",
                "ce_id",
                "1234-1234-1234",
                "ce_time",
                "2018-04-05T03:56:24+02:00",
                "ce_subject",
                "größe",
                "ce_dataschema",
                "https://example.com/schema",
                "ce_comexampleextension1",
                "ext%20value",
                "content-type",
                "application/avro"));
        assertThat(event.id()).isEqualTo("1234-1234-1234");
        assertThat(event.source()).isEqualTo("/mycontext/subcontext");
        assertThat(event.type()).isEqualTo("com.example.someevent");
        assertThat(event.subject()).isEqualTo("größe");
        assertThat(event.dataContentType()).isEqualTo("application/avro");
        assertThat(event.dataSchema()).isEqualTo("https://example.com/schema");
        assertThat(event.time()).isEqualTo(Instant.parse("2018-04-05T01:56:24Z"));
        assertThat(event.extensions())
                .as("the Kafka binding has no percent-encoding")
                .containsExactly(entry("comexampleextension1", "ext%20value"));
        assertThat(event.data()).isEqualTo(utf8("{\"a\": 1}"));
        assertThat(event.dataLength()).isEqualTo(8);
        assertThat(event.deleted()).isFalse();
        assertThat(event.key()).isNull();
        assertThat(event.topic()).isEqualTo("orders");
        assertThat(event.partition()).isZero();
        assertThat(event.offset()).isEqualTo(42);
        assertThat(event.timestamp()).isEqualTo(Records.TIMESTAMP);
    }

    @Test
    void takesTheRecordsTimeAndALookAtTheDataWhereABinaryEventSaysNothing() throws UndecodableException {
        Event event = decoder.decode(binary("[1]"));
        assertThat(event.time()).isEqualTo(Instant.parse("2026-11-21T09:30:00Z"));
        assertThat(event.dataContentType()).isEqualTo("application/json");
        assertThat(event.subject()).isNull();
        assertThat(event.extensions()).isEmpty();
        assertThat(decoder.decode(binary("[1]", "ce_datacontenttype", "text/x")).dataContentType())
                .isEqualTo("text/x");
        assertThat(decoder.decode(binary("[1]", "ce_type", "t2")).type())
                .as("of headers with one name the last")
                .isEqualTo("t2");
    }

    @Test
    void readsANullValueAsDeleted() throws UndecodableException {
        Event plain = decoder.decode(record(utf8("k"), null, headers("content-type", STRUCTURED)));
        assertThat(plain.deleted()).isTrue();
        assertThat(plain.data()).isNull();
        assertThat(plain.dataLength()).isZero();
        assertThat(plain.dataContentType()).isNull();
        assertThat(plain.type()).isEqualTo("dev.fanfare.record");
        assertThat(plain.key()).isEqualTo("k");
        Event cloudEvent = decoder.decode(binary(null));
        assertThat(cloudEvent.deleted()).isTrue();
        assertThat(cloudEvent.type()).isEqualTo("t");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ce_specversion | ``            | MISSING_ATTRIBUTE       | no specversion
            ce_specversion | 0.3           | UNSUPPORTED_SPECVERSION | specversion '0.3' is not known: write 1.0
            ce_id          | ``            | MISSING_ATTRIBUTE       | no id
            ce_source      | ``            | MISSING_ATTRIBUTE       | no source
            ce_type        | ``            | MISSING_ATTRIBUTE       | no type
            ce_time        | yesterday     | INVALID_TIME            | time 'yesterday' is not RFC 3339
            ce_time        | 2018-04-05    | INVALID_TIME            | RFC 3339
            ce_time        | +1000000000-01-01T00:00:00Z | INVALID_TIME | RFC 3339
            ce_Foo         | x             | INVALID_ATTRIBUTE       | 'Foo' has a name that no attribute may have
            ce_            | x             | INVALID_ATTRIBUTE       | ''
            ce_data        | x             | INVALID_ATTRIBUTE       | 'data'
            ce_data_base64 | x             | INVALID_ATTRIBUTE       | 'data_base64'
            """)
    void refusesABinaryEventAndNamesTheAttribute(String header, String value, Reason reason, String message) {
        assertUndecodable(binary("x", header, value), reason, message);
    }

    @Test
    void refusesABinaryEventWithoutARequiredHeader() {
        assertUndecodable(record("x", "ce_id", "1"), Reason.MISSING_ATTRIBUTE, "no specversion");
        assertUndecodable(record("x", "ce_id", "1", "ce_specversion", "1.0"), Reason.MISSING_ATTRIBUTE, "no source");
    }

    @Test
    void refusesAttributesThatWouldBreakOutOfALine() {
        assertUndecodable(
                binary("x", "ce_type", "t\nid: 7"), Reason.INVALID_ATTRIBUTE, "'type' has a control character");
        var headers = headers("ce_specversion", "1.0", "ce_id", "1", "ce_source", "s");
        headers.add("ce_type", new byte[] {(byte) 0xC0, (byte) 0x80});
        assertUndecodable(record(null, utf8("x"), headers), Reason.INVALID_ATTRIBUTE, "'ce_type' is not UTF-8");
    }

    @Test
    void boundsExtensions() throws UndecodableException {
        var headers = headers("ce_specversion", "1.0", "ce_id", "1", "ce_source", "s", "ce_type", "t");
        for (int i = 0; i < 100; i++) {
            headers.add("ce_x" + i, utf8("v"));
        }
        assertThat(decoder.decode(record(null, utf8("x"), headers)).extensions())
                .hasSize(100);
        headers.add("ce_onemore", utf8("v"));
        assertUndecodable(record(null, utf8("x"), headers), Reason.TOO_MANY_ATTRIBUTES, "more than 100");
    }

    // --- structured mode

    @Test
    void readsTheFormatsExampleInStructuredMode() throws UndecodableException {
        Event event = structured("""
                {
                  "specversion" : "1.0",
                  "type" : "com.example.someevent",
                  "source" : "/mycontext",
                  "subject": null,
                  "id" : "C234-1234-1234",
                  "time" : "2018-04-05T17:31:00Z",
                  "comexampleextension1" : "value",
                  "comexampleothervalue" : 5,
                  "flag" : true,
                  "datacontenttype" : "application/vnd.apache.thrift.binary",
                  "data_base64" : "AQID/w=="
                }""");
        assertThat(event.id()).isEqualTo("C234-1234-1234");
        assertThat(event.source()).isEqualTo("/mycontext");
        assertThat(event.subject()).isNull();
        assertThat(event.time()).isEqualTo(Instant.parse("2018-04-05T17:31:00Z"));
        assertThat(event.extensions())
                .containsExactly(
                        entry("comexampleextension1", "value"),
                        entry("comexampleothervalue", "5"),
                        entry("flag", "true"));
        assertThat(event.dataContentType()).isEqualTo("application/vnd.apache.thrift.binary");
        assertThat(event.data()).containsExactly(1, 2, 3, 0xFF);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ \"a\" :\t[1, 2.50,\n -0e7 ] , \"ü\":\"\\u00fc€😀\" }",
                "[]",
                "{}",
                "\"text \\\" with \\\\ quotes\"",
                "\"\"",
                "12",
                "-1.50E+3",
                "true",
                "false",
                "[{\"data\":{\"data\":1}}]"
            })
    void keepsTheBytesOfJsonData(String data) throws UndecodableException {
        for (String template : new String[] {
            "{'specversion':'1.0','id':'1','source':'s','type':'t','data':DATA}",
            "{'data':DATA,'specversion':'1.0','id':'1','source':'s','type':'t'}",
            " {\n'specversion':'1.0','id':'ü', 'data'  : \r\n\tDATA \n , 'source':'s','type':'t','x':1} \n",
            "\uFEFF{'specversion':'1.0','data': DATA ,'id':'1','source':'s','type':'t'}"
        }) {
            Event event = structured(template.replace('\'', '"').replace("DATA", data));
            assertThat(event.data()).asString().isEqualTo(data);
            assertThat(event.dataContentType()).isEqualTo("application/json");
            assertThat(event.dataIsJson()).isTrue();
        }
    }

    @Test
    void readsAStringOfAnotherContentTypeAsThatContent() throws UndecodableException {
        String attributes = "{'specversion':'1.0','id':'1','source':'s','type':'t',";
        assertThat(structured(attributes + "'data':'<a b=\\\"ü\\\"/>\\n','datacontenttype':'text/xml'}")
                        .data())
                .asString()
                .isEqualTo("<a b=\"ü\"/>\n");
        assertThat(structured(attributes + "'datacontenttype':'text/plain','data':''}")
                        .data())
                .isEmpty();
        assertThat(structured(attributes + "'datacontenttype':'application/vnd.x+json','data':'a'}")
                        .data())
                .asString()
                .isEqualTo("\"a\"");
        assertThat(structured(attributes + "'datacontenttype':'Application/JSON ; charset=utf-8','data':'a'}")
                        .data())
                .asString()
                .isEqualTo("\"a\"");
        assertThat(structured(attributes + "'datacontenttype':'text/plain','data':{'a' : 1}}")
                        .data())
                .asString()
                .isEqualTo("{\"a\" : 1}");
    }

    @Test
    void tellsNoDataFromADeletedRecord() throws UndecodableException {
        for (String data : new String[] {"", ",'data':null", ",'data_base64':null"}) {
            Event event = structured("{'specversion':'1.0','id':'1','source':'s','type':'t'" + data + "}");
            assertThat(event.data()).isNull();
            assertThat(event.deleted()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                                              | INVALID_JSON        | is no object
            [$]                                             | INVALID_JSON        | is no object
            "x"                                             | INVALID_JSON        | is no object
            {$                                              | INVALID_JSON        | is malformed
            {$,}                                            | INVALID_JSON        | is malformed
            {$} {}                                          | INVALID_JSON        | goes on after its object
            {$} x                                           | INVALID_JSON        | is malformed
            {$,'data':{'a':}}                               | INVALID_JSON        | is malformed
            {$,'data':NaN}                                  | INVALID_JSON        | is malformed
            {$,'data':01}                                   | INVALID_JSON        | is malformed
            {$,'id':'2'}                                    | INVALID_ATTRIBUTE   | 'id' is there twice
            {$,'x':'2','x':'2'}                             | INVALID_ATTRIBUTE   | 'x' is there twice
            {$,'x':{}}                                      | INVALID_ATTRIBUTE   | 'x' is not a string
            {$,'x':[]}                                      | INVALID_ATTRIBUTE   | 'x' is not a string
            {$,'subject':5}                                 | INVALID_ATTRIBUTE   | 'subject' is not a string
            {$,'comEx':'2'}                                 | INVALID_ATTRIBUTE   | 'comEx' has a name
            {$,'':'2'}                                      | INVALID_ATTRIBUTE   | '' has a name
            {$,'subject':'\\u0000'}                         | INVALID_ATTRIBUTE   | control character
            {$,'subject':'\\ud800'}                         | INVALID_ATTRIBUTE   | half a surrogate pair
            {$,'data':1,'data':2}                           | INVALID_DATA        | data twice
            {$,'data':1,'data_base64':'AA=='}               | INVALID_DATA        | data twice
            {$,'data_base64':'AA==','data':1}               | INVALID_DATA        | data twice
            {$,'data_base64':'A'}                           | INVALID_DATA        | is not base64
            {$,'data_base64':5}                             | INVALID_DATA        | is no string
            {$,'datacontenttype':'text/x','data':'\\udc00'} | INVALID_DATA        | half a surrogate pair
            {$,'time':'2018'}                               | INVALID_TIME        | time '2018' is not RFC 3339
            {'id':'1','source':'s','type':'t'}              | MISSING_ATTRIBUTE   | no specversion
            {'specversion':'1.0','source':'s','type':'t'}   | MISSING_ATTRIBUTE   | no id
            {'specversion':'2.0'}                           | UNSUPPORTED_SPECVERSION | '2.0'
            {'specversion':1.0}                             | INVALID_ATTRIBUTE   | write it in quotes
            """)
    void refusesAStructuredEventAndSaysWhy(String text, Reason reason, String message) {
        String json = text.replace("$", "'specversion':'1.0','id':'1','source':'s','type':'t'");
        assertUndecodable(record(json.replace('\'', '"'), "content-type", STRUCTURED), reason, message);
    }

    @Test
    void refusesOtherEventFormatsEachForItsReason() {
        assertUndecodable(
                record("[]", "content-type", "application/cloudevents-batch+json"), Reason.BATCH_FORMAT, "is a batch");
        assertUndecodable(
                record("x", "content-type", "application/cloudevents+avro"),
                Reason.UNSUPPORTED_FORMAT,
                "write application/cloudevents+json");
        assertUndecodable(record("x", "content-type", "application/cloudevents"), Reason.UNSUPPORTED_FORMAT, "");
    }

    @Test
    void refusesStructuredEventsThatAreNotUtf8OrTooDeep() {
        var headers = headers("content-type", STRUCTURED);
        assertUndecodable(record(null, "{}".getBytes(StandardCharsets.UTF_16LE), headers), Reason.INVALID_JSON, "");
        assertUndecodable(
                record(null, new byte[] {'{', '"', (byte) 0xC3, '"'}, headers), Reason.INVALID_JSON, "is not UTF-8");
        String overlong = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"data\":\"??\"}";
        byte[] bytes = utf8(overlong);
        bytes[overlong.indexOf('?')] = (byte) 0xC0;
        bytes[overlong.indexOf('?') + 1] = (byte) 0x80;
        assertUndecodable(record(null, bytes, headers), Reason.INVALID_JSON, "the value is not UTF-8");
        String deep = "{\"data\":" + "[".repeat(100_000);
        assertUndecodable(record(null, utf8(deep), headers), Reason.INVALID_JSON, "nests deeper than 200");
    }

    // --- trace context

    @Test
    void carriesTheTraceInEveryMode() throws UndecodableException {
        String[] trace = {"traceparent", TRACE, "tracestate", "a=b"};
        assertThat(decoder.decode(record("x", trace)).extensions())
                .containsExactly(entry("traceparent", TRACE), entry("tracestate", "a=b"));
        assertThat(decoder.decode(binary("x", trace)).extensions()).containsEntry("traceparent", TRACE);
        String json = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\"}";
        assertThat(decoder.decode(record(json, "content-type", STRUCTURED, "traceparent", TRACE))
                        .extensions())
                .containsEntry("traceparent", TRACE);
    }

    @Test
    void prefersTheEventsOwnTraceAndDropsBadOnes() throws UndecodableException {
        String own = TRACE.replace("0af7", "ffff");
        assertThat(decoder.decode(binary("x", "ce_traceparent", own, "traceparent", TRACE, "tracestate", "a=b"))
                        .extensions())
                .containsExactly(entry("traceparent", own));
        assertThat(decoder.decode(record("x", "traceparent", "00-xyz", "tracestate", "a=b"))
                        .extensions())
                .isEmpty();
        assertThat(decoder.decode(record("x", "traceparent", TRACE, "tracestate", "a\nb"))
                        .extensions())
                .containsExactly(entry("traceparent", TRACE));
    }

    @Test
    void namesReasonsInKebabCase() {
        assertThat(Reason.INVALID_JSON.code()).isEqualTo("invalid-json");
        assertThat(Reason.UNSUPPORTED_SPECVERSION.code()).isEqualTo("unsupported-specversion");
    }

    private Event structured(String json) throws UndecodableException {
        return decoder.decode(record(json.replace('\'', '"'), "content-type", STRUCTURED));
    }

    private static ConsumerRecord<byte[], byte[]> binary(@Nullable String value, String... more) {
        var headers = headers("ce_specversion", "1.0", "ce_id", "1", "ce_source", "s", "ce_type", "t");
        headers(more).forEach(headers::add);
        return record(null, value == null ? null : utf8(value), headers);
    }

    private void assertUndecodable(ConsumerRecord<byte[], byte[]> record, Reason reason, String message) {
        assertThatExceptionOfType(UndecodableException.class)
                .isThrownBy(() -> decoder.decode(record))
                .withMessageContaining(message)
                .satisfies(undecodable -> {
                    assertThat(undecodable.reason()).isEqualTo(reason);
                    assertThat(undecodable.getStackTrace()).isEmpty();
                });
    }
}
