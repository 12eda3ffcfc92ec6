package dev.fanfare.gateway.access;

import static dev.fanfare.gateway.testing.Texts.cursor;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanfare.gateway.config.AccessSettings.Revocations;
import dev.fanfare.gateway.config.AccessSettings.Tickets;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.Issuer;
import dev.fanfare.gateway.testing.Listener;
import dev.fanfare.gateway.testing.Listener.Sse;
import dev.fanfare.gateway.testing.Listener.Ws;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.gateway.testing.Secured;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What one of two gateways is told, both do; and tickets that one gives, the other takes.
@Timeout(value = 40, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read is not interruptible
class RevocationTest {
    @TempDir
    private static Path folder;

    private static String topic;
    private static String revocations;
    private static Issuer issuer;
    private static Gateways.Running one;
    private static Gateways.Running other;

    @BeforeAll
    static void start() throws IOException {
        topic = LocalBroker.get().newTopic("revocation", 1);
        revocations = LocalBroker.get().newTopic("revocations", 1);
        issuer = Issuer.start("https://id.example.com/");
        Files.writeString(folder.resolve("tickets"), "of all nodes, and of nobody else");
        one = gateway();
        other = gateway();
    }

    @AfterAll
    static void stop() {
        one.close();
        other.close();
        issuer.close();
    }

    private static Gateways.Running gateway() {
        return gateways(revocations).start();
    }

    private static Gateways gateways(String revoked) {
        var secured = Secured.by(issuer);
        secured.revocations = new Revocations(Optional.of(revoked));
        secured.tickets = new Tickets(Optional.of(folder.resolve("tickets").toString()), Duration.ofSeconds(30));
        var rarely = Duration.ofMinutes(1); // so that it is not for a heartbeat that a session is looked at
        var gateways = new Gateways().route(topic, topic + ".{key}").heartbeats(rarely, rarely, rarely);
        gateways.access = secured.access();
        return gateways;
    }

    private static String token(String subject, Object... claims) {
        return issuer.allowing(subject, List.of(topic + ".**"), List.of(), claims);
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token;
    }

    private static RawClient.Answer post(Gateways.Running gateway, String path, String body, String token)
            throws IOException {
        try (var client = gateway.connect()) {
            return client.request("POST", path, bearer(token), "Content-Length: " + body.length())
                    .send(body)
                    .answer();
        }
    }

    private static void revoke(Gateways.Running gateway, String body) throws IOException {
        var answer = post(gateway, "/v1/revocations", body, token("admin", "scope", "openid fanfare:manage"));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
    }

    private static String refusal(Gateways.Running gateway, String token) throws IOException {
        var answer = gateway.get("/v1/events?wait=0&channel=" + topic + ".a", bearer(token));
        return answer.status() == 200 ? "" : answer.text();
    }

    @Test
    void endsTheSessionsOfASubjectOnAllNodesAndTakesItsTokensNoMore() throws IOException {
        var query = "channel=" + topic + ".a";
        var theirs = token("u1");
        try (var sse = Sse.open(one, query, bearer(theirs));
                var ws = Ws.open(other, query, bearer(token("u1")));
                var innocent = Sse.open(other, query, bearer(token("u2")))) {
            revoke(one, "{\"sub\":\"u1\"}");
            assertThat(sse.next()).contains("\"type\":\"error\"", "\"code\":\"token-revoked\"");
            sse.events().toEnd();
            assertThatThrownBy(ws::next).hasMessage("closed with 3003 token-revoked");
            assertThat(refusal(one, theirs)).contains("\"code\":\"token-revoked\"", "revoked: ");
            assertThat(refusal(other, theirs)).contains("\"code\":\"token-revoked\"");
            assertThat(post(other, "/v1/tickets", "", theirs).status()).isEqualTo(401);
            assertThat(refusal(other, token("u1", "iat", Instant.now().getEpochSecond() + 5)))
                    .as("a token that was issued later")
                    .isEmpty();
            LocalBroker.get().send(topic, 0, "a", "goes on".getBytes(UTF_8));
            assertThat(innocent.next()).isEqualTo("goes on");
        }
    }

    @Test
    void refusesALongPollThatComesBackWithATokenThatWasTakenBack() throws IOException {
        try (var client = other.connect()) {
            var poll = "/v1/events?channel=" + topic + ".a&wait=";
            var lost = bearer(token("u9"));
            var from = cursor(client.get(poll + "0", lost).answer());
            from = cursor(client.get(poll + "100ms&cursor=" + from, lost).answer());
            from = cursor(client.get(poll + "100ms&cursor=" + from, lost).answer());
            revoke(one, "{\"sub\":\"u9\"}");
            var last = client.get(poll + "100ms&cursor=" + from, lost).answer();
            while (last.status() == 200) {
                last = client.get(poll + "100ms&cursor=" + cursor(last), lost).answer();
            }
            assertThat(last.text()).contains("token-revoked");
        }
    }

    @Test
    void takesOneTokenBackByItsId() throws IOException {
        var lost = token("u3", "jti", "t-1");
        var kept = token("u3", "jti", "t-2");
        assertThat(refusal(other, lost)).isEmpty();
        revoke(one, "{\"jti\":\"t-1\"}");
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> refusal(other, lost).contains("token-revoked"));
        assertThat(refusal(other, kept)).isEmpty();
    }

    @Test
    void knowsAtStartWhatWasRevokedBefore() throws IOException {
        var lost = token("u4");
        revoke(one, "{\"sub\":\"u4\"}");
        try (var late = gateway()) {
            assertThat(refusal(late, lost)).contains("token-revoked");
        }
    }

    @Test
    void isNotReadyBeforeItHasReadThem() throws IOException {
        try (var waiting = gateways("revocations-that-come-later").startUnready()) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> waiting.get("/health/ready").text().contains("\"feedReady\":true"));
            assertThat(waiting.get("/health/ready").text()).contains("\"revocationsReady\":false");
            assertThat(waiting.get("/v1/events?wait=0&channel=" + topic + ".a", bearer(token("u8")))
                            .status())
                    .isEqualTo(503);
            LocalBroker.get().create("revocations-that-come-later", 1);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> waiting.get("/health/ready").status() == 200);
        }
    }

    @Test
    void takesWhatOthersWriteAndLiftsIt() throws IOException {
        var broker = LocalBroker.get();
        var lost = token("u 5");
        var key = "sub https://id.example.com/ u 5";
        broker.send(revocations, 0, "nonsense", "{}".getBytes(UTF_8));
        broker.send(revocations, 0, key, "this cannot be read".getBytes(UTF_8));
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> refusal(one, lost).contains("token-revoked"));
        broker.send(revocations, 0, key, null);
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> refusal(one, lost).isEmpty());
        broker.send(revocations, 0, key, "{\"until\":1}".getBytes(UTF_8));
        broker.send(revocations, 0, "sub https://other.example.com/ u 5", "{}".getBytes(UTF_8));
        var marker = token("marker");
        revoke(one, "{\"sub\":\"marker\"}");
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> refusal(one, marker).contains("token-revoked"));
        assertThat(refusal(one, lost)).isEmpty();
    }

    @Test
    void letsNobodyRevokeWithoutTheScope() throws IOException {
        assertThat(post(one, "/v1/revocations", "{\"sub\":\"u1\"}", token("u8", "scope", "fanfare:manager"))
                        .text())
                .contains("\"code\":\"forbidden\"", "fanfare:manage");
        var admin = token("admin", "scope", List.of("fanfare:manage"));
        for (var bad : List.of(
                "",
                "[]",
                "{}",
                "{\"sub\":1}",
                "{\"sub\":\"\"}",
                "{\"sub\":\"a\",\"jti\":\"b\"}",
                "{\"user\":\"a\"}",
                "{\"sub\":\"a\",\"until\":\"soon\"}",
                "{\"jti\":\"a\",\"issuedBefore\":\"2026-11-21T10:00:00Z\"}")) {
            assertThat(post(one, "/v1/revocations", bad, admin).status())
                    .as(bad)
                    .isEqualTo(400);
        }
    }

    @Test
    void takesATicketOnceOnWhicheverNode() throws IOException {
        var answer = post(one, "/v1/tickets", "", token("u6"));
        assertThat(answer.status()).isEqualTo(201);
        assertThat(Listener.member(answer.text(), "expiresInMs")).isEqualTo("30000");
        var ticket = Listener.member(answer.text(), "ticket");
        var query = "channel=" + topic + ".a&ticket=" + ticket;
        try (var sse = Sse.open(other, query)) {
            LocalBroker.get().send(topic, 0, "a", "with a ticket".getBytes(UTF_8));
            assertThat(sse.next()).isEqualTo("with a ticket");
        }
        for (var accept : List.of("text/event-stream", "application/json")) {
            var again = other.get("/v1/events?" + query, "Accept: " + accept);
            assertThat(again.status()).isEqualTo(401);
            assertThat(again.text())
                    .contains("\"code\":\"invalid-ticket\"", "was used")
                    .doesNotContain(ticket);
        }
        var second = Listener.member(post(one, "/v1/tickets", "", token("u6")).text(), "ticket");
        try (var ws = Ws.open(one, "channel=" + topic + ".a&ticket=" + second)) {
            assertThat(ws.ready()).contains("ready");
        }
        var narrow = issuer.allowing("u6", List.of(topic + ".b"), List.of());
        var third = Listener.member(post(one, "/v1/tickets", "", narrow).text(), "ticket");
        assertThat(one.get("/v1/events?wait=0&channel=" + topic + ".a&ticket=" + third)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void makesATicketWorthNothingWithItsToken() throws IOException {
        var ticket = Listener.member(post(one, "/v1/tickets", "", token("u7")).text(), "ticket");
        revoke(one, "{\"sub\":\"u7\"}");
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> refusal(other, token("u7", "iat", 1)).contains("token-revoked"));
        assertThat(other.get("/v1/events?wait=0&channel=" + topic + ".a&ticket=" + ticket)
                        .text())
                .contains("token-revoked");
    }
}
