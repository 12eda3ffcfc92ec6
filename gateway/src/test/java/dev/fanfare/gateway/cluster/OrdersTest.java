package dev.fanfare.gateway.cluster;

import static dev.fanfare.gateway.testing.Texts.cursor;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanfare.gateway.config.ClusterSettings;
import dev.fanfare.gateway.config.GatewaySettings.Server;
import dev.fanfare.gateway.config.TlsSettings;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.Issuer;
import dev.fanfare.gateway.testing.Listener;
import dev.fanfare.gateway.testing.Listener.Sse;
import dev.fanfare.gateway.testing.Listener.Ws;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.gateway.testing.Secured;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What one of three gateways is told to do with clients, each does.
@Timeout(value = 40, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read is not interruptible
class OrdersTest {
    private static final String ISSUER = "https://id.example.com/";
    private static final int NODES = 3;

    private static String topic;
    private static String orders;
    private static Issuer issuer;
    private static Gateways.Running one;
    private static Gateways.Running two;
    private static Gateways.Running three;
    private static int disconnects; // that were ordered

    @BeforeAll
    static void start() {
        topic = LocalBroker.get().newTopic("ordered", 1);
        orders = LocalBroker.get().newTopic("orders", 1);
        issuer = Issuer.start(ISSUER);
        one = gateway("one");
        two = gateway("two");
        three = gateway("three");
    }

    @AfterAll
    static void stop() {
        for (var gateway : List.of(one, two, three)) {
            gateway.close();
        }
        issuer.close();
    }

    private static Gateways.Running gateway(String name) {
        var rarely = Duration.ofMinutes(1); // so that it is not for a heartbeat that a session is looked at
        var gateways = new Gateways().route(topic, topic + ".{key}").heartbeats(rarely, rarely, rarely);
        gateways.access = Secured.by(issuer).access();
        gateways.cluster =
                new ClusterSettings(Optional.of(name), Optional.of(orders), ClusterSettings.DEFAULT.presence());
        gateways.server = new Server(
                "127.0.0.1",
                0,
                100,
                10,
                65_536,
                false,
                List.of("127.0.0.1"),
                "X-Forwarded-For",
                List.of(),
                TlsSettings.OFF);
        return gateways.start();
    }

    private static String[] as(String subject) {
        return new String[] {"Authorization: Bearer " + issuer.allowing(subject, List.of(topic + ".**"), List.of())};
    }

    private static String query() {
        return "channel=" + topic + ".a";
    }

    private static RawClient.Answer order(Gateways.Running gateway, String kind, String body, String scope)
            throws IOException {
        var token = issuer.allowing("operator", List.of(), List.of(), "scope", scope);
        try (var client = gateway.connect()) {
            return client.request(
                            "POST",
                            "/v1/sessions/" + kind,
                            "Authorization: Bearer " + token,
                            "Content-Length: " + body.length())
                    .send(body)
                    .answer();
        }
    }

    private static void order(Gateways.Running gateway, String kind, String body) throws IOException {
        var answer = order(gateway, kind, body, "fanfare:operate");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
        disconnects += kind.equals("disconnect") ? 1 : 0;
    }

    /// By all gateways together.
    private static double disconnectsCarriedOut() throws IOException {
        return one.metric("fanfare_orders_total", "order=\"disconnect\"");
    }

    private static void awaitCarriedOut() {
        Awaitility.await().until(OrdersTest::disconnectsCarriedOut, done -> done == NODES * disconnects);
    }

    /// Whether somebody still gets what comes.
    private static void assertServed(Listener listener, String word) throws IOException {
        LocalBroker.get().send(topic, 0, "a", word.getBytes(UTF_8));
        listener.until(word);
    }

    @Test
    void endsTheSessionsOfASubjectOnEachNode() throws IOException {
        try (var sse = Sse.open(one, query(), as("u1"));
                var ws = Ws.open(two, query(), as("u1"));
                var poll = three.connect();
                var innocent = Ws.open(three, query(), as("u2"))) {
            poll.get("/v1/events?wait=0&" + query(), as("u1"));
            var from = cursor(poll.answer());
            poll.get("/v1/events?wait=30s&cursor=" + from + "&" + query(), as("u1"));
            await(three, "poll");
            long given = System.nanoTime();
            order(two, "disconnect", "{\"sub\":\"u1\"}");
            assertThat(sse.until("\"type\":\"error\"")).contains("\"code\":\"disconnected\"");
            sse.events().toEnd();
            assertThatThrownBy(() -> ws.until("never")).hasMessage("closed with 1008 disconnected");
            assertThat(poll.answer().toString()).containsIgnoringCase("connection: close");
            System.out.printf("disconnected on three nodes after %d ms%n", (System.nanoTime() - given) / 1_000_000);
            assertServed(innocent, "still-here-1");
        }
    }

    private static void await(Gateways.Running gateway, String transport) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> gateway.metric("fanfare_sessions", "transport=\"" + transport + "\"") == 1);
    }

    @Test
    void endsOneSessionByItsId() throws IOException {
        try (var ws = Ws.open(three, query(), as("u3"));
                var other = Ws.open(three, query(), as("u3"))) {
            var id = Listener.member(ws.ready(), "session");
            order(one, "disconnect", "{\"session\":\"" + id + "\"}");
            assertThatThrownBy(() -> ws.until("never")).hasMessage("closed with 1008 disconnected");
            assertServed(other, "still-here-2");
        }
    }

    @Test
    void endsAllWhoComeFromAnAddress() throws IOException {
        var token = as("u4")[0];
        try (var ipv4 = Ws.open(one, query(), token, "X-Forwarded-For: 192.0.2.7");
                var ipv6 = Sse.open(two, query(), token, "X-Forwarded-For: 2001:db8:0:1::7");
                var other = Ws.open(two, query(), token, "X-Forwarded-For: 2001:db8:0:2::7")) {
            order(three, "disconnect", "{\"address\":\"192.0.2.7\"}");
            assertThatThrownBy(() -> ipv4.until("never")).hasMessage("closed with 1008 disconnected");
            order(three, "disconnect", "{\"address\":\"2001:db8:0:1::8\"}");
            assertThat(ipv6.until("error")).contains("disconnected");
            order(three, "disconnect", "{\"address\":\"2001:db8:0:2::8\",\"sub\":\"u5\"}");
            assertServed(other, "still-here-3");
        }
    }

    @Test
    void movesTheClientsOfANodeWhoGoOnElsewhere() throws IOException {
        try (var ws = Ws.open(one, query(), as("u6"));
                var sse = Sse.open(one, query(), as("u6"));
                var other = Ws.open(two, query(), as("u6"))) {
            order(three, "move", "{\"node\":\"one\",\"over\":\"1s\"}");
            var goodbye = ws.until("going-away");
            assertThat(goodbye).contains("\"reason\":\"moved\"", "reconnectAfterMs");
            assertThatThrownBy(ws::next).hasMessage("closed with 1012 moved");
            sse.events().toEnd();
            LocalBroker.get().send(topic, 0, "a", "meanwhile".getBytes(UTF_8));
            other.until("meanwhile");
            var from = Listener.member(goodbye, "cursor");
            try (var again = Sse.open(two, query() + "&cursor=" + from, as("u6"))) {
                assertThat(again.next()).isEqualTo("meanwhile");
            }
            assertServed(other, "still-here-4");
        }
    }

    @Test
    void leavesAloneWhoComesToANodeThatStartsLater() throws IOException {
        order(one, "disconnect", "{\"sub\":\"u7\"}");
        awaitCarriedOut();
        double before = disconnectsCarriedOut();
        try (var late = gateway("late");
                var ws = Ws.open(late, query(), as("u7"));
                var next = Ws.open(late, query(), as("u8"))) {
            order(one, "move", "{\"sub\":\"u8\"}"); // which is behind the first in the topic
            assertThatThrownBy(() -> next.until("never")).hasMessage("closed with 1012 moved");
            assertThat(disconnectsCarriedOut()).isEqualTo(before);
            assertServed(ws, "still-here-5");
        }
    }

    @Test
    void leavesAloneWhoComesAfterAnOrderThatIsThereTwiceOrCameTooLate() throws IOException {
        var order = "{\"id\":\"%s\",\"order\":\"disconnect\",\"issuer\":\"" + ISSUER + "\",\"sub\":\"%s\"}";
        var twice = order.formatted("twice", "u10").getBytes(UTF_8);
        var late = order.formatted("late", "u10").getBytes(UTF_8);
        LocalBroker.get().send(orders, 0, "x", twice);
        disconnects++;
        awaitCarriedOut();
        try (var ws = Ws.open(one, query(), as("u10"));
                var next = Ws.open(one, query(), as("u11"))) {
            LocalBroker.get().send(orders, 0, "x", twice);
            LocalBroker.get().send(orders, 0, "x", late, System.currentTimeMillis() - 61_000);
            order(one, "disconnect", "{\"sub\":\"u11\"}"); // which is behind both
            assertThatThrownBy(() -> next.until("never")).hasMessage("closed with 1008 disconnected");
            assertServed(ws, "still-here-6");
        }
    }

    @Test
    void goesOnAfterWhatIsNoOrder() throws IOException {
        LocalBroker.get().send(orders, 0, "x", "nonsense".getBytes(UTF_8));
        LocalBroker.get().send(orders, 0, "x", "{\"id\":\"1\",\"order\":\"obey\",\"node\":\"one\"}".getBytes(UTF_8));
        LocalBroker.get().send(orders, 0, "x", "{\"id\":\"1\",\"order\":\"move\"}".getBytes(UTF_8));
        try (var ws = Ws.open(one, query(), as("u9"))) {
            order(two, "disconnect", "{\"sub\":\"u9\"}");
            assertThatThrownBy(() -> ws.until("never")).hasMessage("closed with 1008 disconnected");
        }
    }

    @Test
    void refusesWhoMayNotAndWhatSaysNothing() throws IOException {
        assertThat(order(one, "move", "{\"node\":\"one\"}", "fanfare:manage").text())
                .contains("\"code\":\"forbidden\"", "fanfare:operate");
        for (var bad : List.of(
                "",
                "[]",
                "{}",
                "{\"sub\":1}",
                "{\"user\":\"a\"}",
                "{\"over\":\"1s\"}",
                "{\"address\":\"localhost\"}",
                "{\"sub\":\"a\",\"over\":\"soon\"}",
                "{\"sub\":\"a\",\"over\":\"61m\"}")) {
            assertThat(order(one, "disconnect", bad, "fanfare:operate").status())
                    .as(bad)
                    .isEqualTo(400);
        }
    }
}
