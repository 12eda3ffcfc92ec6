package dev.fanfare.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.util.Base64URL;
import dev.fanfare.gateway.testing.Issuer;
import dev.fanfare.gateway.testing.Listener.Ws;
import dev.fanfare.gateway.testing.Secured;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How clients say who they are, over real sockets: good tokens, bad ones, and where they are taken from.
@Timeout(value = 40, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read is not interruptible
class CredentialsTest extends TwoTenants {
    record Bad(String name, String token, String code, String reason) {
        @Override
        public String toString() {
            return name;
        }
    }

    List<Bad> badTokens() throws JOSEException {
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
