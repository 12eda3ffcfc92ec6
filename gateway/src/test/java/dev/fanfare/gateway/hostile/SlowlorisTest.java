package dev.fanfare.gateway.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.config.GatewaySettings.Limits;
import dev.fanfare.gateway.config.GatewaySettings.PerAddress;
import dev.fanfare.gateway.config.GatewaySettings.Publish;
import dev.fanfare.gateway.testing.ConnectionThreads;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.Open;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients that never come to the end of what they say hold all places of their address, and lose them.
@Timeout(60)
class SlowlorisTest {
    private static final int OF_EACH = 8;
    private static final Duration HEARTBEAT = Duration.ofMillis(500);
    private static final Duration REQUEST = HEARTBEAT.multipliedBy(2); // what it may take
    private static final String UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";

    private static String topic;
    private static Gateways.Running gateway;

    /// What a client says at once, and what it trickles then.
    private enum Kind {
        SILENT("", ""),
        REQUEST_LINE("", "GET /v1/events?channel=" + "a".repeat(1000)),
        HEADERS("GET /health/live HTTP/1.1\r\nHost: x\r\n", "X-A: b\r\n".repeat(200)),
        HANDSHAKE("GET /v1/events?channel=a HTTP/1.1\r\nHost: x\r\n" + UPGRADE, "X-A: b\r\n".repeat(200)),
        EVENT("POST /v1/events?channel=a HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n", "x".repeat(1000)),
        CHUNKS(
                "POST /v1/events?channel=a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
                "1\r\nx\r\n".repeat(200)),
        NEGOTIATION("POST /v1/negotiate HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{", " ".repeat(1000)),
        NOWHERE("POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n", "x".repeat(1000)),
        PREFACE("", "PRI * HTTP/2.0\r\n\r\nSM"),
        HTTP2_FRAME(Http2.START, Http2.frame(1, 4, 1, "x".repeat(127))),
        HTTP2_HEADERS(
                Http2.START + Http2.frame(1, 0, 1, Http2.POST),
                Http2.frame(9, 0, 1, "").repeat(100)),
        HTTP2_BODY(
                Http2.START + Http2.frame(1, 4, 1, Http2.POST),
                Http2.frame(0, 0, 1, "x").repeat(200));

        private final String atOnce;
        private final String trickled;

        Kind(String atOnce, String trickled) {
            this.atOnce = atOnce;
            this.trickled = trickled;
        }
    }

    /// Frames (RFC 9113 §4.1) of bytes that are ASCII too: of 127 at most.
    private static final class Http2 {
        static final String START = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, "");
        static final String POST = post("/v1/events?channel=a");
        static final int HEADERS = 1;
        static final int PING = 6;

        /// Fields by the names' places in the static table, without Huffman coding (RFC 7541 §6.2.2).
        static String post(String path) {
            return field(2, "POST") + field(6, "http") + field(4, path) + field(1, "x");
        }

        private static String field(int name, String value) {
            return "" + (char) name + (char) value.length() + value;
        }

        /// The type of the next frame; passes over the rest of it.
        static int read(RawClient client) throws IOException {
            var header = ByteBuffer.wrap(client.exactly(9));
            client.exactly(header.getInt(0) >>> 8);
            return header.get(3);
        }

        static String frame(int type, int flags, int stream, String payload) {
            return "\0\0" + (char) payload.length() + (char) type + (char) flags + "\0\0\0" + (char) stream + payload;
        }
    }

    private static final class Slow {
        private final Kind kind;
        private final RawClient client;
        private int at;

        Slow(Kind kind) throws IOException {
            this.kind = kind;
            this.client = attacker();
            client.send(kind.atOnce);
            client.socket().setSoTimeout(1);
        }

        /// Says a byte more, if it has one, and looks whether it was cut.
        boolean isCut() {
            try {
                if (at < kind.trickled.length()) {
                    client.send(kind.trickled.substring(at, ++at));
                }
                return client.isAtEnd();
            } catch (java.net.SocketTimeoutException stillOpen) {
                return false;
            } catch (IOException cut) {
                return true;
            }
        }
    }

    @BeforeAll
    static void start() {
        topic = LocalBroker.get().newTopic("slowloris", 1);
        var settings =
                new Gateways().route(topic, "{topic}.{key}").heartbeats(HEARTBEAT, HEARTBEAT, Duration.ofSeconds(60));
        settings.publish = new Publish(true, topic, 1 << 20, 10, Duration.ofSeconds(5), Duration.ofMinutes(1), 10);
        var none = Open.limits();
        var places = new PerAddress(Kind.values().length * OF_EACH, 0, 0, 0, 0, 0, 0);
        settings.limits = new Limits(0, 0, 0, none.unwrittenBytes(), places, none.principal());
        gateway = settings.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static RawClient attacker() throws IOException {
        return RawClient.connect(gateway.port(), Requests.ATTACKER);
    }

    private static boolean isServedThere() {
        try (var client = attacker()) {
            return client.get("/health/live").answer().status() == 200;
        } catch (IOException refused) {
            return false;
        }
    }

    @Test
    void cutsWhoNeverEnds() throws IOException {
        try (var siege = Siege.of(gateway, topic)) {
            var threads = ConnectionThreads.ids();
            var slow = new ArrayList<Slow>();
            for (var kind : Kind.values()) {
                for (int i = 0; i < OF_EACH; i++) {
                    slow.add(new Slow(kind));
                }
            }
            assertThat(isServedThere()).as("all places are taken").isFalse();
            siege.harmsNobody();
            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(10))
                    .untilAsserted(() -> {
                        slow.removeIf(Slow::isCut);
                        assertThat(kinds(slow)).as("who is still there").isEmpty();
                    });
            await().until(SlowlorisTest::isServedThere);
            await().pollInterval(Duration.ofMillis(500)) // each look stops all threads
                    .untilAsserted(() -> assertThat(threads).containsAll(ConnectionThreads.ids()));
        }
    }

    @Test
    void logsNothingOfHeadersOverHttp2ThatCannotBeRead() throws IOException {
        try (var log = new LogWatch();
                var client = gateway.connect()) {
            client.send(Http2.START + Http2.frame(1, 4, 1, "x".repeat(127)));
            client.in().readAllBytes(); // the server has closed, or this would fail
            assertThat(log.troubles()).isEmpty();
        }
    }

    /// It has its answer: nobody waits for the rest, and what else is on the connection goes on.
    @Test
    void doesNotWaitOverHttp2ForTheRestOfARequestThatIsAnswered() throws IOException {
        try (var client = gateway.connect()) {
            client.send(Http2.START + Http2.frame(1, 4, 1, Http2.post("/health/live")));
            while (Http2.read(client) != Http2.HEADERS) {
                // settings
            }
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < REQUEST.multipliedBy(3).toNanos()) {
                client.send(Http2.frame(Http2.PING, 0, 0, "12345678"));
                while (Http2.read(client) != Http2.PING) {
                    // the rest of the answer
                }
            }
        }
    }

    private static Set<Kind> kinds(List<Slow> slow) {
        return slow.stream().map(one -> one.kind).collect(Collectors.toSet());
    }

    /// They have said that they will say no more, and still listen.
    @Test
    void givesBackThePlacesOfTheHalfOpen() throws IOException {
        try (var siege = Siege.of(gateway, topic)) {
            var halves = new ArrayList<RawClient>();
            for (int i = 0; i < OF_EACH; i++) {
                for (var kind : Kind.values()) {
                    var half = attacker().send(kind.atOnce + kind.trickled);
                    half.socket().shutdownOutput();
                    halves.add(half);
                }
            }
            siege.harmsNobody();
            for (var stream : List.of("Accept: text/event-stream", "Accept: application/json", UPGRADE + "X: y")) {
                await().until(SlowlorisTest::isServedThere);
                var half = attacker().get("/v1/events?wait=50s&channel=" + topic + ".a", stream);
                half.socket().shutdownOutput();
                halves.add(half);
            }
            for (var half : halves) {
                half.in().readAllBytes(); // the server has closed, or this would fail
            }
            await().until(SlowlorisTest::isServedThere);
        }
    }

    /// Bodies that are announced and do not come, together more than the gateway may hold.
    @Test
    void keepsNobodyElseFromPublishing() throws IOException {
        try (var siege = Siege.of(gateway, topic)) {
            for (var length : List.of("Transfer-Encoding: chunked", "Content-Length: " + (1 << 20))) {
                var slow = new ArrayList<RawClient>();
                for (int i = 0; i < 70; i++) {
                    slow.add(attacker().request("POST", "/v1/events?channel=a", length));
                }
                for (int i = 0; i < 10; i++) {
                    try (var client = gateway.connect()) {
                        client.request("POST", "/v1/events?channel=a", "Content-Length: 1")
                                .send("x");
                        assertThat(client.answer().status()).as(length).isEqualTo(202);
                    }
                }
                for (var client : slow) {
                    client.close();
                }
            }
            siege.harmsNobody();
        }
    }
}
