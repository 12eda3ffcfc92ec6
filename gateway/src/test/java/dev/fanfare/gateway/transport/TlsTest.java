package dev.fanfare.gateway.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanfare.gateway.testing.Authority;
import dev.fanfare.gateway.testing.Encrypted;
import dev.fanfare.gateway.testing.EventSourceParser;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// All transports over TLS.
@Timeout(60)
class TlsTest {
    @TempDir
    static Path folder;

    private static LocalBroker broker;
    private static String topic;
    private static Gateways.Running gateway;
    private static SSLContext trusting;
    private static HttpClient client;

    @BeforeAll
    static void start() {
        broker = LocalBroker.get();
        topic = broker.newTopic("tls", 1);
        var authority = Authority.in(folder);
        trusting = authority.clients();
        var encrypted = Encrypted.with(authority.issue("server", "EC"));
        encrypted.hsts = Duration.ofDays(1);
        var gateways = new Gateways()
                .route(topic, "{topic}.{key}")
                .heartbeats(Duration.ofSeconds(1), Duration.ofMillis(300), Duration.ofSeconds(60));
        gateways.server = encrypted.server();
        gateway = gateways.startUnready();
        client = HttpClient.newBuilder().sslContext(trusting).build();
        org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> get("/health/ready", HttpClient.Version.HTTP_1_1).statusCode() == 200);
    }

    @AfterAll
    static void stop() {
        client.shutdownNow(); // waits for no answer that a failed test left out
        gateway.close();
    }

    @AfterEach
    void theNextClientIsServed() throws Exception {
        assertThat(get("/v1/events?channel=a&wait=0", HttpClient.Version.HTTP_1_1)
                        .statusCode())
                .isEqualTo(200);
    }

    private static URI url(String scheme, String target) {
        return URI.create(scheme + "://localhost:" + gateway.port() + target);
    }

    private static HttpResponse<String> get(String target, HttpClient.Version version)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(url("https", target)).version(version).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static SSLSocket socket(String... protocols) throws IOException {
        return over(new Socket(InetAddress.ofLiteral("127.0.0.1"), gateway.port()), protocols);
    }

    private static SSLSocket over(Socket plain, String... protocols) throws IOException {
        var socket = (SSLSocket) trusting.getSocketFactory().createSocket(plain, "localhost", gateway.port(), true);
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
        return socket;
    }

    private static void publish(String key, String value) {
        broker.send(topic, 0, key, value.getBytes(UTF_8));
    }

    private static String channel(String key) {
        return "/v1/events?channel=" + topic + "." + key;
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void speaksWhatWasAgreedOn(HttpClient.Version version) throws Exception {
        if (version.name().equals("HTTP_3")) {
            return;
        }
        var answer = get("/health/live", version);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.version()).isEqualTo(version);
        assertThat(answer.headers().firstValue("Strict-Transport-Security")).contains("max-age=86400");
        assertThat(get("/nowhere", version).headers().firstValue("Strict-Transport-Security"))
                .contains("max-age=86400");
        assertThat(get(channel("x") + "&wait=0", version).headers().firstValue("Strict-Transport-Security"))
                .contains("max-age=86400");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void streamsOverHttp1(String protocol) throws IOException {
        try (var http = RawClient.over(socket(protocol))) {
            var head = http.openStream(channel("sse"));
            assertThat(head.header("Strict-Transport-Security")).contains("max-age=86400");
            assertThat(((SSLSocket) http.socket()).getSession().getProtocol()).isEqualTo(protocol);
            var events = new EventSourceParser(http.in());
            events.message("ready");
            var large = "x".repeat(200_000);
            publish("sse", large);
            publish("sse", "small");
            assertThat(events.message().data()).isEqualTo(large);
            assertThat(events.message().data()).isEqualTo("small");
            events.until(EventSourceParser.Comment.class, _ -> true);
        }
    }

    @Test
    void streamsOverHttp2() throws Exception {
        var request = HttpRequest.newBuilder(url("https", channel("h2")))
                .header("Accept", "text/event-stream")
                .build();
        var answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        try (InputStream body = answer.body()) {
            var events = new EventSourceParser(body);
            events.message("ready");
            publish("h2", "hello");
            assertThat(events.message().data()).isEqualTo("hello");
        }
    }

    @Test
    void speaksWebSocket() throws Exception {
        BlockingQueue<String> texts = new LinkedBlockingQueue<>();
        var webSocket = client.newWebSocketBuilder()
                .subprotocols("fanfare.v1.json")
                .buildAsync(url("wss", channel("ws")), new WebSocket.Listener() {
                    private final StringBuilder parts = new StringBuilder();

                    @Override
                    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                        parts.append(data);
                        if (last) {
                            texts.add(parts.toString());
                            parts.setLength(0);
                        }
                        from.request(1);
                        return null;
                    }
                })
                .get(10, TimeUnit.SECONDS);
        assertThat(texts.poll(10, TimeUnit.SECONDS)).contains("\"type\":\"ready\"");
        publish("ws", "hello");
        assertThat(texts.poll(10, TimeUnit.SECONDS)).contains("hello");
        for (int i = 0; i < 20; i++) {
            webSocket
                    .sendText("{\"type\":\"ping\",\"id\":\"%d\"}".formatted(i), true)
                    .get(10, TimeUnit.SECONDS);
        }
        assertThat(texts.poll(10, TimeUnit.SECONDS)).as("an answer").isNotNull();
        webSocket.abort();
    }

    @Test
    void answersPollsOnOneConnection() throws IOException {
        try (var http = RawClient.over(socket())) {
            for (int i = 0; i < 3; i++) {
                http.get(channel("poll") + "&wait=10ms");
                assertThat(http.answer().status()).isEqualTo(200);
            }
        }
    }

    /// Holds back what is written, so that it comes in one piece.
    private static final class Corked extends Socket {
        private final ByteArrayOutputStream held = new ByteArrayOutputStream();
        private boolean corked;

        Corked(int port) throws IOException {
            super(InetAddress.ofLiteral("127.0.0.1"), port);
        }

        void uncork() throws IOException {
            corked = false;
            super.getOutputStream().write(held.toByteArray());
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            var out = super.getOutputStream();
            return new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int from, int length) throws IOException {
                    if (corked) {
                        held.write(bytes, from, length);
                    } else {
                        out.write(bytes, from, length);
                    }
                }
            };
        }
    }

    @Test
    void findsTheNextRequestInWhatCameWithTheLast() throws IOException {
        var corked = new Corked(gateway.port());
        try (var http = RawClient.over(over(corked))) {
            http.get("/health/live");
            assertThat(http.answer().status()).isEqualTo(200);
            corked.corked = true;
            http.get(channel("a") + "&wait=10ms").get(channel("b") + "&wait=0");
            corked.uncork();
            assertThat(http.answer().status()).isEqualTo(200);
            assertThat(http.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void takesAHandshakeInSmallPieces() throws IOException {
        var plain = new Socket(InetAddress.ofLiteral("127.0.0.1"), gateway.port()) {
            @Override
            public OutputStream getOutputStream() throws IOException {
                var out = super.getOutputStream();
                return new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        out.write(b);
                    }
                };
            }
        };
        plain.setTcpNoDelay(true);
        try (var http = RawClient.over(over(plain))) {
            http.get("/health/live");
            assertThat(http.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void saysGoodbye() throws IOException {
        try (var http = RawClient.over(socket())) {
            http.send("HELO example.org\r\n\r\n");
            assertThat(http.answer().status()).isEqualTo(400);
            assertThat(http.in().read())
                    .as("close_notify: without it the JDK's client would throw")
                    .isEqualTo(-1);
        }
    }

    @Test
    void cutsWhoDoesNotFinishTheHandshake() throws IOException {
        try (var silent = RawClient.connect(gateway.port());
                var half = RawClient.connect(gateway.port())) {
            half.send(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1});
            assertThat(silent.in().readAllBytes()).hasSizeLessThan(100);
            assertThat(half.in().readAllBytes()).hasSizeLessThan(100);
        }
    }

    @Test
    void refusesWhatIsNoTls() throws IOException {
        try (var plain = RawClient.connect(gateway.port())) {
            plain.get("/health/live");
            assertThat(new String(plain.in().readAllBytes(), UTF_8)).doesNotContain("HTTP/1.1 200");
        }
    }

    @Test
    void refusesWhoSpeaksNeitherHttp() throws IOException {
        try (var socket = socket()) {
            var parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"imap"});
            socket.setSSLParameters(parameters);
            assertThatThrownBy(socket::startHandshake)
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("no_application_protocol");
        }
    }

    @Test
    void tellsProtocolsByTheirFirstBytesWhereNoneWasAgreedOn() throws IOException {
        try (var socket = socket()) {
            socket.startHandshake();
            assertThat(socket.getApplicationProtocol()).isEmpty();
            var http = RawClient.over(socket);
            http.get("/health/live");
            assertThat(http.answer().status()).isEqualTo(200);
        }
    }
}
