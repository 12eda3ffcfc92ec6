package dev.fanfare.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.listener.Doorkeeper;
import dev.fanfare.gateway.listener.Line;
import dev.fanfare.gateway.listener.Listener;
import dev.fanfare.gateway.listener.Tls;
import dev.fanfare.gateway.listener.TlsMetrics;
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
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@ParameterizedClass
@ValueSource(booleans = {false, true})
class LineOutTest {
    private static final int MEGABYTES = 8 << 20; // more than two sockets' buffers hold

    @TempDir
    static Path folder;

    private static Authority authority;
    private static Tls tls;

    @Parameter
    boolean encrypted;

    private final CompletableFuture<Line> accepted = new CompletableFuture<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private Listener listener;
    private Socket client;
    private LineOut out;

    /// Serves a line by leaving it to the test.
    private final class Given implements ServerConnection {
        private final Line line;

        Given(Line line) {
            this.line = line;
        }

        @Override
        public void handle(Limit limit) throws InterruptedException {
            if (line.isSecure()) {
                line.get(); // the handshake is part of it
            }
            accepted.complete(line);
            end.await();
        }

        @Override
        public Duration idleTime() {
            return Duration.ZERO;
        }

        @Override
        public void close(boolean interrupt) {
            end.countDown();
        }
    }

    @BeforeAll
    static void issue() {
        authority = Authority.in(folder);
        tls = Tls.open(Encrypted.with(authority.issue("server", "EC")).tls(), new TlsMetrics())
                .orElseThrow();
    }

    @AfterAll
    static void stopWatching() {
        tls.close();
    }

    @BeforeEach
    void connect() throws Exception {
        listener = Listener.open(
                WebServer.builder()
                        .featuresDiscoverServices(false)
                        .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .maxTcpConnections(1)
                        .buildPrototype(),
                encrypted ? Optional.of(tls) : Optional.empty(),
                HttpRouting.builder(),
                context -> new Given((Line) context.serverSocket()),
                Doorkeeper.NONE);
        client = new Socket(InetAddress.getLoopbackAddress(), listener.port());
        if (encrypted) {
            client = authority.clients().getSocketFactory().createSocket(client, "localhost", listener.port(), true);
            client.getOutputStream().write(1);
        }
        out = new LineOut(accepted.get(10, TimeUnit.SECONDS));
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
        listener.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16_384, 40_000, 300_000, MEGABYTES})
    void writesWhateverItIsGivenByteForByte(int length) throws Exception {
        var bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        var received = CompletableFuture.supplyAsync(this::readAll, Thread::startVirtualThread);
        out.write(List.of(bytes), length);
        out.write(List.of(new byte[] {1}, bytes), length + 1);
        end.countDown();
        assertThat(received.get()).hasSize(2 * length + 1).startsWith(bytes).endsWith(bytes);
    }

    @Test
    void keepsWhatDoesNotGoAtOnce() throws Exception {
        var bytes = new byte[MEGABYTES];
        new Random(1).nextBytes(bytes);
        assertThat(out.offer(List.of(bytes, bytes), 2 * MEGABYTES)).isFalse();
        assertThat(out.stalledSince()).as("nobody waits").isZero();
        var received = CompletableFuture.supplyAsync(this::readAll, Thread::startVirtualThread);
        out.finish();
        end.countDown();
        assertThat(received.get()).hasSize(2 * MEGABYTES).startsWith(bytes).endsWith(bytes);
    }

    @Test
    void whoeverWaitsIsSeenAndCutOff() throws Exception {
        assertThat(out.offer(List.of(new byte[MEGABYTES]), MEGABYTES)).isFalse();
        var writer = CompletableFuture.runAsync(() -> finish(out), Thread::startVirtualThread);
        await().until(() -> out.stalledSince() != 0);
        out.abort();
        assertThatThrownBy(() -> writer.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(ClosedChannelException.class);
        assertThat(out.stalledSince()).isZero();
        assertThatThrownBy(() -> out.offer(List.of(new byte[1]), 1)).isInstanceOf(IOException.class);
    }

    /// With TLS all of the last byte is taken, but not all of its record written.
    @Test
    void isDoneWithWhatTheSystemHas() throws Exception {
        client.setSoTimeout(10_000);
        var piece = List.of(new byte[] {7});
        int done = 0;
        while (out.offer(piece, 1)) {
            done++;
        }
        assertThat(client.getInputStream().readNBytes(done)).hasSize(done);
        out.finish();
        assertThat(client.getInputStream().read()).isEqualTo(7);
    }

    private static void finish(LineOut out) {
        try {
            out.finish();
        } catch (IOException cut) {
            throw new java.io.UncheckedIOException(cut);
        }
    }

    private byte[] readAll() {
        try {
            return client.getInputStream().readAllBytes();
        } catch (IOException broken) {
            throw new java.io.UncheckedIOException(broken);
        }
    }
}
