package dev.fanfare.gateway.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientMessageTest {
    @Test
    void readsWhatAClientMaySay() {
        assertThat(ClientMessage.parse("{\"type\":\"subscribe\",\"id\":\"1\",\"channels\":[\"a\",\"b.*\"]}"))
                .isEqualTo(new ClientMessage.Subscribe("1", List.of("a", "b.*"), Map.of(), false));
        assertThat(ClientMessage.parse("{\"type\":\"subscribe\",\"channels\":[\"a\"],\"state\":true}"))
                .isEqualTo(new ClientMessage.Subscribe(null, List.of("a"), Map.of(), true));
        assertThat(ClientMessage.parse("{\"type\":\"subscribe\",\"channels\":[\"a\"],\"policy\":\"sample\","
                        + "\"interval\":\"2s\",\"priority\":\"low\"}"))
                .isEqualTo(new ClientMessage.Subscribe(
                        null, List.of("a"), Map.of("policy", "sample", "interval", "2s", "priority", "low"), false));
        assertThat(ClientMessage.parse("{\"channels\":[\"a\"],\"type\":\"unsubscribe\"}"))
                .isEqualTo(new ClientMessage.Unsubscribe(null, List.of("a")));
        assertThat(ClientMessage.parse(" {\"type\" : \"ping\", \"id\" : \"\\u00e9\"} "))
                .isEqualTo(new ClientMessage.Ping("\u00e9"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"1.50", "\"x \\u00e9\"", "{ \"a\" : [1,  2] }", "[]", "null", "true", "\"\u00e9\u4e2d\""})
    void takesTheBytesOfDataAsTheyAre(String data) {
        var message = "{\"type\":\"publish\",\"data\":" + data + ",\"channel\":\"a\",\"idempotencyKey\":\"k\"}";
        assertThat(ClientMessage.parse(message)).isInstanceOfSatisfying(ClientMessage.Publish.class, publish -> {
            assertThat(publish.body()).asString(UTF_8).isEqualTo(data);
            assertThat(publish.channel()).isEqualTo("a");
            assertThat(publish.idempotencyKey()).isEqualTo("k");
            assertThat(publish.cloudEvent()).isFalse();
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "nonsense | the message is not JSON",
                "{\"type\":\"ping\" | the message is not JSON",
                "{\"type\":\"ping\"} {} | goes on after its JSON object",
                "[] | is no JSON object",
                "{} | 'type' is missing",
                "{\"type\":\"pign\"} | did you mean 'ping'?",
                "{\"type\":\"ping\",\"channels\":[\"a\"]} | 'ping' has no member 'channels'",
                "{\"type\":\"subscribe\",\"channel\":\"a\"} | did you mean 'channels'?",
                "{\"type\":\"subscribe\",\"channels\":\"a\"} | 'channels' is no array of strings",
                "{\"type\":\"subscribe\",\"channels\":[1]} | 'channels' is no array of strings",
                "{\"type\":\"subscribe\",\"channels\":[]} | 'channels' is missing",
                "{\"type\":\"subscribe\",\"channels\":[\"a\"],\"polcy\":\"sample\"} | did you mean 'policy'?",
                "{\"type\":\"subscribe\",\"channels\":[\"a\"],\"interval\":2} | 'interval' is no string",
                "{\"type\":\"unsubscribe\",\"channels\":[\"a\"],\"policy\":\"sample\"} | has no member 'policy'",
                "{\"type\":\"publish\",\"channel\":\"a\"} | either 'data' or 'event'",
                "{\"type\":\"publish\",\"channel\":\"a\",\"data\":1,\"event\":{}} | either 'data' or 'event'",
                "{\"type\":\"publish\",\"data\":1} | 'channel' is missing",
                "{\"type\":\"publish\",\"data\":1,\"channel\":true} | 'channel' is no string",
                "{\"type\":\"ping\",\"id\":5} | 'id' is no string",
                "{\"type\":\"ping\",\"id\":null} | 'id' is no string",
            })
    void saysWhatIsWrong(String message, String detail) {
        assertThat(ClientMessage.parse(message)).isInstanceOfSatisfying(ClientMessage.Wrong.class, wrong -> {
            assertThat(wrong.code()).isEqualTo(ErrorCode.INVALID_MESSAGE);
            assertThat(wrong.detail()).contains(detail);
        });
    }

    @Test
    void namesTheMessageThatIsWrongWhereItCan() {
        assertThat(ClientMessage.parse("{\"id\":\"7\",\"type\":\"pign\"}"))
                .isInstanceOfSatisfying(
                        ClientMessage.Wrong.class,
                        wrong -> assertThat(wrong.id()).isEqualTo("7"));
    }
}
