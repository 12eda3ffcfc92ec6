package dev.fanfare.gateway.websocket;

import dev.fanfare.gateway.listener.Doorkeeper;
import dev.fanfare.gateway.listener.Listener;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.http.ProblemException;
import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A real server with our upgrader and an application that sends back what it gets, by one writer per connection
/// as the gateway has it. `/ws` is the echo; other paths ask for other answers to the handshake.
final class EchoServer implements AutoCloseable {
    static final int MESSAGE_MAX = 65_536;
    static final String DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate";

    private final Listener server;
    private final Map<String, BlockingQueue<String>> closings = new ConcurrentHashMap<>();
    private final Map<String, Echo> echoes = new ConcurrentHashMap<>();

    EchoServer() {
        this(WebSocketConnection.CloseTimes.DEFAULT);
    }

    EchoServer(WebSocketConnection.CloseTimes closeTimes) {
        var upgrader = new WebSocketUpgrader(
                MESSAGE_MAX,
                true,
                new Unfinished(Long.MAX_VALUE, () -> {}),
                EchoServer::problem,
                this::answer,
                closeTimes);
        var http1 = Http1ConnectionSelector.builder()
                .config(Http1Config.create())
                .addUpgraders(upgrader.spellings())
                .build();
        server = Listener.open(
                WebServer.builder()
                        .featuresDiscoverServices(false)
                        .bindAddress(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
                        .maxTcpConnections(1000)
                        .buildPrototype(),
                Optional.empty(),
                HttpRouting.builder().get("/http", (request, response) -> response.send("ordinary")),
                http1::connection,
                Doorkeeper.NONE);
    }

    int port() {
        return server.port();
    }

    /// The connection that was opened with this query.
    Echo echo(String query) {
        return Objects.requireNonNull(echoes.get(query), query);
    }

    /// How the connection that was opened with this query ended: code and reason.
    String closing(String query) throws InterruptedException {
        var closing = closingsOf(query).poll(20, TimeUnit.SECONDS);
        return closing == null ? "never" : closing;
    }

    /// How many endings of it have not been asked for.
    int furtherClosings(String query) {
        return closingsOf(query).size();
    }

    @Override
    public void close() {
        server.close();
    }

    private BlockingQueue<String> closingsOf(String query) {
        return closings.computeIfAbsent(query, _ -> new LinkedBlockingQueue<>());
    }

    private WebSocketAnswer answer(WebSocketHandshake handshake) {
        return switch (handshake.path()) {
            case "/ws" -> {
                var echo = new Echo(handshake.rawQuery());
                echoes.put(handshake.rawQuery(), echo);
                var chosen = handshake.offeredSubprotocols().contains("echo.v1") ? "echo.v1" : null;
                yield new WebSocketAnswer.Accept(chosen, Map.of("X-Echo", "yes"), echo);
            }
            case "/wrong-subprotocol" ->
                new WebSocketAnswer.Accept("never.offered", Map.of(), new Echo(handshake.rawQuery()));
            case "/full" -> new WebSocketAnswer.Refuse(503, Map.of("Retry-After", "7"), "full");
            case "/problem" ->
                throw new ProblemException(ErrorCode.INVALID_CHANNEL, "channel 'a..b' has an empty token");
            case "/broken" -> throw new IllegalStateException("planted");
            default -> new WebSocketAnswer.PassOn();
        };
    }

    private static String problem(ProblemException problem, String requestId) {
        return "%s|%s|%s".formatted(problem.code().code(), problem.detail(), requestId);
    }

    final class Echo implements WebSocketApplication {
        @SuppressWarnings("ArrayRecordComponent") // never compared
        private record Outgoing(byte[] frame, boolean last) {}

        final BlockingQueue<String> pongs = new LinkedBlockingQueue<>();
        final AtomicInteger owed = new AtomicInteger(); // frames that the protocol handed over
        private final String query;
        private final BlockingQueue<Outgoing> outgoing = new LinkedBlockingQueue<>();
        private final CompletableFuture<WebSocketPeer> peer = new CompletableFuture<>();

        private Echo(String query) {
            this.query = query;
        }

        WebSocketPeer peer() {
            return peer.orTimeout(20, TimeUnit.SECONDS).join();
        }

        @Override
        public void opened(WebSocketPeer peer) {
            this.peer.complete(peer);
            if (query.contains("refuse-to-open")) {
                throw new IllegalStateException("planted");
            }
            Thread.ofVirtual().start(this::write);
        }

        @Override
        public void text(String message) {
            switch (message) {
                case "throw" -> throw new IllegalStateException("planted");
                case "overflow" -> throw new StackOverflowError("planted");
                case "close" -> beginClose();
                default -> {
                    var utf8 = RawClient.utf8(message);
                    put(peer().deflated() ? Frames.deflatedText(utf8) : Frames.text(utf8), false);
                }
            }
        }

        @Override
        public void binary(byte[] message) {
            put(peer().deflated() ? Frames.deflatedBinary(message) : Frames.binary(message), false);
        }

        @Override
        public void pong(byte[] payload) {
            pongs.add(new String(payload, java.nio.charset.StandardCharsets.UTF_8));
        }

        @Override
        public void outbound(byte[] wholeFrame, boolean last) {
            owed.incrementAndGet();
            put(wholeFrame, last);
        }

        @Override
        public void closed(int code, String reason) {
            put(new byte[0], true);
            closingsOf(query).add((code + " " + reason).strip());
        }

        void beginClose() {
            peer().beginClose(4001, "as you wish").ifPresent(frame -> put(frame, true));
        }

        private void put(byte[] frame, boolean last) {
            outgoing.add(new Outgoing(frame, last));
        }

        private void write() {
            try {
                for (var last = false; !last; ) {
                    var first = outgoing.take();
                    List<Outgoing> batch = new ArrayList<>(List.of(first));
                    outgoing.drainTo(batch);
                    var bytes = new java.io.ByteArrayOutputStream();
                    for (var next : batch) {
                        if (!last) {
                            bytes.writeBytes(next.frame());
                        }
                        last |= next.last();
                    }
                    peer().line().write(BufferData.create(bytes.toByteArray()));
                }
                peer().lastWritten();
            } catch (InterruptedException | RuntimeException gone) {
                peer().close();
            }
        }
    }
}
