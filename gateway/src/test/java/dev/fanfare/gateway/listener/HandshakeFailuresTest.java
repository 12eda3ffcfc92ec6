package dev.fanfare.gateway.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.config.TlsSettings.ClientAuth;
import dev.fanfare.gateway.testing.Authority;
import dev.fanfare.gateway.testing.Encrypted;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.spi.ServerConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each way in which a handshake fails is counted as what it is, once.
@Timeout(60)
class HandshakeFailuresTest {
    @TempDir
    static Path folder;

    private static Authority authority;
    private static Authority.Issued server;
    private static SSLContext trusting;
    private static SSLContext stranger;

    private final TlsMetrics metrics = new TlsMetrics();
    private Encrypted encrypted;

    /// Is served when something was read.
    private record Once(Line line) implements ServerConnection {
        @Override
        public void handle(Limit limit) throws InterruptedException {
            line.get();
        }

        @Override
        public Duration idleTime() {
            return Duration.ZERO;
        }

        @Override
        public void close(boolean interrupt) {
            line.close();
        }
    }

    /// What a client does.
    private interface Client {
        void come(Socket connection) throws IOException;
    }

    @BeforeAll
    static void issue() throws IOException {
        authority = Authority.in(Files.createDirectory(folder.resolve("ours")));
        server = authority.issue("server", "EC");
        trusting = authority.clients();
        var other = Authority.in(Files.createDirectory(folder.resolve("other")));
        stranger = other.clients(other.issue("mallory", "EC"));
    }

    @BeforeEach
    void encrypt() {
        encrypted = Encrypted.with(server);
    }

    private void assertCounted(Map<HandshakeFailure, Long> expected, Client client) throws IOException {
        try (var tls = Tls.open(encrypted.tls(), metrics).orElseThrow();
                var listener = Listener.open(
                        WebServer.builder()
                                .featuresDiscoverServices(false)
                                .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                                .maxTcpConnections(1)
                                .buildPrototype(),
                        Optional.of(tls),
                        HttpRouting.builder(),
                        context -> new Once((Line) context.serverSocket()),
                        Doorkeeper.NONE)) {
            try (var connection = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
                connection.setSoTimeout(10_000);
                client.come(connection);
            }
            await().untilAsserted(() -> assertThat(counted()).isEqualTo(expected));
        }
        assertThat(counted()).isEqualTo(expected);
    }

    private Map<HandshakeFailure, Long> counted() {
        var counted = new EnumMap<HandshakeFailure, Long>(HandshakeFailure.class);
        for (var reason : HandshakeFailure.values()) {
            if (metrics.failed(reason).sum() > 0) {
                counted.put(reason, metrics.failed(reason).sum());
            }
        }
        return counted;
    }

    private static SSLSocket over(Socket connection, SSLContext client) throws IOException {
        return (SSLSocket) client.getSocketFactory().createSocket(connection, "localhost", connection.getPort(), false);
    }

    private static void fail(SSLSocket socket) {
        assertThatThrownBy(() -> {
                    socket.startHandshake();
                    socket.getInputStream().read(); // with TLS 1.3 the client is done before the server is
                })
                .isInstanceOf(IOException.class);
    }

    @Test
    void countsNoneThatEnds() throws IOException {
        assertCounted(Map.of(), connection -> {
            var socket = over(connection, trusting);
            socket.getOutputStream().write(1);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        });
    }

    @Test
    void knowsNoVersionInCommon() throws IOException {
        encrypted.protocols = List.of("TLSv1.3");
        assertCounted(Map.of(HandshakeFailure.UNSUPPORTED, 1L), connection -> {
            var socket = over(connection, trusting);
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            fail(socket);
        });
    }

    @Test
    void knowsNoCipherInCommon() throws IOException {
        assertCounted(Map.of(HandshakeFailure.UNSUPPORTED, 1L), connection -> {
            var socket = over(connection, trusting);
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"});
            fail(socket);
        });
    }

    @Test
    void knowsNoApplicationProtocolInCommon() throws IOException {
        assertCounted(Map.of(HandshakeFailure.UNSUPPORTED, 1L), connection -> {
            var socket = over(connection, trusting);
            var parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"imap"});
            socket.setSSLParameters(parameters);
            fail(socket);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void knowsClientsWithoutACertificate(String protocol) throws IOException {
        encrypted.clientAuth = ClientAuth.NEED;
        encrypted.trust = Encrypted.text(authority.certificate());
        assertCounted(Map.of(HandshakeFailure.CLIENT_CERTIFICATE, 1L), connection -> {
            var socket = over(connection, trusting);
            socket.setEnabledProtocols(new String[] {protocol});
            fail(socket);
        });
    }

    @Test
    void knowsClientsThatDoNotTrustIt() throws IOException {
        assertCounted(Map.of(HandshakeFailure.REJECTED, 1L), connection -> fail(over(connection, stranger)));
    }

    @Test
    void knowsWhatIsNoTls() throws IOException {
        assertCounted(Map.of(HandshakeFailure.NOT_TLS, 1L), connection -> {
            connection.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            connection.getInputStream().readAllBytes();
        });
    }

    @Test
    void knowsNonsense() throws IOException {
        assertCounted(Map.of(HandshakeFailure.MALFORMED, 1L), connection -> {
            connection.getOutputStream().write(new byte[] {0x16, 3, 3, 0, 4, 1, 0, 0, 0}); // an empty ClientHello
            connection.getInputStream().readAllBytes();
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 6})
    void knowsClientsThatLeave(int bytes) throws IOException {
        assertCounted(
                Map.of(HandshakeFailure.GONE, 1L),
                connection -> connection.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0, 1}, 0, bytes));
    }
}
