package dev.fanfare.gateway.access;

import static dev.fanfare.gateway.testing.Listener.member;
import static dev.fanfare.gateway.testing.Texts.cursor;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanfare.gateway.config.AccessSettings.Anonymous;
import dev.fanfare.gateway.config.AccessSettings.Expiry;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.Issuer;
import dev.fanfare.gateway.testing.Listener.Sse;
import dev.fanfare.gateway.testing.Listener.Ws;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.gateway.testing.Secured;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Sessions that outlive their tokens.
@Timeout(value = 40, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read is not interruptible
class ExpiryTest {
    private static String topic;
    private static Issuer issuer;
    private static Gateways.Running gateway;

    @BeforeAll
    static void start() {
        topic = LocalBroker.get().newTopic("expiry", 1);
        issuer = Issuer.start("https://id.example.com/");
        gateway = gateway(Duration.ZERO);
    }

    private static Gateways.Running gateway(Duration grace) {
        var secured = Secured.by(issuer);
        secured.expiry = new Expiry(Duration.ofSeconds(20), grace);
        secured.anonymous = new Anonymous(Secured.patterns(topic + ".public"), List.of());
        var rarely = Duration.ofMinutes(1); // so that it is not for a heartbeat that a session is looked at
        var gateways = new Gateways().route(topic, topic + ".{key}").heartbeats(rarely, rarely, rarely);
        gateways.access = secured.access();
        return gateways.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        issuer.close();
    }

    /// @param seconds until it expires
    private static String token(String subject, long seconds, String... keys) {
        var patterns = List.of(keys).stream().map(key -> topic + "." + key).toList();
        return issuer.allowing(
                subject, patterns, List.of(), "exp", Instant.now().getEpochSecond() + seconds);
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token;
    }

    private static String channels(String... keys) {
        return "channel=" + topic + "." + String.join("&channel=" + topic + ".", keys);
    }

    private static void publish(String key, String value) {
        LocalBroker.get().send(topic, 0, key, value.getBytes(UTF_8));
    }

    private static RawClient.Answer renew(String session, String... headers) throws IOException {
        try (var client = gateway.connect()) {
            return client.request("POST", "/v1/sessions/" + session + "/token", headers)
                    .answer();
        }
    }

    @Test
    void tellsAStreamThatItsTokenExpiresAndEndsItThen() throws IOException {
        try (var sse = Sse.open(gateway, channels("a"), bearer(token("u1", 3, "*")))) {
            var notice = sse.next();
            assertThat(notice).contains("\"type\":\"token-expiring\"", "\"cursor\":\"");
            assertThat(Long.parseLong(member(notice, "expiresInMs"))).isBetween(0L, 3000L);
            publish("a", "in time");
            assertThat(sse.next()).isEqualTo("in time");
            assertThat(sse.next()).contains("\"type\":\"error\"", "\"code\":\"token-expired\"", "\"cursor\":\"");
            sse.events().toEnd();
        }
    }

    @Test
    void tellsAWebSocketThatItsTokenExpiresAndClosesItThen() throws IOException {
        try (var ws = Ws.open(gateway, channels("a"), bearer(token("u1", 2, "*")))) {
            assertThat(ws.next()).contains("\"type\":\"token-expiring\"");
            assertThat(ws.until("going-away")).contains("\"reason\":\"token-expired\"", "\"cursor\":\"");
            assertThatThrownBy(ws::next).hasMessage("closed with 3000 token-expired");
        }
    }

    @Test
    void doesNotTellALongPollWhichEndsByItself() throws IOException {
        var answer = gateway.get("/v1/events?wait=1s&" + channels("quiet"), bearer(token("u1", 5, "*")));
        assertThat(answer.text()).startsWith("{\"events\":[],\"cursor\":");
        var last = gateway.get("/v1/events?wait=20s&" + channels("quiet"), bearer(token("u1", 1, "*")));
        assertThat(last.text()).startsWith("{\"events\":[],\"cursor\":");
    }

    /// Whose session has a grace that a new request has not.
    @Test
    void refusesALongPollThatComesBackWithATokenThatHasExpired() throws IOException {
        try (var lenient = gateway(Duration.ofMinutes(1));
                var client = lenient.connect()) {
            var token = bearer(token("u1", 3, "*"));
            var answer =
                    client.get("/v1/events?wait=0&" + channels("back"), token).answer();
            int answered = 0;
            for (; answer.status() == 200; answered++) {
                var next = "/v1/events?wait=100ms&" + channels("back") + "&cursor=" + cursor(answer);
                answer = client.get(next, token).answer();
            }
            assertThat(answered).isGreaterThan(3);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.text()).contains("token-expired");
        }
    }

    @Test
    void refusesALongPollThatComesBackWithATicketThatIsUsedUp() throws IOException {
        String ticket;
        try (var client = gateway.connect()) {
            var issued = client.request("POST", "/v1/tickets", bearer(token("u1", 30, "*")), "Content-Length: 0")
                    .answer();
            ticket = member(issued.text(), "ticket");
        }
        try (var client = gateway.connect()) {
            var start = cursor(gateway.get("/v1/events?wait=0&" + channels("public")));
            var poll = "/v1/events?wait=100ms&" + channels("back") + "&ticket=" + ticket + "&cursor=";
            var first = client.get(poll + start).answer();
            assertThat(first.status()).as(first.toString()).isEqualTo(200);
            assertThat(client.get(poll + cursor(first)).answer().status()).isEqualTo(401);
        }
    }

    @Test
    void goesOnWithoutABreakByANewToken() throws IOException {
        try (var sse = Sse.open(gateway, channels("b"), bearer(token("u1", 3, "*")));
                var ws = Ws.open(gateway, channels("b"), bearer(token("u1", 3, "*")))) {
            assertThat(sse.next()).contains("token-expiring");
            assertThat(ws.next()).contains("token-expiring");
            var fresh = token("u1", 25, "*");
            var answer = renew(member(sse.ready(), "session"), bearer(fresh));
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
            assertThat(Long.parseLong(member(answer.text(), "expiresInMs"))).isBetween(15_000L, 25_000L);
            ws.say("{\"type\":\"token\",\"id\":\"7\",\"token\":\"" + fresh + "\"}");
            assertThat(ws.next()).contains("\"type\":\"renewed\",\"id\":\"7\",\"expiresInMs\":");
            // told again once the new one expires, which is later than the old one
            assertThat(sse.next()).contains("token-expiring");
            assertThat(ws.next()).contains("token-expiring");
            publish("b", "still here");
            assertThat(sse.next()).isEqualTo("still here");
            assertThat(ws.next()).contains("still here");
        }
    }

    @Test
    void endsSubscriptionsThatTheNewTokenDoesNotAllowAndNamesThem() throws IOException {
        try (var sse = Sse.open(gateway, channels("c", "d", "e.*"), bearer(token("u1", 300, "**")));
                var ws = Ws.open(gateway, channels("c", "d", "e.*"), bearer(token("u1", 300, "**")))) {
            var narrow = token("u1", 300, "c");
            assertThat(renew(member(sse.ready(), "session"), bearer(narrow)).status())
                    .isEqualTo(200);
            ws.say("{\"type\":\"token\",\"token\":\"" + narrow + "\"}");
            var ended = "\"channels\":[\"" + topic + ".d\",\"" + topic + ".e.*\"]";
            assertThat(sse.next()).contains("\"type\":\"revoked\",\"cursor\":\"", ended);
            assertThat(ws.until("revoked")).contains(ended);
            ws.say("{\"type\":\"subscribe\",\"id\":\"1\",\"channels\":[\"" + topic + ".d\"]}");
            assertThat(ws.until("\"id\":\"1\"")).contains("forbidden");
            publish("d", "secret");
            publish("e.1", "secret");
            publish("c", "ours");
            assertThat(sse.next()).isEqualTo("ours");
            assertThat(ws.until("event")).contains("ours");
        }
    }

    @Test
    void endsInTimeByANewTokenThatLastsShorter() throws IOException {
        try (var sse = Sse.open(gateway, channels("h"), bearer(token("u1", 300, "*")))) {
            assertThat(renew(member(sse.ready(), "session"), bearer(token("u1", 2, "*")))
                            .status())
                    .isEqualTo(200);
            assertThat(sse.next()).contains("token-expiring");
            assertThat(sse.next()).contains("token-expired");
        }
    }

    @Test
    void takesNoTokenOfAnotherSubjectAndGoesOnAsItWas() throws IOException {
        try (var sse = Sse.open(gateway, channels("f"), bearer(token("u1", 300, "*")));
                var ws = Ws.open(gateway, channels("f"), bearer(token("u1", 300, "*")));
                var anybody = Sse.open(gateway, channels("public"))) {
            var session = member(sse.ready(), "session");
            assertThat(renew(session, bearer(token("u2", 300, "*"))).text()).contains("forbidden", "subject");
            assertThat(renew(session, bearer(token("u1", -60, "*"))).text()).contains("token-expired");
            assertThat(renew(session).text()).contains("forbidden");
            assertThat(renew(member(anybody.ready(), "session"), bearer(token("u1", 300, "*")))
                            .status())
                    .isEqualTo(403);
            assertThat(renew("AAAAAAAAAAAAAAAAAAAA", bearer(token("u1", 300, "*")))
                            .text())
                    .contains("\"code\":\"no-session\"", "cursor");
            ws.say("{\"type\":\"token\",\"id\":\"1\",\"token\":\"" + token("u2", 300, "*") + "\"}");
            assertThat(ws.next()).contains("\"code\":\"forbidden\"");
            publish("f", "goes on");
            assertThat(sse.next()).isEqualTo("goes on");
            assertThat(ws.next()).contains("goes on");
        }
    }

    @Test
    void comesBackWithANewTokenAndMissesNothing() throws IOException {
        String cursor;
        try (var sse = Sse.open(gateway, channels("g"), bearer(token("u1", 1, "*")))) {
            cursor = member(sse.until("token-expired"), "cursor");
        }
        publish("g", "meanwhile");
        try (var sse = Sse.open(gateway, channels("g") + "&cursor=" + cursor, bearer(token("u1", 300, "*")))) {
            assertThat(sse.next()).isEqualTo("meanwhile");
        }
    }
}
