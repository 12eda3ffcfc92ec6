package dev.fanfare.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.testing.Authority;
import dev.fanfare.gateway.testing.Encrypted;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What clients of TLS may take before it is known who they are.
@Timeout(60)
class TlsLimitsTest {
    private static final String THERE = "127.0.0.2";

    @TempDir
    static Path folder;

    private static String topic;
    private static Authority authority;
    private static SSLContext trusting;
    private static Authority.Issued server;

    @BeforeAll
    static void issue() {
        topic = LocalBroker.get().newTopic("tls-limits", 1);
        authority = Authority.in(folder);
        trusting = authority.clients();
        server = authority.issue("server", "EC");
    }

    private static Gateways.Running start(int connections) {
        return start(connections, 0);
    }

    private static Gateways.Running start(int connections, int handshakesPerSecond) {
        var bounded = new Bounded();
        bounded.addressConnections = connections;
        bounded.addressHandshakesPerSecond = handshakesPerSecond;
        bounded.tls = Encrypted.with(server).tls();
        return bounded.gateways(topic)
                .heartbeats(Duration.ofSeconds(1), Duration.ofMillis(300), Duration.ofSeconds(60))
                .startUnready();
    }

    private static SSLSocket socket(Gateways.Running gateway, String from) throws IOException {
        var plain = RawClient.connect(gateway.port(), from).socket();
        return (SSLSocket) trusting.getSocketFactory().createSocket(plain, "localhost", gateway.port(), true);
    }

    private static RawClient.Answer get(Gateways.Running gateway, String from, String target) throws IOException {
        try (var client = RawClient.over(socket(gateway, from))) {
            return client.get(target).answer();
        }
    }

    private static boolean isServed(Gateways.Running gateway) {
        try {
            return get(gateway, THERE, "/health/live").status() == 200;
        } catch (IOException refused) {
            return false;
        }
    }

    /// The sum over all labels but this one.
    private static double metric(Gateways.Running gateway, String name, String label) throws IOException {
        return get(gateway, "127.0.0.1", "/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith(name + "{") && line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void closesConnectionsBeyondTheLimitBeforeAnyHandshake() throws IOException {
        try (var gateway = start(1);
                var first = RawClient.over(socket(gateway, THERE))) {
            assertThat(first.get("/health/live").answer().status()).isEqualTo(200);
            try (var silent = RawClient.connect(gateway.port(), THERE);
                    var eager = socket(gateway, THERE)) {
                assertThat(silent.isAtEnd()).isTrue();
                assertThatThrownBy(eager::startHandshake).isInstanceOf(IOException.class);
            }
            assertThat(metric(gateway, "fanfare_refused_total", "reason=\"address-connections\""))
                    .isEqualTo(2);
            assertThat(metric(gateway, "fanfare_tls_handshake_failures_total", ""))
                    .isZero();
        }
    }

    /// More of them than its rate in any time that this takes; the places of those that are closed are free again.
    @Test
    void closesConnectionsOfAnAddressThatBeginsTooManyHandshakes() throws IOException {
        try (var gateway = start(2, 2)) {
            int served = 0;
            long begin = System.nanoTime();
            for (int i = 0; i < 50; i++) {
                served += isServed(gateway) ? 1 : 0;
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            assertThat((double) served).isBetween(1.0, 3 + 2 * seconds);
            assertThat(metric(gateway, "fanfare_refused_total", "reason=\"address-handshakes\""))
                    .isEqualTo(50 - served);
            assertThat(metric(gateway, "fanfare_tls_handshake_failures_total", ""))
                    .isZero();
            await().until(() -> isServed(gateway));
        }
    }

    @Test
    void givesBackThePlacesOfHandshakesThatNeverEnd() throws IOException {
        try (var gateway = start(4);
                var silent = RawClient.connect(gateway.port(), THERE);
                var half = RawClient.connect(gateway.port(), THERE);
                var trickling = RawClient.connect(gateway.port(), THERE);
                var established = socket(gateway, THERE)) {
            established.startHandshake();
            half.send(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1});
            trickling.send(new byte[] {0x16, 3, 1, 0x40, 0});
            assertThat(isServed(gateway)).isFalse();

            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> !takes(trickling, new byte[1]));
            await().until(() -> isServed(gateway));
            assertThat(silent.in().readAllBytes()).hasSizeLessThan(100); // a last alert
            assertThat(half.in().readAllBytes()).hasSizeLessThan(100);
            assertThat(established.getInputStream().readAllBytes()).isEmpty();
            await().untilAsserted(
                            () -> assertThat(metric(gateway, "fanfare_tls_handshake_failures_total", "=\"timeout\""))
                                    .isEqualTo(3));
            assertThat(metric(gateway, "fanfare_tls_handshake_failures_total", ""))
                    .isEqualTo(3);
        }
    }

    private static boolean takes(RawClient client, byte[] bytes) {
        try {
            client.send(bytes);
            return true;
        } catch (IOException cut) {
            return false;
        }
    }
}
