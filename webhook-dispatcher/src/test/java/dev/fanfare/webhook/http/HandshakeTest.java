package dev.fanfare.webhook.http;

import static dev.fanfare.webhook.http.RawServer.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.http.Handshake.Granted;
import dev.fanfare.webhook.http.Handshake.Refused;
import dev.fanfare.webhook.http.Handshake.Reply;
import java.net.URI;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class HandshakeTest {
    private static final String ORIGIN = "events.example.com";

    @Test
    void asksForItsOriginAndRate() throws Exception {
        try (var server = RawServer.answering(answer(200, "WebHook-Allowed-Origin: *"));
                var sender = Senders.loopback()) {
            new Handshake(sender, ORIGIN)
                    .ask(url(server), Map.of("Authorization", "Bearer x"), OptionalInt.of(120), Senders.LONG);
            assertThat(server.requests()).hasSize(1);
            assertThat(server.requests().getFirst())
                    .startsWith("OPTIONS /hook HTTP/1.1\r\n")
                    .contains("WebHook-Request-Origin: events.example.com\r\n", "WebHook-Request-Rate: 120\r\n")
                    .contains("Authorization: Bearer x\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", ORIGIN, "Events.Example.COM"})
    void isGrantedForAnyOriginAndItsOwn(String origin) throws Exception {
        assertThat(ask(answer(200, "WebHook-Allowed-Origin: " + origin))).isEqualTo(new Granted(OptionalInt.empty()));
    }

    @ParameterizedTest
    @CsvSource({"100,100", "1,1", "999999999,999999999", "*,"})
    void isGrantedARate(String rate, Integer expected) throws Exception {
        assertThat(ask(answer(204, "WebHook-Allowed-Origin: *", "WebHook-Allowed-Rate: " + rate)))
                .isEqualTo(new Granted(expected == null ? OptionalInt.empty() : OptionalInt.of(expected)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1.5", "many", "9999999999"})
    void isRefusedWithARateThatIsNone(String rate) throws Exception {
        assertThat(ask(answer(200, "WebHook-Allowed-Origin: *", "WebHook-Allowed-Rate: " + rate)))
                .isInstanceOf(Refused.class);
    }

    @Test
    void isRefusedWithoutConsent() throws Exception {
        assertThat(ask(answer(200))).isInstanceOf(Refused.class);
        assertThat(ask(answer(200, "WebHook-Allowed-Origin: other.example.com")))
                .isInstanceOf(Refused.class);
        assertThat(ask(answer(405, "WebHook-Allowed-Origin: *"))).isInstanceOf(Refused.class);
        assertThat(ask(answer(301, "WebHook-Allowed-Origin: *", "Location: /hook")))
                .isInstanceOf(Refused.class);
        assertThat(ask(answer(503, "Retry-After: 0", "WebHook-Allowed-Origin: *")))
                .isEqualTo(new Refused("The receiver answered the handshake with 503."));
    }

    private static Reply ask(String answer) throws Exception {
        try (var server = RawServer.answering(answer);
                var sender = Senders.loopback()) {
            var reply = new Handshake(sender, ORIGIN).ask(url(server), Map.of(), OptionalInt.empty(), Senders.LONG);
            assertThat(server.requests()).hasSize(1);
            return reply;
        }
    }

    private static URI url(RawServer server) {
        return URI.create("http://127.0.0.1:" + server.port() + "/hook");
    }
}
