package dev.fanfare.gateway.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.config.GatewaySettings.Publish;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that speak HTTP/1.0, as some proxies do: each answer ends with its connection, and none is in chunks.
@Timeout(60)
class Http10Test {
    private static final String HOST = "Host: x\r\n";
    private static String topic;
    private static Gateways.Running gateway;

    @BeforeAll
    static void start() {
        topic = LocalBroker.get().newTopic("old", 1);
        var settings = new Gateways().route(topic, "{topic}.{key}");
        settings.publish = new Publish(true, topic, 1 << 20, 10, Duration.ofSeconds(5), Duration.ofMinutes(1), 10);
        gateway = settings.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    /// All that comes until the gateway closes.
    private static String exchange(String request) throws IOException {
        try (var client = gateway.connect()) {
            return new String(client.send(request).in().readAllBytes(), ISO_8859_1);
        }
    }

    private static void assertWhole(String answer) {
        assertThat(answer).contains("\r\nConnection: close\r\n").doesNotContainIgnoringCase("Transfer-Encoding");
        int length = Integer.parseInt(answer.replaceFirst("(?is).*?\r\nContent-Length: (\\d+)\r\n.*", "$1"));
        assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).hasSize(length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                HOST,
                HOST + "Connection: close\r\n",
                HOST + "Connection: keep-alive\r\nKeep-Alive: timeout=60\r\n",
                "connection: Keep-Alive\r\n" + HOST + "Proxy-Connection: keep-alive\r\n",
            })
    void getAnswersToPlainRequests(String headers) throws IOException {
        for (var path : List.of("/", "/fanfare.js", "/health/ready", "/metrics", "/v1/events?channel=old.a&wait=0")) {
            var answer = exchange("GET " + path + " HTTP/1.0\r\n" + headers + "\r\n");
            assertThat(answer).as(path).startsWith("HTTP/1.1 200 OK\r\n");
            assertWhole(answer);
        }
        var missing = exchange("GET /nowhere HTTP/1.0\r\n" + headers + "\r\n");
        assertThat(missing).startsWith("HTTP/1.1 404 ").contains("\r\nX-Request-Id: ", "\"code\":\"not-found\"");
        assertWhole(missing);
    }

    @Test
    void sendBodiesInOneOrInManyPieces() throws Exception {
        var body = "{\"transports\":[\"sse\"],\"channels\":[\"old.a\"]}";
        var request = "POST /v1/negotiate HTTP/1.0\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
                + "Content-Length: " + body.length() + "\r\n\r\n" + body;
        var whole = exchange(request);
        assertThat(whole).startsWith("HTTP/1.1 200 OK\r\n").contains("\"transport\":\"sse\"");
        assertWhole(whole);
        for (int size : List.of(1, 7, 40)) {
            try (var client = gateway.connect()) {
                for (int at = 0; at < request.length(); at += size) {
                    client.send(request.substring(at, Math.min(request.length(), at + size)));
                }
                var answer = new String(client.in().readAllBytes(), ISO_8859_1);
                assertThat(answer).as("in pieces of " + size).startsWith("HTTP/1.1 200 OK\r\n");
                assertThat(answer).contains("\"transport\":\"sse\"");
            }
        }
    }

    @Test
    void getAPollsAnswerWhenAnEventComes() throws Exception {
        try (var client = gateway.connect()) {
            client.send("GET /v1/events?channel=" + topic + ".poll&wait=30 HTTP/1.0\r\n" + HOST + "\r\n");
            await().until(() -> gateway.metric("fanfare_sessions", "poll") == 1);
            LocalBroker.get().send(topic, null, "poll", "1".getBytes(ISO_8859_1));
            var answer = new String(client.in().readAllBytes(), ISO_8859_1);
            assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").contains("\"data\":1");
            assertWhole(answer);
        }
    }

    @Test
    void getAStreamThatEndsWithItsConnection() throws Exception {
        try (var client = gateway.connect()) {
            client.send("GET /v1/events?channel=" + topic + ".stream HTTP/1.0\r\nAccept: text/event-stream\r\n\r\n");
            var head = client.head();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Type")).contains("text/event-stream");
            assertThat(head.header("Transfer-Encoding")).isEmpty();
            assertThat(head.header("Content-Length")).isEmpty();
            await().until(() -> gateway.metric("fanfare_sessions", "sse") == 1);
            LocalBroker.get().send(topic, null, "stream", "17".getBytes(ISO_8859_1));
            var came = new StringBuilder();
            while (came.indexOf("data: 17\n") < 0) {
                came.append((char) client.in().read());
            }
        }
        await().until(() -> gateway.metric("fanfare_sessions", "sse") == 0);
    }

    @Test
    void areToldThatAWebSocketNeedsMore() throws IOException {
        var answer = exchange("GET /v1/events?channel=old.a HTTP/1.0\r\n" + HOST
                + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("HTTP/1.1: a proxy on the way may", "HTTP/1.0");
        var asked = exchange("GET /v1/events?channel=old.a&transport=ws HTTP/1.0\r\n" + HOST + "\r\n");
        assertThat(asked).startsWith("HTTP/1.1 426 ");
    }

    @Test
    void areRefusedAsThoseOfHttp11Are() throws IOException {
        assertThat(exchange("GET / HTTP/1.0\r\nno colon\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(exchange("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(exchange("GET / HTTP/1.0\r\nX-Big: " + "x".repeat(70_000))).startsWith("HTTP/1.1 4");
        assertThat(exchange("GET /" + "x".repeat(70_000))).startsWith("HTTP/1.1 4");
        assertThat(exchange("GET / HTTP/0.9\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        var chunked = """
                POST /v1/events?channel=old.a HTTP/1.0
                Transfer-Encoding: chunked
                Content-Length: 3

                1
                1
                0

                GET / HTTP/1.0

                """.replace("\n", "\r\n");
        assertThat(exchange(chunked)).startsWith("HTTP/1.1 400 ").containsOnlyOnce("HTTP/1.1 ");
    }
}
