package dev.fanfare.gateway.access;

import static dev.fanfare.gateway.testing.Secured.patterns;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.util.Base64URL;
import dev.fanfare.gateway.config.AccessSettings;
import dev.fanfare.gateway.config.AccessSettings.Anonymous;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.Issuer;
import dev.fanfare.gateway.testing.Listener;
import dev.fanfare.gateway.testing.Listener.Sse;
import dev.fanfare.gateway.testing.Listener.Ws;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.gateway.testing.Secured;
import dev.fanfare.gateway.testing.WebSocketFrames;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Who is let in to what, over real sockets: orders of two tenants, an issuer, a gateway.
@Timeout(value = 40, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read is not interruptible
class IdentityTest {
    private static final String PUBLISH = "/v1/events?channel=";

    private static String topic;
    private static Issuer issuer;
    private static Gateways.Running gateway;

    @BeforeAll
    static void start() {
        topic = LocalBroker.get().newTopic("identity", 1);
        issuer = Issuer.start("https://id.example.com/");
        gateway = gateway(secured());
    }

    @AfterAll
    static void stop() {
        gateway.close();
        issuer.close();
    }

    private static Secured secured() {
        var secured = Secured.by(issuer);
        secured.clockSkew = Duration.ofSeconds(5);
        secured.grants = new AccessSettings.Grants(List.of(topic + ".{tenant}.**"), List.of());
        secured.anonymous = new Anonymous(patterns(topic + ".public"), List.of());
        secured.cookie = new AccessSettings.Cookie(Optional.of("session"));
        return secured;
    }

    private static Gateways.Running gateway(Secured secured) {
        var gateways = new Gateways().route(topic, topic + ".{key}").origins("https://app.example.com");
        gateways.access = secured.access();
        gateways.publish = new GatewaySettings.Publish(
                true, topic, 1 << 20, 500, Duration.ofSeconds(5), Duration.ofMinutes(5), 1000);
        return gateways.start();
    }

    private static String of(String tenant) {
        return issuer.token("tenant", tenant);
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token;
    }

    private static String poll(String channel) {
        return "/v1/events?wait=0&channel=" + topic + "." + channel;
    }

    private static RawClient.Answer post(String target, String body, String... headers) throws IOException {
        try (var client = gateway.connect()) {
            var all = Stream.concat(Stream.of(headers), Stream.of("Content-Length: " + body.length()))
                    .toArray(String[]::new);
            return client.request("POST", target, all).send(body).answer();
        }
    }

    private static void assertRefused(RawClient.Answer answer, int status, String code, String... inDetail) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.text()).contains("\"code\":\"" + code + "\"");
        assertThat(inDetail).allSatisfy(part -> assertThat(answer.text()).contains(part));
        assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer realm=\"fanfare\"");
    }

    /// Each way to come in, as a request for a channel of the topic.
    static Stream<String> ways() {
        return Stream.of("sse", "poll", "ws");
    }

    private static RawClient.Answer ask(String way, String query, String... headers) throws IOException {
        return switch (way) {
            case "ws" -> gateway.get("/v1/events?" + query, WebSocketFrames.handshake(headers));
            case "sse" ->
                gateway.get(
                        "/v1/events?" + query,
                        Stream.concat(Stream.of(headers), Stream.of("Accept: text/event-stream"))
                                .toArray(String[]::new));
            default -> gateway.get("/v1/events?wait=0&" + query, headers);
        };
    }

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

    record Bad(String name, String token, String code, String reason) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Bad> badTokens() throws JOSEException {
        long now = Instant.now().getEpochSecond();
        var good = of("acme");
        var parts = good.split("\\.", -1);
        var hmac = new JWSObject(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .keyID(issuer.key().getKeyID())
                        .build(),
                new Payload(issuer.claims("tenant", "acme")));
        hmac.sign(new MACSigner(issuer.key().toECPublicKey().getEncoded()));
        var admin = Base64URL.encode(new Payload(issuer.claims("tenant", "other")).toString());
        return List.of(
                new Bad("not a token", "hunter2", "invalid-token", "malformed"),
                new Bad("too large", "x".repeat(9000), "invalid-token", "too-large"),
                new Bad(
                        "alg none",
                        Base64URL.encode("{\"alg\":\"none\"}") + "." + parts[1] + ".",
                        "invalid-token",
                        "algorithm"),
                new Bad("public key as secret", hmac.serialize(), "invalid-token", "algorithm"),
                new Bad("changed", parts[0] + "." + admin + "." + parts[2], "invalid-token", "signature"),
                new Bad("other audience", issuer.token("aud", "billing"), "invalid-token", "audience"),
                new Bad("other issuer", issuer.token("iss", "https://evil.example.com/"), "invalid-token", "issuer"),
                new Bad("expired", issuer.token("exp", now - 60), "token-expired", "expired"),
                new Bad("not yet valid", issuer.token("nbf", now + 60), "invalid-token", "not-yet-valid"));
    }

    @ParameterizedTest
    @MethodSource("badTokens")
    void refusesABadTokenOnEachTransportAndSaysWhy(Bad bad) throws IOException {
        for (var way : ways().toList()) {
            for (var channel : List.of("acme.1", "public")) {
                var answer = ask(way, "channel=" + topic + "." + channel, bearer(bad.token()));
                assertRefused(answer, 401, bad.code(), "\"detail\":\"" + bad.reason() + ": ");
                assertThat(answer.header("WWW-Authenticate"))
                        .contains("error=\"invalid_token\", error_description=\"" + bad.reason() + ": ");
                assertThat(answer.toString()).doesNotContain(bad.token());
            }
        }
        assertRefused(post("/v1/tickets", "", bearer(bad.token())), 401, bad.code());
    }

    @Test
    void allowsForClocksThatDiffer() throws IOException {
        long now = Instant.now().getEpochSecond();
        assertThat(gateway.get(poll("acme.1"), bearer(issuer.token("tenant", "acme", "nbf", now + 3)))
                        .status())
                .isEqualTo(200);
        assertThat(gateway.get(poll("acme.1"), bearer(issuer.token("tenant", "acme", "exp", now - 2)))
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization: Basic dTpw", "Authorization: Bearer", "Authorization: Bearer "})
    void refusesAnotherSchemeOrNoTokenAtAll(String header) throws IOException {
        assertThat(gateway.get(poll("public"), header).status()).isEqualTo(401);
    }

    @Test
    void refusesSeveralTokens() throws IOException {
        var two = gateway.get(poll("acme.1"), bearer(of("acme")), bearer(of("acme")));
        assertRefused(two, 400, "invalid-parameter", "send one");
        assertThat(two.header("WWW-Authenticate")).contains("error=\"invalid_request\"");
    }

    @ParameterizedTest
    @MethodSource("ways")
    void refusesATokenInAUrl(String way) throws IOException {
        var token = of("acme");
        var answer = ask(way, "channel=" + topic + ".acme.1&access_token=" + token);
        assertRefused(answer, 400, "invalid-parameter", "/v1/tickets", "access.query-token");
        assertThat(answer.toString()).doesNotContain(token);
        var slip = ask(way, "channel=" + topic + ".acme.1&token=" + token);
        assertThat(slip.status()).isEqualTo(400);
        assertThat(slip.toString()).doesNotContain(token);
    }

    @Test
    void takesATokenInAUrlIfTheOperatorAllowsIt() throws IOException {
        var secured = secured();
        secured.queryToken = true;
        try (var other = gateway(secured)) {
            assertThat(other.get(poll("acme.1") + "&access_token=" + of("acme")).status())
                    .isEqualTo(200);
            assertRefused(other.get(poll("acme.1") + "&access_token=" + of("other")), 403, "forbidden");
        }
    }

    @Test
    void takesACookieFromPagesThatMayUseItOnly() throws IOException {
        var cookie = "Cookie: a=b; session=" + of("acme") + "; c=d";
        var target = poll("acme.1");
        assertThat(gateway.get(target, cookie, "Origin: https://app.example.com")
                        .status())
                .isEqualTo(200);
        assertThat(gateway.get(target, cookie, "Sec-Fetch-Site: same-origin").status())
                .isEqualTo(200);
        assertThat(gateway.get(target, cookie, "Origin: http://localhost").status())
                .isEqualTo(200);
        assertRefused(gateway.get(target, cookie, "Origin: https://evil.example.com"), 401, "unauthorized", "origins");
        assertRefused(
                gateway.get(target, cookie, "Origin: https://app.example.com", "Origin: https://evil.example.com"),
                401,
                "unauthorized");
        assertRefused(gateway.get(target, cookie, "Origin: null", "Sec-Fetch-Site: same-origin"), 401, "unauthorized");
        assertRefused(gateway.get(target, cookie, "Sec-Fetch-Site: same-site"), 401, "unauthorized");
        assertRefused(gateway.get(target, cookie), 401, "unauthorized");
        assertRefused(
                gateway.get(target, cookie, bearer(of("other")), "Origin: https://app.example.com"), 403, "forbidden");
    }

    @Test
    void goesOnWhenKeysAreRotatedAndWhileTheIssuerIsAway() throws IOException {
        try (var moving = Issuer.start("https://moving.example.com/")) {
            try (var other = gateway(Secured.by(moving))) {
                var target = "/v1/events?wait=0&channel=a.1";
                var granted = List.of("a.*");
                var old = bearer(moving.allowing("u1", granted, List.of()));
                assertThat(other.get(target, old).status()).isEqualTo(200);
                moving.rotate();
                assertThat(other.get(target, bearer(moving.allowing("u1", granted, List.of())))
                                .status())
                        .isEqualTo(200);
                moving.away(true);
                assertThat(other.get(target, bearer(moving.allowing("u1", granted, List.of())))
                                .status())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void saysThatTheIssuerIsToBlameWhereItsKeysWereNeverThere() throws IOException {
        try (var missing = Issuer.start("https://missing.example.com/")) {
            missing.away(true);
            try (var other = gateway(Secured.by(missing))) {
                var answer = other.get("/v1/events?wait=0&channel=a.1", bearer(missing.token()));
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.text()).contains("\"code\":\"issuer-away\"");
                assertThat(answer.header("Retry-After")).isEqualTo("2");
                var stream = other.get("/v1/events?channel=a.1", bearer(missing.token()), "Accept: text/event-stream");
                assertThat(stream.status())
                        .as("an EventSource gives up on anything else")
                        .isEqualTo(200);
                assertThat(stream.text()).startsWith("retry: ");
            }
        }
    }

    @Test
    void neverLogsAToken() throws IOException {
        var logged = new ConcurrentLinkedQueue<String>();
        var handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                logged.add(new SimpleFormatter().format(record));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        var root = Logger.getLogger("");
        var ours = Logger.getLogger("dev.fanfare");
        var level = ours.getLevel();
        root.addHandler(handler);
        ours.setLevel(Level.ALL);
        try {
            var token = of("acme");
            var bad = token.substring(0, token.length() - 4) + "AAAA";
            for (var way : ways().toList()) {
                for (var one : List.of(token, bad)) {
                    ask(way, "channel=" + topic + ".other.1", bearer(one));
                    ask(way, "channel=" + topic + ".acme.1&access_token=" + one);
                    ask(way, "channel=" + topic + ".acme.1&ticket=" + one);
                }
            }
            try (var ws = Ws.open(gateway, "channel=" + topic + ".acme.1", bearer(token))) {
                ws.say("{\"type\":\"token\",\"id\":\"1\",\"token\":\"" + bad + "\"}");
                assertThat(ws.next()).contains("invalid-token").doesNotContain(bad);
            }
            var signature = token.substring(token.lastIndexOf('.') + 1, token.length() - 4);
            assertThat(logged).noneMatch(line -> line.contains(signature));
        } finally {
            root.removeHandler(handler);
            ours.setLevel(level);
        }
    }
}
