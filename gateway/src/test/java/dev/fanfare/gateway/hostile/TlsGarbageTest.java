package dev.fanfare.gateway.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.testing.Authority;
import dev.fanfare.gateway.testing.ConnectionThreads;
import dev.fanfare.gateway.testing.Encrypted;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.gateway.testing.WebSocketFrames;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Bytes on the port of TLS that are none, or are no more: before, in and after the handshake.
@Timeout(60)
class TlsGarbageTest {
    @TempDir
    static Path folder;

    private static String topic;
    private static SSLContext clients;
    private static Gateways.Running gateway;

    @BeforeAll
    static void start() {
        topic = LocalBroker.get().newTopic("garbage", 1);
        var authority = Authority.in(folder);
        clients = authority.clients();
        var settings = new Gateways()
                .route(topic, "{topic}.{key}")
                .heartbeats(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(60));
        settings.server = Encrypted.with(authority.issue("server", "EC")).server();
        gateway = settings.startUnready();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(TlsGarbageTest::isReady);
    }

    private static boolean isReady() throws IOException {
        try (var client = RawClient.over(connect(gateway.port()))) {
            return client.get("/health/ready").answer().status() == 200;
        }
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static SSLSocket encrypted(Socket plain) {
        try {
            return (SSLSocket) clients.getSocketFactory().createSocket(plain, "localhost", plain.getPort(), true);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Socket connect(int port) {
        return encrypted(Requests.plain(port));
    }

    /// What a client sends, as it goes over the wire.
    private static final class Tapped extends Socket {
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

        Tapped(int port) throws IOException {
            super(InetAddress.ofLiteral("127.0.0.1"), port);
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
                    sent.write(bytes, from, length);
                    out.write(bytes, from, length);
                }
            };
        }
    }

    /// What comes back until the server closes.
    private static int answered(byte[] sent) throws IOException {
        try (var client = RawClient.connect(gateway.port())) {
            client.send(sent).socket().shutdownOutput();
            return client.in().readAllBytes().length;
        } catch (SocketException reset) {
            return 0;
        }
    }

    @Test
    void endsHandshakesThatAreNone() throws IOException {
        try (var siege = Siege.of(gateway, topic, TlsGarbageTest::connect);
                var log = new LogWatch();
                var tapped = new Tapped(gateway.port())) {
            encrypted(tapped).startHandshake();
            var hello = tapped.sent.toByteArray();
            var threads = ConnectionThreads.ids();
            double failed = siege.metric("fanfare_tls_handshake_failures_total", "");
            var random = new Random(42);
            for (int i = 0; i < 200; i++) {
                var noise = new byte[random.nextInt(1, 20_000)];
                random.nextBytes(noise);
                assertThat(answered(noise)).as("an alert").isLessThan(100);
                var broken = hello.clone();
                for (int j = random.nextInt(1, 5); j > 0; j--) {
                    broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
                }
                answered(broken);
                answered(java.util.Arrays.copyOf(hello, random.nextInt(hello.length)));
            }
            siege.harmsNobody();
            Awaitility.await()
                    .untilAsserted(() -> assertThat(siege.metric("fanfare_tls_handshake_failures_total", "") - failed)
                            .as("each is counted, but those that end before a byte of it came")
                            .isBetween(550.0, 601.0));
            assertThat(log.troubles()).isEmpty();
            Awaitility.await().untilAsserted(() -> assertThat(threads).containsAll(ConnectionThreads.ids()));
        }
    }

    private static boolean ends(Socket connection) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        var bytes = new byte[8192];
        while (connection.getInputStream().read(bytes) >= 0) {
            if (System.nanoTime() - deadline > 0) {
                return false; // a stream that goes on, with heartbeats
            }
        }
        return true;
    }

    /// A client that was let in, and whose records are then damaged on their way, too long or of no kind.
    @Test
    void endsConnectionsWhoseRecordsAreNone() throws IOException {
        try (var siege = Siege.of(gateway, topic, TlsGarbageTest::connect);
                var log = new LogWatch()) {
            var random = new Random(42);
            for (int i = 0; i < 60; i++) {
                var plain = Requests.plain(gateway.port());
                plain.setSoTimeout(15_000);
                try (var client = encrypted(plain)) {
                    client.startHandshake();
                    var target = "/v1/events?channel=" + topic + ".a";
                    var http = RawClient.over(client);
                    if (i % 2 == 0) {
                        assertThat(http.openStream(target).status()).isEqualTo(200);
                    } else {
                        assertThat(http.get(target, WebSocketFrames.handshake())
                                        .head()
                                        .status())
                                .isEqualTo(101);
                    }
                    var noise = new byte[1000];
                    random.nextBytes(noise);
                    noise[0] = (byte) (i % 3 == 0 ? 0x63 : 0x17); // application data, or nothing that there is
                    noise[1] = 3;
                    noise[2] = 3;
                    noise[3] = (byte) (i % 3 == 1 ? 0xFF : 1); // more than there may be in a record, or some of it
                    plain.getOutputStream().write(noise);
                    assertThat(ends(plain)).as("number %d", i % 3).isTrue();
                } catch (SocketException reset) {
                    // an end too
                }
            }
            siege.harmsNobody();
            assertThat(log.troubles()).isEmpty();
        }
    }
}
