package dev.fanfare.events;

import static dev.fanfare.events.Records.headers;
import static dev.fanfare.events.Records.record;
import static dev.fanfare.events.Records.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Records that are no CloudEvents: what they become, and what they are taken for.
final class PlainRecordsTest {
    private final EventDecoder decoder = new EventDecoder();

    @Test
    void wrapsAPlainRecord() throws UndecodableException {
        Event event = decoder.decode(record(utf8("k-1"), utf8("{\"a\":1}"), new RecordHeaders()));
        assertThat(event.id()).isEqualTo("orders/0/42");
        assertThat(event.source()).isEqualTo("/kafka/orders");
        assertThat(event.type()).isEqualTo("dev.fanfare.record");
        assertThat(event.time()).isEqualTo(Instant.parse("2026-11-21T09:30:00Z"));
        assertThat(event.dataContentType()).isEqualTo("application/json");
        assertThat(event.key()).isEqualTo("k-1");
        assertThat(event.extensions()).isEmpty();
        assertThat(decoder.decode(new ConsumerRecord<>("orders", 1, 2, new byte[0], new byte[0]))
                        .time())
                .as("a record without a timestamp")
                .isEqualTo(Instant.EPOCH);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a":[1,2.5e3,"\\u00e9",null,true]} | application/json
            ` [] `                              | application/json
            42                                  | application/json
            "x"                                 | application/json
            null                                | application/json
            hello                               | text/plain
            ``                                  | text/plain
            ` `                                 | text/plain
            {"a":1                              | text/plain
            {"a":1}{"b":2}                      | text/plain
            {"a":1} x                           | text/plain
            {a:1}                               | text/plain
            [1,]                                | text/plain
            01                                  | text/plain
            12x                                 | text/plain
            -                                   | text/plain
            nul                                 | text/plain
            "a                                  | text/plain
            "\\x"                               | text/plain
            """)
    void looksAtDataThatNobodyDescribed(String value, String contentType) throws UndecodableException {
        Event event = decoder.decode(record(value));
        assertThat(event.dataContentType()).isEqualTo(contentType);
        assertThat(event.dataIsJson()).isEqualTo(contentType.equals("application/json"));
        assertThat(event.dataIsText()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "22 ff 22", // no UTF-8 at all
                "22 c0 80 22", // overlong NUL
                "22 c1 bf 22", // overlong
                "22 e0 9f bf 22", // overlong
                "22 f0 8f bf bf 22", // overlong
                "22 ed a0 80 22", // surrogate
                "22 f4 90 80 80 22", // above U+10FFFF
                "22 f5 80 80 80 22",
                "22 80 22", // continuation without lead
                "22 e2 82 22", // cut short
                "22 e2 28 a1 22",
                "22 f0 9f 98",
            })
    void callsBytesWhatIsNotUtf8(String hex) throws UndecodableException {
        Event event = decoder.decode(record(null, hex(hex), new RecordHeaders()));
        assertThat(event.dataContentType()).isEqualTo("application/octet-stream");
        assertThat(event.dataIsText()).isFalse();
        assertThat(event.dataIsJson()).isFalse();
        assertThat(event.data()).isEqualTo(hex(hex));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"22 c2 80 22", "22 df bf e0 a0 80 ed 9f bf ee 80 80 ef bf bf 22", "22 f0 90 80 80 f4 8f bf bf 22"
            })
    void callsTheEdgesOfUtf8Json(String hex) throws UndecodableException {
        assertThat(decoder.decode(record(null, hex(hex), new RecordHeaders())).dataIsJson())
                .isTrue();
    }

    @Test
    void isNotFooledByOtherEncodingsOrDepth() throws UndecodableException {
        assertThat(decoder.decode(record(null, hex("5b 00 5d 00"), new RecordHeaders()))
                        .dataContentType())
                .as("UTF-16")
                .isEqualTo("text/plain");
        assertThat(decoder.decode(record("\uFEFF[]")).dataContentType()).isEqualTo("text/plain");
        assertThat(decoder.decode(record("[".repeat(200) + "]".repeat(200))).dataContentType())
                .isEqualTo("application/json");
        assertThat(decoder.decode(record("[".repeat(201) + "]".repeat(201))).dataContentType())
                .isEqualTo("text/plain");
        assertThat(decoder.decode(record("1".repeat(100_000))).dataContentType())
                .isEqualTo("application/json");
    }

    @Test
    void believesTheContentTypeHeaderButNotThatDataIsJson() throws UndecodableException {
        Event event = decoder.decode(record("oops", "content-type", "application/json"));
        assertThat(event.dataContentType()).isEqualTo("application/json");
        assertThat(event.data()).isEqualTo(utf8("oops"));
        assertThat(event.dataIsJson()).isFalse();
        assertThat(decoder.decode(record("[]", "content-type", "text/csv")).dataIsJson())
                .isFalse();
        assertThat(decoder.decode(record("[]", "content-type", "a\nb")).dataContentType())
                .as("a header that cannot be a media type")
                .isEqualTo("application/json");
    }

    @Test
    void knowsConfluentFramesAndLeavesThemAsTheyAre() throws UndecodableException {
        byte[] framed = hex("00 00 00 01 02 7b 7d");
        Event event = decoder.decode(record(null, framed, new RecordHeaders()));
        assertThat(event.confluentFramed()).isTrue();
        assertThat(event.extensions()).containsExactly(entry("confluentschemaid", "258"));
        assertThat(event.dataContentType()).isEqualTo("application/vnd.confluent");
        assertThat(event.data()).isSameAs(framed);
        assertThat(event.dataIsText()).as("binary even where it is UTF-8").isFalse();
        assertThat(event.dataIsJson()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"00 00 00 01 02", "00 00 00 00 00 00 00 2a", "01 00 00 01 02 7b", "00 ff ff ff ff 7b", "00"})
    void doesNotSeeConfluentFramesEverywhere(String hex) throws UndecodableException {
        Event event = decoder.decode(record(null, hex(hex), new RecordHeaders()));
        assertThat(event.confluentFramed()).isFalse();
        assertThat(event.extensions()).isEmpty();
    }

    @Test
    void takesNoFrameForOneWhereTheContentTypeIsGiven() throws UndecodableException {
        var headers = headers("content-type", "application/octet-stream");
        assertThat(decoder.decode(record(null, hex("00 00 00 00 01 02"), headers))
                        .confluentFramed())
                .isFalse();
    }

    @Test
    void neverFailsForAKey() throws UndecodableException {
        assertThat(decoder.decode(record(utf8("größe"), utf8("x"), headers())).key())
                .isEqualTo("größe");
        assertThat(decoder.decode(record(new byte[0], utf8("x"), headers())).key())
                .isEmpty();
        byte[] binary = hex("ff fe 00 3e");
        assertThat(decoder.decode(record(binary, utf8("x"), headers())).key())
                .isEqualTo("base64:" + Base64.getUrlEncoder().withoutPadding().encodeToString(binary));
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
