package dev.fanfare.quickstart.receiver;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;

/// Receives webhooks on a port of this machine, answers `204` to those that are verified and `401` to others, and shows
/// the last of them at `/`. A line on standard output for each.
///
/// Threads: a virtual one for each request.
public final class SampleReceiver implements AutoCloseable {
    private static final int BODY_MAX = 1 << 20;
    private static final int EXCERPT_MAX = 300;
    private static final int WORD_MAX = 200;
    private static final int IDS_MAX = 10_000;

    private final HttpServer server;
    private final Signatures signatures;
    private final Received received = new Received(IDS_MAX);
    private final Clock clock;

    private SampleReceiver(HttpServer server, Signatures signatures, Clock clock) {
        this.server = server;
        this.signatures = signatures;
        this.clock = clock;
    }

    /// Receives until SIGTERM.
    ///
    /// @param args the port, and the file with the secrets
    public static void main(String[] args) throws IOException {
        if (args.length != 2 || !args[0].matches("\\d{1,5}")) {
            System.err.println("usage: PORT SECRETS-FILE");
            System.exit(2);
        }
        var receiver = start(Integer.parseInt(args[0]), Path.of(args[1]), Clock.systemUTC());
        System.out.println("receiving on http://127.0.0.1:" + receiver.port());
    }

    /// Returns when the port is open.
    ///
    /// @param port 0 for any free one
    static SampleReceiver start(int port, Path secrets, Clock clock) throws IOException {
        // the server reads it once: without, an answer waits for the acknowledgement of its head
        System.setProperty("sun.net.httpserver.nodelay", "true");
        var server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 0);
        var receiver = new SampleReceiver(server, new Signatures(secrets), clock);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", receiver::answer);
        server.start();
        return receiver;
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            switch (exchange.getRequestMethod()) {
                case "POST" -> receive(exchange);
                case "GET", "HEAD" -> Page.answer(exchange, received);
                default -> {
                    exchange.getResponseHeaders().set("Allow", "GET, HEAD, POST");
                    exchange.sendResponseHeaders(405, -1);
                }
            }
        } catch (RuntimeException unexpected) {
            unexpected.printStackTrace(System.out);
            throw unexpected;
        }
    }

    private void receive(HttpExchange exchange) throws IOException {
        var body = exchange.getRequestBody().readNBytes(BODY_MAX + 1);
        if (body.length > BODY_MAX) {
            exchange.sendResponseHeaders(413, -1);
            return;
        }
        var problem = signatures.problem(exchange.getRequestHeaders(), body);
        var webhook = new Webhook(
                clock.instant(),
                header(exchange, "webhook-id"),
                header(exchange, "ce-type"),
                problem,
                start(new String(body, UTF_8), EXCERPT_MAX),
                1);
        boolean first = received.add(webhook);
        if (webhook.isVerified()) {
            // a receiver that does something does it here, if it is the first
            log(webhook, first ? "verified" : "verified, came before");
            exchange.sendResponseHeaders(204, -1);
        } else {
            log(webhook, "refused: " + problem);
            var text = (problem + "\n").getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(401, text.length);
            exchange.getResponseBody().write(text);
        }
    }

    private static void log(Webhook webhook, String outcome) {
        System.out.println(String.join(" ", List.of(webhook.time().toString(), webhook.id(), webhook.type(), outcome)));
    }

    private static String header(HttpExchange exchange, String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name))
                .map(value -> start(value, WORD_MAX))
                .orElse("");
    }

    private static String start(String text, int max) {
        return text.codePointCount(0, text.length()) <= max
                ? text
                : text.substring(0, text.offsetByCodePoints(0, max)) + "…";
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
