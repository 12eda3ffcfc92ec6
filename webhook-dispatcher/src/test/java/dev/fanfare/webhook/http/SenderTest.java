package dev.fanfare.webhook.http;

import static dev.fanfare.webhook.http.RawServer.answer;
import static dev.fanfare.webhook.http.Senders.LONG;
import static dev.fanfare.webhook.http.Senders.SHORT;
import static dev.fanfare.webhook.http.Senders.request;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.webhook.delivery.Reason;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SenderTest {
    private static final IdleConnections ALWAYS_SUSPECT = new IdleConnections(0);
    private static final IdleConnections NEVER_SUSPECT = new IdleConnections(Long.MAX_VALUE);

    @Test
    void sendsTheBytesAndHeadersAsTheyAre() throws Exception {
        try (var server = RawServer.answering(answer(200));
                var sender = Senders.loopback()) {
            sender.send(request(server));
            assertThat(server.requests().getFirst())
                    .startsWith("POST /hook?x=1 HTTP/1.1\r\n")
                    .contains("Content-Type: application/json\r\n", "Content-Length: 7\r\n", "User-Agent: test\r\n")
                    .contains("Accept-Encoding: identity\r\n")
                    .endsWith("\r\n\r\n{\"a\":1}");
        }
    }

    @Test
    void usesAConnectionAgain() throws Exception {
        try (var server = RawServer.answering(answer(200));
                var sender = Senders.loopback()) {
            var url = "http://receiver.test:" + server.port() + "/";
            var first = sender.send(request(url)).timings();
            assertThat(first.dns()).isNotNegative();
            assertThat(first.connect()).isNotNegative();
            assertThat(first.tls()).isEqualTo(-1);
            assertThat(first.firstByte()).isNotNegative();
            var second = sender.send(request(url)).timings();
            assertThat(second.dns()).isEqualTo(-1);
            assertThat(second.connect()).isEqualTo(-1);
            assertThat(second.firstByte()).isNotNegative();
            assertThat(server.connectionCount()).isEqualTo(1);
        }
    }

    @Test
    void timesOutWithoutAnAnswer() throws Exception {
        try (var server = RawServer.start((_, _) -> {});
                var sender = Senders.loopback()) {
            var result = sender.send(request(server, SHORT));
            assertThat(result.reason()).isEqualTo(Reason.TIMEOUT);
            assertThat(result.status()).isZero();
            assertThat(result.detail()).isEqualTo("There was no answer within 500 ms.");
        }
    }

    @Test
    void timesOutWhenTheBodyDoesNotCome() throws Exception {
        try (var server = RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                var sender = Senders.loopback()) {
            var result = sender.send(request(server, SHORT));
            assertThat(result.reason()).isEqualTo(Reason.TIMEOUT);
            assertThat(result.status()).isEqualTo(200);
            assertThat(result.responseHead()).isEqualTo("half");
        }
    }

    @Test
    void timesOutWhileTheBodyDrips() throws Exception {
        try (var server = RawServer.start((_, connection) -> {
                    var out = connection.getOutputStream();
                    out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(ISO_8859_1));
                    while (true) {
                        out.write("1\r\nx\r\n".getBytes(ISO_8859_1));
                        Thread.sleep(Duration.ofMillis(20));
                    }
                });
                var sender = Senders.loopback()) {
            var result = sender.send(request(server, SHORT));
            assertThat(result.reason()).isEqualTo(Reason.TIMEOUT);
            assertThat(result.responseHead()).startsWith("x");
        }
    }

    @Test
    void knowsWhatA410MeansWithoutItsBody() throws Exception {
        try (var server = RawServer.answering("HTTP/1.1 410 Gone\r\nContent-Length: 10\r\n\r\n");
                var sender = Senders.loopback()) {
            assertThat(sender.send(request(server, SHORT)).reason()).isEqualTo(Reason.GONE);
        }
    }

    @Test
    void readsNoMoreThanTheBeginningOfAnEndlessBody() throws Exception {
        var ended = new CountDownLatch(1);
        try (var server = RawServer.start((_, connection) -> {
                    var out = connection.getOutputStream();
                    out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
                    var block = "y".repeat(8192).getBytes(ISO_8859_1);
                    try {
                        while (true) {
                            out.write(block);
                        }
                    } finally {
                        ended.countDown();
                    }
                });
                var sender = Senders.loopback()) {
            var result = sender.send(request(server));
            assertThat(result.reason()).isEqualTo(Reason.DELIVERED);
            assertThat(result.responseHead()).isEqualTo("y".repeat(4096));
            ended.await(); // the connection was closed
        }
    }

    @Test
    void doesNotInflateAnAnswer() throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(bytes)) {
            zip.write(new byte[8 * 1024 * 1024]);
        }
        assertThat(bytes.size()).isLessThan(16 * 1024);
        try (var server = RawServer.answering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
                        + bytes.size() + "\r\n\r\n" + bytes.toString(ISO_8859_1));
                var sender = Senders.loopback()) {
            var result = sender.send(request(server));
            assertThat(result.reason()).isEqualTo(Reason.DELIVERED);
            assertThat(result.responseHead()).startsWith("\uFFFD"); // of the gzip header
        }
    }

    @Test
    void losesAConnectionThatIsClosedInsteadOfAnAnswer() throws Exception {
        try (var server = RawServer.start((_, connection) -> connection.close());
                var sender = Senders.loopback()) {
            var result = sender.send(request(server));
            assertThat(result.reason()).isEqualTo(Reason.CONNECTION_LOST);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void losesAConnectionThatIsClosedWithinTheAnswer() throws Exception {
        try (var server = RawServer.start((_, connection) -> {
                    connection
                            .getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".getBytes(ISO_8859_1));
                    connection.close();
                });
                var sender = Senders.loopback()) {
            var result = sender.send(request(server));
            assertThat(result.reason()).isEqualTo(Reason.CONNECTION_LOST);
            assertThat(result.status()).isEqualTo(200);
        }
    }

    @Test
    void doesNotSendAgainWhatMayHaveArrived() throws Exception {
        try (var server = RawServer.start((number, connection) -> {
                    if (number == 1) {
                        connection.getOutputStream().write(answer(200).getBytes(ISO_8859_1));
                    } else {
                        connection.close();
                    }
                });
                var sender = Senders.loopback()) {
            assertThat(sender.send(request(server)).reason()).isEqualTo(Reason.DELIVERED);
            assertThat(sender.send(request(server)).reason()).isEqualTo(Reason.CONNECTION_LOST);
            assertThat(server.requests()).hasSize(2);
            assertThat(server.connectionCount()).isEqualTo(1);
        }
    }

    @Test
    void leavesConnectionsThatWereClosedWhileIdle() throws Exception {
        var gate = new CountDownLatch(3);
        try (var server = RawServer.start((_, connection) -> {
                    gate.countDown();
                    gate.await(); // so that each of the first three needs a connection of its own
                    connection.getOutputStream().write(answer(200).getBytes(ISO_8859_1));
                });
                var sender = Senders.sender(Senders.LOOPBACK, ALWAYS_SUSPECT)) {
            var calls = Stream.generate(
                            () -> CompletableFuture.supplyAsync(() -> send(sender, server), Thread::startVirtualThread))
                    .limit(3)
                    .toList();
            assertThat(calls).allSatisfy(call -> assertThat(call.join()).isEqualTo(Reason.DELIVERED));
            server.closeConnections(false);
            assertThat(sender.send(request(server)).reason()).isEqualTo(Reason.DELIVERED);
            assertThat(server.requests()).hasSize(4);
            assertThat(server.connectionCount()).isEqualTo(4);
        }
    }

    @Test
    void leavesAConnectionThatWasResetBeforeAByteLeft() throws Exception {
        try (var server = RawServer.answering(answer(200));
                var sender = Senders.sender(Senders.LOOPBACK, NEVER_SUSPECT)) {
            assertThat(sender.send(request(server)).reason()).isEqualTo(Reason.DELIVERED);
            server.closeConnections(true);
            assertThat(sender.send(request(server)).reason()).isEqualTo(Reason.DELIVERED);
            assertThat(server.requests()).hasSize(2);
            assertThat(server.connectionCount()).isEqualTo(2);
        }
    }

    @Test
    void isRefusedWhereNobodyListens() throws Exception {
        int port;
        try (var closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }
        try (var sender = Senders.loopback()) {
            var result = sender.send(request("http://127.0.0.1:" + port + "/"));
            assertThat(result.reason()).isEqualTo(Reason.CONNECTION_REFUSED);
            assertThat(result.detail()).isEqualTo("The receiver accepts no connection.");
        }
    }

    @Test
    void doesNotTakeAnythingForHttp() throws Exception {
        try (var server = RawServer.answering("SSH-2.0-OpenSSH_9.9\r\n\r\n");
                var sender = Senders.loopback()) {
            assertThat(sender.send(request(server)).reason()).isEqualTo(Reason.CONNECTION_LOST);
            assertThat(sender.send(request("https://127.0.0.1:" + server.port() + "/", SHORT))
                            .reason())
                    .isIn(Reason.TLS, Reason.TIMEOUT); // it reads on until it has what it takes for a request
        }
    }

    @Test
    void hasNoAddressForAnUnknownName() throws Exception {
        try (var sender = Senders.loopback()) {
            assertThat(sender.send(request("http://nowhere.test/")).reason()).isEqualTo(Reason.DNS);
        }
    }

    @Test
    void connectsToNoAddressThatTheNameLeadsToByThen() throws Exception {
        try (var server = RawServer.answering(answer(200))) {
            var rebound = new AtomicBoolean();
            Names.Lookup lookup = _ ->
                    new InetAddress[] {InetAddress.ofLiteral(rebound.getAndSet(true) ? "127.0.0.1" : "93.184.216.34")};
            var url = "http://rebinding.test:" + server.port() + "/";
            try (var saving = Senders.sender(Senders.PUBLIC, lookup);
                    var sending = Senders.sender(Senders.PUBLIC, lookup)) {
                assertThat(saving.guard().check(URI.create(url))).isEmpty();
                var result = sending.send(request(url));
                assertThat(result.reason()).isEqualTo(Reason.ADDRESS_FORBIDDEN);
                assertThat(result.detail()).isEqualTo("The receiver's address is one that may not be called.");
            }
            assertThat(server.connectionCount()).isZero();
        }
    }

    @Test
    void connectsToNoLiteralThatIsForbidden() throws Exception {
        try (var server = RawServer.answering(answer(200));
                var sender = Senders.sender(Senders.PUBLIC, new IdleConnections())) {
            for (var host : new String[] {"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "127.1"}) {
                assertThat(sender.send(request("http://" + host + ":" + server.port() + "/"))
                                .reason())
                        .isEqualTo(Reason.ADDRESS_FORBIDDEN);
            }
            assertThat(server.connectionCount()).isZero();
        }
    }

    @Test
    void callsNoUrlThatWasSavedUnderALaxerPolicy() throws Exception {
        var strict = new EgressPolicy(Senders.LOOPBACK.allowed(), Set.of(), true, Set.of());
        try (var server = RawServer.answering(answer(200));
                var sender = Senders.sender(strict, new IdleConnections())) {
            var result = sender.send(request(server));
            assertThat(result.reason()).isEqualTo(Reason.ADDRESS_FORBIDDEN);
            assertThat(result.detail()).isEqualTo("The URL's scheme is http, and only https may be called.");
            assertThat(server.connectionCount()).isZero();
        }
    }

    @Test
    void sendsNothingThatItCannotSend() throws Exception {
        try (var server = RawServer.answering(answer(200));
                var sender = Senders.loopback()) {
            var url = URI.create("http://127.0.0.1:" + server.port() + "/");
            for (var headers : List.of(Map.of("Host", "inner"), Map.of("X-A", "a\r\nb"), Map.of("a b", "c"))) {
                var request = new Request(url, headers, new byte[0], LONG);
                assertThat(sender.send(request).reason()).isEqualTo(Reason.NOT_SENDABLE);
            }
            assertThat(server.connectionCount()).isZero();
        }
    }

    @Test
    void leavesTheConnectionToTheProxy() throws Exception {
        var looked = new CopyOnWriteArrayList<String>();
        Names.Lookup lookup = host -> {
            looked.add(host);
            if (!host.equals("proxy.test")) {
                throw new UnknownHostException(host);
            }
            return new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")};
        };
        try (var proxy = RawServer.start((number, connection) -> connection
                        .getOutputStream()
                        .write(answer(number == 1 ? 200 : 403).getBytes(ISO_8859_1)));
                var sender = Senders.through(InetSocketAddress.createUnresolved("proxy.test", proxy.port()), lookup)) {
            assertThat(sender.send(request("http://receiver.example/hook")).reason())
                    .isEqualTo(Reason.DELIVERED);
            var refused = sender.send(request("https://receiver.example/hook"));
            assertThat(refused.reason()).isEqualTo(Reason.CONNECTION_REFUSED);
            assertThat(refused.detail()).isEqualTo("The egress proxy made no connection.");
            assertThat(sender.send(request("http://169.254.169.254/")).reason()).isEqualTo(Reason.ADDRESS_FORBIDDEN);
            assertThat(proxy.requests()).hasSize(2);
            assertThat(proxy.requests().get(0)).startsWith("POST http://receiver.example/hook HTTP/1.1\r\n");
            assertThat(proxy.requests().get(1)).startsWith("CONNECT receiver.example:443 HTTP/1.1\r\n");
            assertThat(looked).containsOnly("proxy.test");
        }
    }

    @Test
    void endsWhenItsThreadIsInterrupted() throws Exception {
        try (var server = RawServer.start((_, _) -> {});
                var sender = Senders.loopback()) {
            var thrown = new AtomicReference<Throwable>();
            var thread = Thread.ofVirtual().start(() -> {
                try {
                    sender.send(request(server));
                } catch (Throwable failure) {
                    thrown.set(failure);
                }
            });
            await().until(() -> !server.requests().isEmpty());
            thread.interrupt();
            thread.join();
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void endsItsCallsWhenItIsClosed() throws Exception {
        try (var server = RawServer.start((_, _) -> {})) {
            var sender = Senders.loopback();
            var call = CompletableFuture.supplyAsync(() -> send(sender, server), Thread::startVirtualThread);
            await().until(() -> !server.requests().isEmpty());
            sender.close();
            assertThat(call.join()).isEqualTo(Reason.CONNECTION_LOST);
        }
    }

    @Test
    void saysNothingOfWhatItCarries() {
        var request = new Request(
                URI.create("https://receiver.test/a?token=secret"),
                Map.of("Authorization", "secret"),
                new byte[3],
                LONG);
        assertThat(request).asString().doesNotContain("secret");
    }

    private static Reason send(Sender sender, RawServer server) {
        try {
            return sender.send(request(server)).reason();
        } catch (InterruptedException interrupt) {
            throw new IllegalStateException(interrupt);
        }
    }
}
