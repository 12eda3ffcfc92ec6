package dev.fanfare.gateway.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.config.AccessSettings.Anonymous;
import dev.fanfare.gateway.testing.Listener;
import dev.fanfare.gateway.testing.Listener.Sse;
import dev.fanfare.gateway.testing.Listener.Ws;
import dev.fanfare.gateway.testing.WebSocketFrames;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Who is let in to what, over real sockets.
@Timeout(value = 40, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read is not interruptible
class IdentityTest extends TwoTenants {
    @ParameterizedTest
    @MethodSource("ways")
    void asksWhoIsThereWithoutATokenAndTellsNoError(String way) throws IOException {
        var answer = ask(way, "channel=" + topic + ".acme.1");
        assertRefused(answer, 401, "unauthorized", topic + ".acme.1", topic + ".public");
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"fanfare\"");
    }

    @Test
    void asksWhoIsThereIfNobodyMayAnything() throws IOException {
        var closed = secured();
        closed.anonymous = new Anonymous(List.of(), List.of());
        try (var other = gateway(closed)) {
            var target = "/v1/events?wait=0&channel=" + topic + ".public";
            assertRefused(other.get(target), 401, "unauthorized", "no token");
            assertRefused(other.get(target, WebSocketFrames.handshake()), 401, "unauthorized", "no token");
            try (var client = other.connect()) {
                assertRefused(
                        client.request("POST", "/v1/negotiate", "Content-Length: 0")
                                .answer(),
                        401,
                        "unauthorized");
            }
            try (var client = other.connect()) {
                var head = "Content-Length: 1";
                assertRefused(
                        client.request("POST", PUBLISH + "a", head).send("x").answer(), 401, "unauthorized");
            }
        }
    }

    @Test
    void letsInWhoHasATokenOnEachTransport() throws IOException {
        try (var sse = Sse.open(gateway, "channel=" + topic + ".acme.*", bearer(of("acme")));
                var ws = Ws.open(gateway, "channel=" + topic + ".acme.7", bearer(of("acme")))) {
            LocalBroker.get().send(topic, 0, "acme.7", "{\"n\":1}".getBytes(UTF_8));
            assertThat(sse.next()).isEqualTo("{\"n\":1}");
            assertThat(ws.next()).contains("{\"n\":1}");
        }
        assertThat(gateway.get(poll("acme.7") + "&last=1", bearer(of("acme"))).text())
                .contains("{\"n\":1}");
        assertThat(gateway.get(poll("acme.7"), "authorization:  bEARER   " + of("acme") + " ")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void letsAnybodyToWhatIsForAnybody() throws IOException {
        assertThat(gateway.get(poll("public")).status()).isEqualTo(200);
        assertThat(gateway.get(poll("acme.1"), bearer(of("acme"))).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void refusesWhatIsNotGrantedAndNamesItAndWhatIs(String way) throws IOException {
        for (var channel : List.of("other.1", "*.1", "acme", "public")) {
            assertRefused(
                    ask(way, "channel=" + topic + ".acme.1&channel=" + topic + "." + channel, bearer(of("acme"))),
                    403,
                    "forbidden",
                    "'" + topic + "." + channel + "'",
                    topic + ".acme.**");
        }
        assertRefused(ask(way, "channel=**", bearer(of("acme"))), 403, "forbidden", "'**'");
        assertRefused(ask(way, "channel=" + topic + ".a.b.1", bearer(of("a.b"))), 403, "forbidden", "claim 'tenant'");
        assertRefused(ask(way, "channel=" + topic + ".*.1", bearer(of("*"))), 403, "forbidden", "claim 'tenant'");
    }

    @Test
    void checksWhatAWebSocketSubscribesToLater() throws IOException {
        try (var ws = Ws.open(gateway, "channel=" + topic + ".acme.1", bearer(of("acme")))) {
            ws.say("{\"type\":\"subscribe\",\"id\":\"1\",\"channels\":[\"%s.acme.2\",\"%s.other.2\"]}"
                    .formatted(topic, topic));
            assertThat(ws.next()).contains("\"id\":\"1\"", "\"code\":\"forbidden\"", topic + ".other.2");
            ws.say("{\"type\":\"unsubscribe\",\"id\":\"2\",\"channels\":[\"%s.acme.2\"]}".formatted(topic));
            assertThat(ws.next()).as("none of them was subscribed to").contains("not subscribed to");
            ws.say("{\"type\":\"subscribe\",\"id\":\"3\",\"channels\":[\"%s.acme.2\"]}".formatted(topic));
            assertThat(ws.next()).contains("subscribed", "\"id\":\"3\"");
        }
    }

    /// What a cursor of another tenant, or the whole history, brings.
    @Test
    void givesATenantNothingOfAnotherLiveOrReplayed() throws IOException {
        var theirs = Listener.member(
                gateway.get(poll("other.*"), bearer(of("other"))).text(), "cursor");
        var broker = LocalBroker.get();
        for (int i = 0; i < 20; i++) {
            broker.send(topic, 0, "other." + i, "secret".getBytes(UTF_8));
        }
        broker.send(topic, 0, "acme.1", "ours".getBytes(UTF_8));
        for (var start : List.of("cursor=" + theirs, "since=1h", "last=1000")) {
            var query = "channel=" + topic + ".acme.**&" + start;
            try (var sse = Sse.open(gateway, query, bearer(of("acme")));
                    var ws = Ws.open(gateway, query, bearer(of("acme")))) {
                assertThat(sse.until("ours")).isEqualTo("ours");
                assertThat(ws.until("ours")).doesNotContain("secret");
                broker.send(topic, 0, "other.live", "secret".getBytes(UTF_8));
                broker.send(topic, 0, "acme.live", "live".getBytes(UTF_8));
                assertThat(sse.next()).isEqualTo("live");
                assertThat(ws.next()).contains("live");
            }
            assertThat(gateway.get("/v1/events?wait=0&" + query, bearer(of("acme")))
                            .text())
                    .contains("ours")
                    .doesNotContain("secret");
            assertRefused(ask("poll", "channel=" + topic + ".**&" + start, bearer(of("acme"))), 403, "forbidden");
        }
    }

    @Test
    void checksWhatIsPublished() throws IOException {
        var writer = bearer(issuer.allowing("w", List.of(topic + ".acme.**"), List.of("acme.*")));
        assertThat(post(PUBLISH + "acme.1", "x", writer).status()).isEqualTo(202);
        assertRefused(post(PUBLISH + "other.1", "x", writer), 403, "forbidden", "'other.1'", "acme.*");
        assertRefused(post(PUBLISH + "acme.1.2", "x", writer), 403, "forbidden");
        assertRefused(post(PUBLISH + "acme.1", "x", bearer(of("acme"))), 403, "forbidden", "nothing");
        assertRefused(post(PUBLISH + "acme.1", "x"), 401, "unauthorized");
        var batch = "[{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/a\",\"type\":\"t\",\"subject\":\"acme/1\"},"
                + "{\"specversion\":\"1.0\",\"id\":\"2\",\"source\":\"/a\",\"type\":\"t\",\"subject\":\"other/1\"}]";
        var type = "Content-Type: application/cloudevents-batch+json";
        assertRefused(post("/v1/events", batch, type, writer), 403, "forbidden", "'other.1'");
        assertThat(post("/v1/events", batch.replace("other/1", "acme/2"), type, writer)
                        .status())
                .isEqualTo(202);
        try (var ws = Ws.open(gateway, "channel=" + topic + ".acme.9", writer)) {
            ws.say("{\"type\":\"publish\",\"id\":\"1\",\"channel\":\"other.9\",\"data\":1}");
            assertThat(ws.next()).contains("\"code\":\"forbidden\"", "other.9");
            ws.say("{\"type\":\"publish\",\"id\":\"2\",\"channel\":\"acme.9\",\"data\":1}");
            assertThat(ws.until("\"id\":\"2\"")).contains("published");
        }
    }

    @Test
    void checksWhatIsNegotiated() throws IOException {
        var body = "{\"channels\":[\"" + topic + ".acme.1\"]}";
        assertThat(post("/v1/negotiate", body, bearer(of("acme"))).status()).isEqualTo(200);
        assertRefused(post("/v1/negotiate", body, bearer(of("other"))), 403, "forbidden", topic + ".acme.1");
        assertRefused(post("/v1/negotiate", body), 401, "unauthorized");
    }
}
