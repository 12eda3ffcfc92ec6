package dev.fanfare.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StructuredWriterTest {
    private final EventDecoder decoder = new EventDecoder();

    private Event event(byte @Nullable [] key, byte @Nullable [] data, String... headers) throws UndecodableException {
        return decoder.decode(Records.record(key, data, Records.headers(headers)));
    }

    private static byte[] written(Event event, String... own) {
        var out = new JsonBytes(1);
        StructuredWriter.open(out, event, Set.of(own));
        StructuredWriter.exactData(out, event);
        return out.raw("}").done();
    }

    private Event readBack(byte[] json) throws UndecodableException {
        return decoder.decode(Records.record(
                null, json, Records.headers("content-type", "application/cloudevents+json; charset=utf-8")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            application/json     | {"a": [1, "\u00e9"]}
            application/json     | not json
            application/json     | "text"
            application/a+json   | 12e1
            application/json     | 12e
            text/plain           | {"a":1}
            text/plain           | "quoted" \u20ac
            application/xml      | <a/>
            """)
    void keepsTheExactBytesOfData(String contentType, String data) throws UndecodableException {
        var event = event(null, data.getBytes(UTF_8), "content-type", contentType);
        var back = readBack(written(event));
        assertThat(back.data()).isEqualTo(data.getBytes(UTF_8));
        assertThat(back.dataContentType()).isEqualTo(contentType);
    }

    @Test
    void keepsBytesThatAreNoText() throws UndecodableException {
        byte[] bytes = {0, (byte) 0xFF, (byte) 0xC0};
        assertThat(readBack(written(event(null, bytes))).data()).isEqualTo(bytes);
        assertThat(readBack(written(event(null, bytes, "content-type", "application/json")))
                        .data())
                .isEqualTo(bytes);
    }

    @Test
    void keepsTextThatNobodyDescribedFromBeingReadAsJson() throws UndecodableException {
        var described = event(null, "12".getBytes(UTF_8));
        var event = new Event(
                described.id(),
                described.source(),
                described.type(),
                null,
                null,
                null,
                described.time(),
                "plain".getBytes(UTF_8),
                false,
                described.extensions(),
                null,
                "orders",
                0,
                42,
                0);
        assertThat(readBack(written(event)).data()).isEqualTo("plain".getBytes(UTF_8));
    }

    @Test
    void writesEveryAttribute() throws UndecodableException {
        var event = event(
                "k\"1".getBytes(UTF_8),
                "{}".getBytes(UTF_8),
                "content-type",
                "application/json",
                "ce_specversion",
                "1.0",
                "ce_id",
                "é\\1",
                "ce_source",
                "/s",
                "ce_type",
                "t",
                "ce_subject",
                "sub",
                "ce_dataschema",
                "urn:s",
                "ce_time",
                "2026-11-21T10:00:00Z",
                "ce_partitionkey",
                "not the record's",
                "ce_tenantid",
                "acme",
                "ce_mine",
                "theirs");
        var json = written(event, "mine");
        var back = readBack(json);
        assertThat(new String(json, UTF_8)).contains("\"partitionkey\":\"k\\\"1\",\"tenantid\":\"acme\"");
        assertThat(back.extensions()).containsOnlyKeys("partitionkey", "tenantid");
        assertThat(Arrays.asList(back.id(), back.source(), back.type(), back.subject(), back.dataSchema(), back.time()))
                .isEqualTo(Arrays.asList(
                        event.id(), event.source(), event.type(), event.subject(), event.dataSchema(), event.time()));
    }

    @Test
    void keepsTheEventsPartitionKeyWhereTheRecordHasNoKey() throws UndecodableException {
        var event = event(
                null,
                null,
                "ce_specversion",
                "1.0",
                "ce_id",
                "1",
                "ce_source",
                "/s",
                "ce_type",
                "t",
                "ce_partitionkey",
                "7");
        assertThat(new String(written(event), UTF_8))
                .contains("\"partitionkey\":\"7\"")
                .endsWith(",\"data\":null,\"deleted\":true}");
    }
}
