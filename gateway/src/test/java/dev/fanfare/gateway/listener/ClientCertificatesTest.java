package dev.fanfare.gateway.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Who is let in by a certificate of theirs.
@Timeout(60)
class ClientCertificatesTest {
    @TempDir
    static Path folder;

    private static final List<Tls> opened = new ArrayList<>();

    private static Authority authority;
    private static Authority.Issued server;
    private static SSLContext none;
    private static SSLContext trusted;
    private static SSLContext stranger;

    /// Answers the first byte with the name in the peer's certificate.
    private record Greeting(Line line) implements ServerConnection {
        @Override
        public void handle(Limit limit) throws InterruptedException {
            line.get();
            var name = line.remotePeer().tlsPrincipal().map(Object::toString).orElse("nobody");
            var chain =
                    line.remotePeer().tlsCertificates().map(all -> all.length).orElse(0);
            var own = line.localPeer().tlsPrincipal().orElseThrow();
            line.write(io.helidon.common.buffers.BufferData.create(
                    name + " " + chain + " " + own + " " + line.isSecure()));
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

    @BeforeAll
    static void issue() throws IOException {
        authority = Authority.in(Files.createDirectory(folder.resolve("ours")));
        server = authority.issue("server", "EC");
        none = authority.clients();
        trusted = authority.clients(authority.issue("alice", "EC"));
        var other = Authority.in(Files.createDirectory(folder.resolve("other")));
        stranger = authority.clients(other.issue("mallory", "EC"));
    }

    @AfterAll
    static void close() {
        opened.forEach(Tls::close);
    }

    private static Listener listen(ClientAuth auth) {
        var encrypted = Encrypted.with(server);
        encrypted.clientAuth = auth;
        if (auth != ClientAuth.NONE) {
            encrypted.trust = Encrypted.text(authority.certificate());
        }
        var tls = Tls.open(encrypted.tls(), new TlsMetrics());
        tls.ifPresent(opened::add);
        return Listener.open(
                WebServer.builder()
                        .featuresDiscoverServices(false)
                        .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .maxTcpConnections(10)
                        .buildPrototype(),
                tls,
                HttpRouting.builder(),
                context -> new Greeting((Line) context.serverSocket()),
                Doorkeeper.NONE);
    }

    private static String greeting(Listener listener, SSLContext client) throws IOException {
        try (var socket = client.getSocketFactory().createSocket("localhost", listener.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write('x');
            return new String(socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    @Test
    void asksForNoneUnlessTold() throws IOException {
        try (var listener = listen(ClientAuth.NONE)) {
            assertThat(greeting(listener, stranger)).isEqualTo("nobody 0 CN=server true");
        }
    }

    @Test
    void takesThoseThatAreShown() throws IOException {
        try (var listener = listen(ClientAuth.WANT)) {
            assertThat(greeting(listener, none)).startsWith("nobody 0");
            assertThat(greeting(listener, trusted)).startsWith("CN=alice 2");
        }
    }

    @Test
    void needsOne() throws IOException {
        try (var listener = listen(ClientAuth.NEED)) {
            assertThat(greeting(listener, trusted)).startsWith("CN=alice 2");
            assertThatThrownBy(() -> greeting(listener, none)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> greeting(listener, stranger)).isInstanceOf(IOException.class);
        }
    }
}
