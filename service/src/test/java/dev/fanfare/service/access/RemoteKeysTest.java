package dev.fanfare.service.access;

import static dev.fanfare.service.access.TestIssuer.claims;
import static dev.fanfare.service.access.TestIssuer.sign;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.fanfare.service.access.IssuerSettings.KeySource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Keys behind a real HTTP server, that come and go.
@Timeout(60)
class RemoteKeysTest {
    private static final TestIssuer.Key OLD = TestIssuer.ec("old");
    private static final TestIssuer.Key NEW = TestIssuer.ec("new");
    private static final Duration RARELY = Duration.ofHours(1);

    private final AtomicInteger fetches = new AtomicInteger();
    private final CountDownLatch open = new CountDownLatch(1);
    private volatile String keys = TestIssuer.jwks(OLD);
    private volatile int status = 200;
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/jwks", exchange -> {
            fetches.incrementAndGet();
            try {
                open.await();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
            var body = keys.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /// @param refresh when keys are fetched anew
    /// @param unknown how often an unknown key has them fetched anew
    private TokenVerifier verifier(Duration refresh, Duration unknown) {
        var url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/jwks");
        return new TokenVerifier(
                List.of(new IssuerSettings(TestIssuer.NAME, List.of("fanfare"), new KeySource.JwksUrl(url))),
                Duration.ZERO,
                () -> Instant.ofEpochSecond(TestIssuer.NOW),
                new RemoteKeys.Times(refresh, unknown, Duration.ofMillis(500)));
    }

    private static TokenFault fault(TokenVerifier verifier, TestIssuer.Key key) {
        var refused = catchThrowableOfType(TokenException.class, () -> verifier.verify(sign(key, claims())));
        assertThat(refused).isNotNull();
        return refused.fault();
    }

    private static void assertTaken(TokenVerifier verifier, TestIssuer.Key key) {
        assertThat(verifier.verify(sign(key, claims())).subject()).isEqualTo("u1");
    }

    @Test
    void fetchesOnceHoweverManyComeAtOnce() throws InterruptedException, ExecutionException {
        try (var verifier = verifier(RARELY, RARELY);
                var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var taken = new ArrayList<Future<Token>>();
            for (int i = 0; i < 100; i++) {
                taken.add(clients.submit(() -> verifier.verify(sign(OLD, claims()))));
            }
            open.countDown();
            for (var one : taken) {
                assertThat(one.get().subject()).isEqualTo("u1");
            }
        }
        assertThat(fetches).hasValue(1);
    }

    @Test
    void findsANewKeyAtOnceButDoesNotFetchForEachThatIsUnknown() {
        open.countDown();
        try (var verifier = verifier(RARELY, RARELY)) {
            assertTaken(verifier, OLD);
            keys = TestIssuer.jwks(OLD, NEW);
            assertTaken(verifier, NEW);
            assertTaken(verifier, OLD);
            assertThat(fetches).hasValue(2);
            for (int i = 0; i < 20; i++) {
                assertThat(fault(verifier, TestIssuer.ec("made-up-" + i))).isEqualTo(TokenFault.KEY);
            }
            assertThat(fetches).hasValue(2);
        }
    }

    @Test
    void findsANewKeyForAllWhoComeWithItAtOnce() throws InterruptedException, ExecutionException {
        open.countDown();
        for (int round = 0; round < 20; round++) {
            keys = TestIssuer.jwks(OLD);
            try (var verifier = verifier(RARELY, RARELY);
                    var clients = Executors.newVirtualThreadPerTaskExecutor()) {
                assertTaken(verifier, OLD);
                keys = TestIssuer.jwks(NEW);
                var token = sign(NEW, claims());
                var taken = new ArrayList<Future<Token>>();
                for (int i = 0; i < 50; i++) {
                    taken.add(clients.submit(() -> {
                        verifier.verify(token);
                        return verifier.verify(token);
                    }));
                }
                for (var one : taken) {
                    assertThat(one.get().subject()).isEqualTo("u1");
                }
            }
        }
        assertThat(fetches).hasValue(40);
    }

    @Test
    void dropsAKeyThatTheIssuerHasDropped() {
        open.countDown();
        try (var verifier = verifier(Duration.ofMillis(50), RARELY)) {
            assertTaken(verifier, OLD);
            keys = TestIssuer.jwks(NEW);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(fault(verifier, OLD)).isEqualTo(TokenFault.KEY));
        }
    }

    @Test
    void goesOnWithTheLastKeysWhileTheIssuerIsAway() {
        open.countDown();
        try (var verifier = verifier(Duration.ofMillis(20), Duration.ofMillis(20))) {
            assertTaken(verifier, OLD);
            status = 500;
            int before = fetches.get();
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
                assertTaken(verifier, OLD);
                return fetches.get() > before + 1;
            });
            assertThat(fault(verifier, NEW)).isEqualTo(TokenFault.KEYS_AWAY);
            assertTaken(verifier, OLD);
            status = 200;
            keys = TestIssuer.jwks(NEW);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .ignoreExceptions()
                    .untilAsserted(() -> assertTaken(verifier, NEW));
        }
    }

    @Test
    void isNotToBlameForAnIssuerThatWasNeverThereAndTakesItOnceItComes() {
        open.countDown();
        status = 503;
        try (var verifier = verifier(RARELY, Duration.ofMillis(20))) {
            assertThat(fault(verifier, OLD)).isEqualTo(TokenFault.KEYS_AWAY);
            status = 200;
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .ignoreExceptions()
                    .untilAsserted(() -> assertTaken(verifier, OLD));
        }
    }

    @Test
    void doesNotAskAnIssuerThatIsAwayForEachToken() {
        open.countDown();
        status = 503;
        try (var verifier = verifier(RARELY, RARELY)) {
            for (int i = 0; i < 100; i++) {
                assertThat(fault(verifier, OLD)).isEqualTo(TokenFault.KEYS_AWAY);
            }
        }
        assertThat(fetches.get()).isLessThan(20);
    }

    /// Whatever the libraries say that are used for it.
    @Test
    void tellsOnceThatAnIssuerIsAwayAndOnceThatItIsBack() {
        open.countDown();
        status = 503;
        var logged = new ConcurrentLinkedQueue<LogRecord>();
        var handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                logged.add(entry);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger.getLogger("").addHandler(handler);
        try (var verifier = verifier(RARELY, Duration.ofMillis(20))) {
            for (int i = 0; i < 50; i++) {
                assertThat(fault(verifier, OLD)).isEqualTo(TokenFault.KEYS_AWAY);
            }
            assertThat(logged)
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.getLevel()).isEqualTo(Level.WARNING));
            status = 200;
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .ignoreExceptions()
                    .untilAsserted(() -> assertTaken(verifier, OLD));
            assertThat(logged)
                    .hasSize(2)
                    .last()
                    .satisfies(entry -> assertThat(entry.getLevel()).isEqualTo(Level.INFO));
        } finally {
            Logger.getLogger("").removeHandler(handler);
        }
    }

    @Test
    void takesNoSecretThatAnybodyCanFetch() {
        open.countDown();
        keys = "{\"keys\":[{\"kty\":\"oct\",\"k\":\"" + "A".repeat(43) + "\"}]}";
        try (var verifier = verifier(RARELY, RARELY)) {
            assertThat(fault(verifier, OLD)).isEqualTo(TokenFault.KEYS_AWAY);
        }
    }
}
