package dev.fanfare.gateway.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.config.AccessSettings.Grants;
import dev.fanfare.gateway.config.GatewaySettings.Log;
import dev.fanfare.gateway.testing.EventSourceParser;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.Issuer;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.gateway.testing.Secured;
import dev.fanfare.gateway.testing.WebSocketFrames;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Two tenants of one topic. Whatever cursor or ticket one of them comes with, it gets nothing of the other's, neither
/// live nor from Kafka.
@Timeout(60)
class ForgeryTest {
    private static final String SECRET = "of b alone";
    private static final int EVENTS = 40;

    private static String topic;
    private static String elsewhere;
    private static Issuer issuer;
    private static Gateways.Running gateway;

    @BeforeAll
    static void start() {
        topic = LocalBroker.get().newTopic("forgery", 1);
        elsewhere = LocalBroker.get().newTopic("elsewhere", 3);
        issuer = Issuer.start("https://id.example.com/");
        var secured = Secured.by(issuer);
        secured.clockSkew = Duration.ofSeconds(5);
        var mine = List.of(topic + ".{tenant}.**", topic + ".bystanders", elsewhere + ".{tenant}.**");
        secured.grants = new Grants(mine, List.of());
        var settings = new Gateways().route(topic, "{topic}.{key}").route(elsewhere, "{topic}.{key}");
        settings.access = secured.access();
        settings.log = new Log(Log.DEFAULT.bytes(), 3, Log.DEFAULT.age()); // what is older comes from Kafka
        gateway = settings.start();
        for (int i = 0; i < EVENTS; i++) {
            LocalBroker.get().send(topic, 0, "b." + i % 4, SECRET.getBytes(UTF_8), "content-type", "text/plain");
            LocalBroker.get().send(topic, 0, "a.1", ("a" + i).getBytes(UTF_8), "content-type", "text/plain");
        }
    }

    @AfterAll
    static void stop() {
        gateway.close();
        issuer.close();
    }

    private static String bearer(String tenant) {
        return "Authorization: Bearer " + issuer.token("tenant", tenant);
    }

    private static String cursor(String channel, String start, String tenant) throws IOException {
        var answer = gateway.get("/v1/events?wait=0&channel=" + channel + start, bearer(tenant));
        return Requests.member(answer.text(), "cursor");
    }

    private static RawClient.Answer poll(String cursor) throws IOException {
        return gateway.get("/v1/events?wait=0&channel=" + topic + ".a.**&cursor=" + cursor, bearer("a"));
    }

    private static void assertForged(String cursor) throws IOException {
        var answer = poll(cursor);
        assertThat(answer.text()).as(cursor).doesNotContain(SECRET);
        if (answer.status() != 200) { // some are cursors by chance, or of a place that Kafka does not have
            assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
            assertThat(answer.text()).contains("\"code\":\"invalid-cursor\"");
        }
    }

    @Test
    void takesNoForgedCursorForMoreThanItIs() throws IOException {
        var bearer = bearer("a");
        try (var siege = Siege.of(gateway, topic, bearer)) {
            var genuine = cursor(topic + ".b.**", "&since=1h", "b");
            var bytes = Base64.getUrlDecoder().decode(genuine);
            for (int bit = 0; bit < bytes.length * 8; bit++) {
                var flipped = bytes.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                assertForged(Base64.getUrlEncoder().withoutPadding().encodeToString(flipped));
            }
            for (int length = 1; length < genuine.length(); length++) {
                assertForged(genuine.substring(0, length));
            }
            var random = new Random(42);
            for (int i = 0; i < 100; i++) {
                var noise = new byte[random.nextInt(1, 100)];
                random.nextBytes(noise);
                noise[0] = bytes[0]; // the right version
                assertForged(Base64.getUrlEncoder().withoutPadding().encodeToString(noise));
            }
            siege.harmsNobody();
        }
    }

    /// The other tenant's own position, and positions of another topic, on each transport, with what follows live.
    @Test
    void givesATenantNothingOfAnotherFromKafkaAndThenLive() throws IOException {
        LocalBroker.get().send(elsewhere, 1, "b.1", SECRET.getBytes(UTF_8), "content-type", "text/plain");
        var starts = new ArrayList<String>();
        for (var start : List.of("&last=20", "&since=1h")) {
            starts.add(cursor(topic + ".b.**", start, "b"));
            starts.add(cursor(elsewhere + ".b.**", start, "b"));
        }
        var first = Requests.member(
                gateway.get("/v1/events?since=1h&wait=0&channel=" + topic + ".b.**", bearer("b"))
                        .text(),
                "id");
        starts.add(first);
        var bearer = bearer("a");
        try (var siege = Siege.of(gateway, topic, bearer)) {
            double replayed = siege.metric("fanfare_replayed_total", "");
            for (var start : starts) {
                assertThat(poll(start).status()).isEqualTo(200);
                assertThat(poll(start).text()).doesNotContain(SECRET);
                var target = "/v1/events?channel=" + topic + ".a.**&cursor=" + start;
                try (var sse = gateway.connect();
                        var ws = gateway.connect()) {
                    assertThat(sse.openStream(target, bearer).status()).isEqualTo(200);
                    ws.get(target, WebSocketFrames.handshake(bearer));
                    assertThat(ws.head().status()).isEqualTo(101);
                    LocalBroker.get().send(topic, 0, "b.1", SECRET.getBytes(UTF_8), "content-type", "text/plain");
                    LocalBroker.get().send(topic, 0, "a.1", "live".getBytes(UTF_8), "content-type", "text/plain");
                    var events = new EventSourceParser(sse.in());
                    for (var data = "";
                            !data.equals("live");
                            data = events.message("message").data()) {
                        assertThat(data).isNotEqualTo(SECRET);
                    }
                    for (var said = ""; !said.contains("\"live\""); said = WebSocketFrames.readText(ws.in())) {
                        assertThat(said).doesNotContain(SECRET);
                    }
                }
                for (var theirs : List.of(".b.**", ".**", ".*.1", ".b.1")) {
                    var refused =
                            gateway.get("/v1/events?wait=0&channel=" + topic + theirs + "&cursor=" + start, bearer);
                    assertThat(refused.status()).as(theirs).isEqualTo(403);
                }
            }
            assertThat(siege.metric("fanfare_replayed_total", ""))
                    .as("it came from Kafka")
                    .isGreaterThan(replayed);
        }
    }

    @Test
    void letsOneOfManyInWithATicket() throws Exception {
        var bearer = bearer("a");
        try (var siege = Siege.of(gateway, topic, bearer);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 20; round++) {
                var ticket = Requests.member(ticket(bearer), "ticket");
                var go = new CountDownLatch(1);
                var attempts = new ArrayList<Future<Integer>>();
                for (int i = 0; i < 12; i++) {
                    var way = List.of("Accept: application/json", "Accept: text/event-stream", "WS")
                            .get(i % 3);
                    attempts.add(threads.submit(attempt(ticket, way, go)));
                }
                go.countDown();
                assertThat(statuses(attempts))
                        .filteredOn(status -> status != 401)
                        .hasSize(1);
                assertThat(attempt(ticket, "Accept: application/json", go).call())
                        .isEqualTo(401);
            }
            siege.harmsNobody();
        }
    }

    private static String ticket(String bearer) throws IOException {
        try (var client = gateway.connect()) {
            return client.request("POST", "/v1/tickets", bearer, "Content-Length: 0")
                    .answer()
                    .text();
        }
    }

    private static Callable<Integer> attempt(String ticket, String way, CountDownLatch go) {
        return () -> {
            try (var client = gateway.connect()) {
                var headers = way.equals("WS") ? WebSocketFrames.handshake() : new String[] {way};
                go.await();
                client.get("/v1/events?wait=0&channel=" + topic + ".a.1&ticket=" + ticket, headers);
                return client.head().status();
            }
        };
    }

    private static List<Integer> statuses(List<Future<Integer>> attempts)
            throws InterruptedException, ExecutionException {
        var statuses = new ArrayList<Integer>();
        for (var attempt : attempts) {
            statuses.add(attempt.get());
        }
        assertThat(statuses).allMatch(status -> List.of(101, 200, 401).contains(status));
        return statuses;
    }
}
