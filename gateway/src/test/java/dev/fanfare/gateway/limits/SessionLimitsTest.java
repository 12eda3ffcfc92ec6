package dev.fanfare.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.testing.EventSourceParser;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.Issuer;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.gateway.testing.Secured;
import dev.fanfare.gateway.testing.WebSocketFrames;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// More sessions than there may be, and what each transport is told.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read is not interruptible
class SessionLimitsTest {
    private static final String ONE = "X-Forwarded-For: 198.51.100.7";
    private static final String OTHER = "X-Forwarded-For: 203.0.113.9";

    private static String topic;
    private static String target;

    @BeforeAll
    static void createTopic() {
        topic = LocalBroker.get().newTopic("limits", 1);
        target = "/v1/events?channel=" + topic + ".a";
    }

    /// A stream that has begun.
    private static RawClient sse(Gateways.Running gateway, String... headers) throws IOException {
        var client = gateway.connect();
        assertThat(client.openStream(target, headers).status()).isEqualTo(200);
        new EventSourceParser(client.in()).message("ready");
        return client;
    }

    private static RawClient.Answer poll(Gateways.Running gateway, String... headers) throws IOException {
        return gateway.get(target + "&wait=0", headers);
    }

    private static RawClient handshake(Gateways.Running gateway, String... headers) throws IOException {
        return gateway.connect().get(target, WebSocketFrames.handshake(headers));
    }

    private static void assertRefused(RawClient.Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
        assertThat(answer.text()).contains("\"code\":\"" + code + "\"");
    }

    /// The only thing that an `EventSource` comes back after.
    private static void assertStreamEndsAtOnce(Gateways.Running gateway, String... headers) throws IOException {
        try (var client = gateway.connect()) {
            var all = new ArrayList<>(List.of(headers));
            all.add("Accept: text/event-stream");
            var answer = client.get(target, all.toArray(String[]::new)).answer();
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).isEqualTo("text/event-stream");
            var events = new EventSourceParser(new ByteArrayInputStream(answer.body()));
            while (events.item() != null) {
                assertThat(answer.text()).doesNotContain("data:");
            }
            assertThat(events.retryMillis()).isBetween(100L, 900L);
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    private static boolean endsAtOnce(Gateways.Running gateway, String... headers) throws IOException {
        try (var client = gateway.connect()) {
            assertThat(client.openStream(target, headers).status()).isEqualTo(200);
            var events = new EventSourceParser(client.in());
            for (var item = events.item(); item != null; item = events.item()) {
                if (item instanceof EventSourceParser.Message) {
                    return false;
                }
            }
            return true;
        }
    }

    private static void assertHandshakeRefused(Gateways.Running gateway, int status, String code, String... headers)
            throws IOException {
        try (var client = handshake(gateway, headers)) {
            assertRefused(client.answer(), status, code);
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    private static double refused(Gateways.Running gateway, String reason) throws IOException {
        return gateway.metric("fanfare_refused_total", "reason=\"" + reason + "\"");
    }

    @Test
    void refusesFurtherSessionsOfAnAddressAsEachTransportUnderstandsIt() throws IOException {
        var bounded = new Bounded();
        bounded.addressSessions = 2;
        try (var gateway = bounded.gateways(topic).start();
                var first = sse(gateway, ONE);
                var second = handshake(gateway, ONE)) {
            assertThat(second.head().status()).isEqualTo(101);
            assertThat(WebSocketFrames.readText(second.in())).contains("ready");

            assertRefused(poll(gateway, ONE), 429, "too-many-sessions");
            assertStreamEndsAtOnce(gateway, ONE);
            assertHandshakeRefused(gateway, 429, "too-many-sessions", ONE);
            assertThat(refused(gateway, "address-sessions")).isEqualTo(3);
            assertThat(poll(gateway, OTHER).status()).isEqualTo(200);
            assertThat(poll(gateway).status()).isEqualTo(200); // the proxy's own

            first.socket().close();
            await().until(() -> poll(gateway, ONE).status() == 200);
            assertThat(poll(gateway, ONE).status()).isEqualTo(200); // a poll gives its place back
        }
    }

    @Test
    void countsTheAddressesOfAnIpv6SubscriberTogether() throws IOException {
        var bounded = new Bounded();
        bounded.addressSessions = 1;
        try (var gateway = bounded.gateways(topic).start();
                var _ = sse(gateway, "X-Forwarded-For: 2001:db8:1:2::1")) {
            assertRefused(poll(gateway, "X-Forwarded-For: 2001:db8:1:2:ffff::1"), 429, "too-many-sessions");
            assertThat(poll(gateway, "X-Forwarded-For: 2001:db8:1:3::1").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void believesNobodyButAProxy() throws IOException {
        var bounded = new Bounded();
        bounded.addressSessions = 1;
        bounded.trustedProxies = List.of("127.0.0.2");
        try (var gateway = bounded.gateways(topic).start();
                var _ = sse(gateway, ONE)) {
            assertRefused(poll(gateway, OTHER), 429, "too-many-sessions");
        }
    }

    @Test
    void refusesFurtherSessionsOfAPrincipalFromWhereverItComes() throws IOException {
        try (var issuer = Issuer.start("https://id.example.com/")) {
            var bounded = new Bounded();
            bounded.principalSessions = 1;
            var gateways = bounded.gateways(topic);
            gateways.access = Secured.by(issuer).access();
            var u1 = "Authorization: Bearer " + issuer.allowing("u1", List.of("**"), List.of());
            var again = "Authorization: Bearer " + issuer.allowing("u1", List.of("**"), List.of(), "jti", "2");
            var u2 = "Authorization: Bearer " + issuer.allowing("u2", List.of("**"), List.of());
            try (var gateway = gateways.start()) {
                try (var _ = sse(gateway, u1, ONE)) {
                    assertRefused(poll(gateway, again, OTHER), 429, "too-many-sessions");
                    assertStreamEndsAtOnce(gateway, again, OTHER);
                    assertHandshakeRefused(gateway, 429, "too-many-sessions", again, OTHER);
                    assertThat(poll(gateway, u2, ONE).status()).isEqualTo(200);
                    assertThat(refused(gateway, "principal-sessions")).isEqualTo(3);
                }
                await().until(() -> poll(gateway, u1, ONE).status() == 200);
            }
        }
    }

    @Test
    void sendsClientsElsewhereWhenTheNodeIsFull() throws IOException {
        var bounded = new Bounded();
        bounded.sessions = 1;
        try (var gateway = bounded.gateways(topic).start();
                var _ = sse(gateway, ONE)) {
            assertRefused(poll(gateway, OTHER), 503, "node-busy");
            assertStreamEndsAtOnce(gateway, OTHER);
            assertHandshakeRefused(gateway, 503, "node-busy", OTHER);
            assertThat(refused(gateway, "sessions")).isEqualTo(3);
        }
    }

    @Test
    void takesNoPlaceForARequestThatIsRefused() throws IOException {
        var bounded = new Bounded();
        bounded.sessions = 1;
        try (var gateway = bounded.gateways(topic).start()) {
            for (int i = 0; i < 3; i++) {
                assertThat(poll(gateway, "Last-Event-ID: none").status()).isEqualTo(400);
                try (var badKey = gateway.connect()) {
                    badKey.get(target, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13");
                    assertThat(badKey.head().status()).isEqualTo(400);
                }
            }
            assertThat(poll(gateway).status()).isEqualTo(200);
        }
    }

    /// Who finds out too late that there is no place is told in the WebSocket.
    @Test
    void neverServesMoreThanThereMayBe() throws Exception {
        var bounded = new Bounded();
        bounded.addressSessions = 3;
        int clients = 30;
        try (var gateway = bounded.gateways(topic).start();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var attempts = new ArrayList<Callable<RawClient>>();
            for (int i = 0; i < clients; i++) {
                attempts.add(() -> handshake(gateway, ONE));
            }
            int served = 0;
            var opened = new ArrayList<RawClient>();
            for (var attempt : threads.invokeAll(attempts)) {
                opened.add(attempt.get());
            }
            for (var client : opened) {
                var head = client.head();
                assertThat(head.status()).isIn(101, 429);
                served += head.status() == 101 && stays(client) ? 1 : 0;
            }
            assertThat(served).isEqualTo(3);
            for (var client : opened) {
                client.close();
            }
            await().until(() -> poll(gateway, ONE).status() == 200);
        }
    }

    private static boolean stays(RawClient client) throws IOException {
        client.send(WebSocketFrames.clientText("{\"type\":\"ping\",\"id\":\"1\"}"));
        while (true) {
            try {
                if (WebSocketFrames.readText(client.in()).contains("pong")) {
                    return true;
                }
            } catch (IOException closed) {
                assertThat(closed).hasMessage("closed with 1013 no-place");
                return false;
            }
        }
    }

    @Test
    void refusesAnAddressThatComesTooOften() throws IOException {
        var bounded = new Bounded();
        bounded.addressConnectsPerSecond = 1;
        try (var gateway = bounded.gateways(topic).start()) {
            assertThat(poll(gateway, ONE).status()).isEqualTo(200);
            await().untilAsserted(() -> assertRefused(poll(gateway, ONE), 429, "too-many-requests"));
            assertThat(poll(gateway, OTHER).status()).isEqualTo(200);
            assertThat(refused(gateway, "address-connects")).isPositive();
            await().until(() -> poll(gateway, ONE).status() == 200);
            await().until(() -> endsAtOnce(gateway, ONE));
        }
    }

    @Test
    void spreadsThoseWhoAllComeAtOnce() throws IOException {
        var bounded = new Bounded();
        bounded.connectsPerSecond = 1;
        try (var gateway = bounded.gateways(topic).start()) {
            assertThat(poll(gateway, ONE).status()).isEqualTo(200);
            await().untilAsserted(() -> assertRefused(poll(gateway, OTHER), 503, "node-busy"));
            assertThat(refused(gateway, "connects")).isPositive();
            await().until(() -> poll(gateway, OTHER).status() == 200);
        }
    }

    @Test
    void closesFurtherConnectionsOfAnAddressAtOnce() throws IOException {
        var bounded = new Bounded();
        bounded.addressConnections = 2;
        bounded.trustedProxies = List.of("127.0.0.1");
        try (var gateway = bounded.gateways(topic).start();
                var first = RawClient.connect(gateway.port(), "127.0.0.2");
                var second = RawClient.connect(gateway.port(), "127.0.0.2")) {
            assertThat(first.get("/health/live").answer().status()).isEqualTo(200);
            assertThat(second.get("/health/live").answer().status()).isEqualTo(200);
            try (var third = RawClient.connect(gateway.port(), "127.0.0.2");
                    var other = RawClient.connect(gateway.port(), "127.0.0.3")) {
                assertThat(third.isAtEnd()).isTrue();
                assertThat(other.get("/health/live").answer().status()).isEqualTo(200);
            }
            assertThat(refused(gateway, "address-connections")).isEqualTo(1);
            first.socket().close();
            await().until(() -> {
                try (var again = RawClient.connect(gateway.port(), "127.0.0.2")) {
                    return again.get("/health/live").head().status() == 200;
                } catch (IOException refused) {
                    return false;
                }
            });
        }
    }

    @Test
    void closesAWebSocketThatSaysTooMuch() throws IOException {
        var bounded = new Bounded();
        bounded.messagesPerSecond = 5;
        try (var gateway = bounded.gateways(topic).start();
                var client = handshake(gateway)) {
            assertThat(client.head().status()).isEqualTo(101);
            for (int i = 0; i < 50; i++) {
                client.send(WebSocketFrames.clientText("{\"type\":\"ping\",\"id\":\"" + i + "\"}"));
            }
            var answers = new ArrayList<String>();
            assertThatThrownBy(() -> {
                        while (true) {
                            answers.add(WebSocketFrames.readText(client.in()));
                        }
                    })
                    .hasMessage("closed with 1008 policy");
            assertThat(answers).contains("{\"type\":\"pong\",\"id\":\"0\"}");
            assertThat(answers)
                    .anyMatch(answer -> answer.startsWith("{\"type\":\"error\",\"id\":\"")
                            && answer.contains("\"code\":\"too-many-requests\""));
            assertThat(refused(gateway, "messages")).isPositive();
        }
    }
}
