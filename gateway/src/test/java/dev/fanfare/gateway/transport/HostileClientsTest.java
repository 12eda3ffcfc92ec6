package dev.fanfare.gateway.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.config.GatewaySettings.Publish;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bytes that are not what they should be: refused, and the next client is served.
@Timeout(60)
class HostileClientsTest {
    private static final String EVENTS = "/v1/events?channel=a&wait=0";

    private static Gateways.Running gateway;

    @BeforeAll
    static void start() {
        var topic = LocalBroker.get().newTopic("hostile", 1);
        var settings = new Gateways()
                .route(topic, "{topic}.{key}")
                .heartbeats(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(60));
        settings.publish = new Publish(true, topic, 1 << 20, 10, Duration.ofSeconds(5), Duration.ofMinutes(1), 10);
        gateway = settings.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @AfterEach
    void theNextClientIsServed() throws IOException {
        assertThat(gateway.get(EVENTS).status()).isEqualTo(200);
        Awaitility.await().until(() -> gateway.metric("fanfare_sessions", "poll") == 0);
    }

    /// Everything that comes back until the server closes.
    private static String exchange(byte[] sent) throws IOException {
        try (var client = gateway.connect()) {
            try {
                client.send(sent);
                client.socket().shutdownOutput();
                return new String(client.in().readAllBytes(), ISO_8859_1);
            } catch (SocketException reset) {
                return "";
            }
        }
    }

    private static String exchange(String sent) throws IOException {
        return exchange(sent.getBytes(ISO_8859_1));
    }

    @Test
    void closesOnWhatIsNoHttp() throws IOException {
        var seed = Long.getLong("fanfare.seed", System.nanoTime());
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            var bytes = new byte[random.nextInt(1, 20_000)];
            random.nextBytes(bytes);
            assertThat(exchange(bytes)).doesNotContain("200 OK", "500 ");
        }
        for (var text : List.of(
                "\r\n\r\n",
                "GET\r\n\r\n",
                "GET /\r\n\r\n",
                "HELO example.org\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
                "GET " + EVENTS + " HTTP/3.7\r\nHost: x\r\n\r\n")) {
            assertThat(exchange(text)).as(text).doesNotContain("200 OK", "500 ");
        }
    }

    @Test
    void refusesHeadersThatAreNone() throws IOException {
        for (var headers : List.of(
                "",
                "Host: a\r\nHost: b\r\n",
                "Host: \r\n",
                "Host: a:b\r\n",
                "Host: x\r\nno colon\r\n",
                "Host: x\r\nX-A: \u0000\r\n",
                "Host: x\r\nX A: 1\r\n",
                "Host: x\r\nContent-Length: -1\r\n",
                "Host: x\r\nContent-Length: x\r\n")) {
            var answer = exchange("GET " + EVENTS + " HTTP/1.1\r\n" + headers + "\r\n");
            assertThat(answer).as(headers).startsWith("HTTP/1.1 400 ");
            assertThat(answer)
                    .as(headers)
                    .contains("Content-Type: application/problem+json\r\n", "\r\nX-Request-Id: ", "\"code\":\"");
        }
    }

    @Test
    void saysWhatIsWrongWithWhatIsNoHttp() throws IOException {
        assertThat(exchange("HELO example.org\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ")
                .contains("\r\nX-Request-Id: ", "\"detail\":\"the request is not HTTP/1.1: check its first line");
        for (var method : List.of("\u007f", "G\u0001T", "\u00e9", "G(T", "\u0000")) {
            assertThat(exchange(method + " / HTTP/1.1\r\nHost: x\r\n\r\n"))
                    .as(method)
                    .startsWith("HTTP/1.1 400 ")
                    .contains("\"detail\":\"the request is not HTTP/1.1: check its first line");
        }
        // behind another request; nobody who speaks HTTP/1.0 sends it there
        assertThat(exchange("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET " + EVENTS + " HTTP/1.0\r\n\r\n"))
                .contains("\"code\":\"unsupported-http-version\"", "use HTTP/1.1");
        assertThat(exchange("GET " + EVENTS + " HTTP/1.1\r\n\r\n"))
                .contains("\"detail\":\"Host header must be present");
        assertThat(exchange("GET " + EVENTS + " HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n"))
                .contains("\"detail\":\"Invalid header, missing colon:\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: -1",
                "Content-Length: +3",
                "Content-Length: 3, 3",
                "Content-Length: 3\r\nContent-Length: 2",
                "Content-Length: 99999999999999999999",
                "Transfer-Encoding: gzip",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 3",
            })
    void refusesABodyWhoseEndIsInDoubtAndReadsNothingAfterIt(String headers) throws IOException {
        for (var path : List.of("/v1/events?channel=a", "/v1/negotiate", "/nowhere")) {
            var answer = exchange("POST " + path + " HTTP/1.1\r\nHost: x\r\n" + headers
                    + "\r\n\r\n3\r\n{} \r\n0\r\n\r\nGET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(answer).as(path).startsWith("HTTP/1.1 400 ").containsOnlyOnce("HTTP/1.1 ");
            assertThat(answer).contains("\r\nConnection: close\r\n", "\"code\":\"invalid-message\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-2", "zz", "", "FFFFFFFFFFFFFFFFF", "2\rx"})
    void refusesChunksThatAreNoneAndReadsNothingAfterThem(String size) throws IOException {
        for (var path : List.of("/v1/events?channel=a", "/v1/negotiate")) {
            var answer = exchange("POST " + path + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + size
                    + "\r\n{}\r\n0\r\n\r\n");
            assertThat(answer).as(path).startsWith("HTTP/1.1 400 ").containsOnlyOnce("HTTP/1.1 ");
            assertThat(answer).contains("\"code\":\"invalid-message\"", "the body is not in chunks");
        }
    }

    @Test
    void refusesTargetsThatAreNoPath() throws IOException {
        var answer = exchange("GET ht:p://x/v1/events HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("\"code\":\"invalid-message\"", "no path");
    }

    @Test
    void boundsHeadersAndUrls() throws IOException {
        assertThat(exchange("GET " + EVENTS + " HTTP/1.1\r\nHost: x\r\nX-Big: " + "x".repeat(100_000) + "\r\n\r\n"))
                .as("many headers")
                .doesNotContain("200 OK", "500 ");
        assertThat(exchange("GET " + EVENTS + "&cursor=" + "x".repeat(100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .doesNotContain("200 OK", "500 ");
        try (var client = gateway.connect()) {
            var answer = client.get(EVENTS + "&cursor=" + "A".repeat(50_000)).answer();
            assertThat(answer.status()).isEqualTo(414);
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        }
        try (var client = gateway.connect()) {
            var answer = client.get(EVENTS, "X-Big: " + "x".repeat(20_000)).answer();
            assertThat(answer.status()).isBetween(400, 431);
        }
    }

    @Test
    void takesTheLongestCursorInTheUrlBesidesManyChannels() throws IOException {
        var target = EVENTS + "&channel=b&channel=" + "c".repeat(255) + "&cursor=" + "A".repeat(4096);
        assertThat(gateway.get(target).text()).contains("\"code\":\"invalid-cursor\"");
    }

    @Test
    void answersAHalfClosedClientOfAnOrdinaryPath() throws IOException {
        assertThat(exchange("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 200 OK\r\n");
    }

    @Test
    void keepsQuietClientsApart() throws IOException {
        try (var silent = gateway.connect();
                var partial = gateway.connect()) {
            partial.send("GET /v1/ev");
            assertThat(silent.socket().isConnected()).isTrue();
            assertThat(gateway.get(EVENTS).status()).isEqualTo(200);
            partial.send("ents?channel=a&wait=0 HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(partial.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void logsNothingOfWhoeverGoesInTheMiddle() throws IOException {
        var logged = new CopyOnWriteArrayList<String>();
        var handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                if (entry.getLevel().intValue() > Level.FINE.intValue()) {
                    logged.add(entry.getLoggerName() + ": " + entry.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        var root = Logger.getLogger("");
        root.addHandler(handler);
        try {
            for (var sent : List.of(
                    "",
                    "G",
                    "PRI * HTTP/2.0\r\n",
                    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0000\u0000",
                    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nGET / HTTP/1.1",
                    "GET " + EVENTS,
                    "GET " + EVENTS + " HTTP/1.1\r\nHost: x",
                    "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345",
                    "POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
                    "POST /v1/negotiate HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345",
                    "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345")) {
                exchange(sent);
                try (var client = gateway.connect()) {
                    client.send(sent).socket().setSoLinger(true, 0); // goes with a reset
                }
            }
        } finally {
            root.removeHandler(handler);
        }
        assertThat(logged).isEmpty();
    }
}
