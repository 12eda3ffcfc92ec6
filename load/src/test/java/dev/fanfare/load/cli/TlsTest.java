package dev.fanfare.load.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whole runs over TLS, against a server whose certificate is of a test's own authority.
@Timeout(60)
class TlsTest {
    private static final int SESSIONS = 3;
    private static final int EVENTS = 30;

    @TempDir
    static Path dir;

    private static String trust = "";
    private static SSLContext server;
    private static SSLContext stranger;

    @BeforeAll
    static void issue() throws Exception {
        var authority = Authority.in(dir);
        trust = authority.certificate().toString();
        server = authority.server("ip:127.0.0.1");
        stranger = authority.server("dns:elsewhere.example");
    }

    @ParameterizedTest
    @CsvSource({"sse, PLAIN", "sse, FRAGMENTED", "ws, FRAGMENTED", "ws, UNUSUAL", "poll, PLAIN", "poll, FRAGMENTED"})
    void passesWhenEachDeliveryIsRight(String transport, Manner manner) throws Exception {
        try (var planted = planted(server, manner, "TLSv1.3")) {
            allCame(run(planted.url(), "--transports", transport, "--tls-trust", trust));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sse", "ws", "poll"})
    void speaksTheOlderVersion(String transport) throws Exception {
        try (var planted = planted(server, Manner.PLAIN, "TLSv1.2")) {
            allCame(run(planted.url(), "--transports", transport, "--tls-trust", trust));
        }
    }

    /// Of an event of several records, or of a part of one.
    @ParameterizedTest
    @ValueSource(ints = {200, 60_000})
    void readsRecordsCutAnywhere(int bytes) throws Exception {
        try (var planted = planted(server, Manner.PLAIN, "TLSv1.3");
                var cutter = new Cutter(planted.port())) {
            allCame(run(
                    "https://127.0.0.1:%d/events".formatted(cutter.port()),
                    "--transports",
                    "sse,ws,poll",
                    "--bytes",
                    Integer.toString(bytes),
                    "--publish-url",
                    planted.url(),
                    "--tls-trust",
                    trust));
        }
    }

    @Test
    void takesTheSchemesOfWebSockets() throws Exception {
        try (var planted = planted(server, Manner.PLAIN, "TLSv1.3")) {
            var url = planted.url();
            allCame(run(url, "--transports", "ws", "--ws-url", url.replace("https:", "wss:"), "--tls-trust", trust));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sse", "ws", "poll"})
    void comesBackBehindItsCursor(String transport) throws Exception {
        try (var planted = planted(server, Manner.PLAIN, "TLSv1.3")) {
            var ran = scenario(
                    "storm",
                    planted.url(),
                    List.of("--transports", transport, "--share", "0.7", "--away", "100ms", "--tls-trust", trust));
            allCame(ran);
            assertThat(ran.json().get("disturbance").get("left").asInt()).isEqualTo(2);
        }
    }

    /// Each event is in a record of its own, which takes a reader of 2,000 bytes a second four seconds.
    @Test
    void readsAsSlowlyAsItIsTold() throws Exception {
        try (var planted = planted(server, Manner.PLAIN, "TLSv1.3")) {
            var options = new ArrayList<>(List.of("--share", "1", "--read-rate", "2000", "--bytes", "8000"));
            options.addAll(List.of("--rate", "30", "--duration", "1s", "--tls-trust", trust));
            var ran = scenario("slow", planted.url(), options);
            allCame(ran);
            assertThat(ran.json().get("disturbance").get("deliveriesBehind").asInt())
                    .isGreaterThan(SESSIONS * (EVENTS - 6));
        }
    }

    @Test
    void doesNotTrustWhomItDoesNotKnow() throws Exception {
        try (var planted = planted(server, Manner.PLAIN, "TLSv1.3")) {
            assertThat(lostFor(run(planted.url()))).contains("unable to find valid certification path");
        }
        try (var planted = planted(stranger, Manner.PLAIN, "TLSv1.3")) {
            assertThat(lostFor(run(planted.url(), "--tls-trust", trust)))
                    .contains("No subject alternative names matching IP address 127.0.0.1");
        }
    }

    @Test
    void trustsAnybodyIfToldAndSaysSo() throws Exception {
        try (var planted = planted(stranger, Manner.PLAIN, "TLSv1.3")) {
            var ran = run(planted.url(), "--tls-insecure");
            allCame(ran);
            assertThat(ran.out()).contains("tls=no certificate was checked");
            assertThat(ran.json().get("settings").get("tls").asText()).isEqualTo("no certificate was checked");
        }
    }

    @Test
    void saysWhenTheHandshakeFails() throws Exception {
        try (var rude = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answerWith(rude, "HTTP/1.1 400 Bad Request\r\n\r\n"));
            assertThat(lostFor(run("https://127.0.0.1:" + rude.getLocalPort() + "/", "--tls-insecure")))
                    .contains("Unrecognized SSL message");
        }
        try (var mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answerWith(mute, ""));
            assertThat(lostFor(run("https://127.0.0.1:" + mute.getLocalPort() + "/", "--tls-insecure")))
                    .contains("the connection ended within the TLS handshake");
        }
    }

    @Test
    void readsTheServersFiguresOverIt() throws Exception {
        var metrics = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        metrics.setHttpsConfigurator(new HttpsConfigurator(server));
        metrics.createContext("/metrics", exchange -> {
            var body = "fanfare_level 7\n".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            try (exchange) {
                exchange.getResponseBody().write(body);
            }
        });
        metrics.start();
        try (var planted = planted(server, Manner.PLAIN, "TLSv1.3")) {
            var url = "https://127.0.0.1:%d/metrics"
                    .formatted(metrics.getAddress().getPort());
            var ran = run(planted.url(), "--server-metrics", url, "--tls-trust", trust);
            allCame(ran);
            assertThat(ran.json()
                            .get("server")
                            .get("metrics")
                            .get("fanfare_level")
                            .get("to")
                            .asInt())
                    .isEqualTo(7);
        } finally {
            metrics.stop(0);
        }
    }

    private static void allCame(Ran ran) throws Exception {
        assertThat(ran.status()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.json().get("total").get("deliveries").asInt()).isEqualTo(SESSIONS * EVENTS);
    }

    private static String lostFor(Ran ran) throws Exception {
        assertThat(ran.status()).as(ran.out() + ran.err()).isEqualTo(1);
        assertThat(ran.json().get("failures").toString()).contains(SESSIONS + " sessions were never open");
        return ran.json().get("lostFor").toString();
    }

    private static void answerWith(ServerSocket listener, String text) {
        try {
            while (true) {
                try (var socket = listener.accept()) {
                    answerWith(socket, text);
                }
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private static void answerWith(Socket socket, String text) throws IOException {
        assertThat(socket.getInputStream().read()).isEqualTo(22); // a handshake's record
        socket.getInputStream().skipNBytes(socket.getInputStream().available());
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static PlantedServer planted(SSLContext context, Manner manner, String version) throws Exception {
        var listener = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 256, InetAddress.getLoopbackAddress());
        listener.setEnabledProtocols(new String[] {version});
        return new PlantedServer(Fault.none(), manner, 0, listener);
    }

    private static Ran run(String url, String... more) {
        return scenario("fanout", url, List.of(more));
    }

    private static Ran scenario(String name, String url, List<String> more) {
        var arguments = new ArrayList<>(List.of(name, "--url", url, "--publisher", "http", "--json"));
        arguments.addAll(List.of("--sessions", Integer.toString(SESSIONS), "--warm-up", "0s"));
        arguments.addAll(List.of("--connect-timeout", "10s", "--drain", "20s"));
        if (!more.contains("--rate")) {
            arguments.addAll(List.of("--rate", "100", "--duration", EVENTS * 10 + "ms"));
        }
        arguments.addAll(more);
        return Ran.of(arguments);
    }
}
