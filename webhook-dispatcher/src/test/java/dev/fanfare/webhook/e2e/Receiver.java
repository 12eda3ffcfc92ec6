package dev.fanfare.webhook.e2e;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A third party's server: notes every request, and answers as it is told to. Verifies signatures with the official
/// library.
final class Receiver implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Call> calls = Collections.synchronizedList(new ArrayList<>());
    private final List<Call> taken = Collections.synchronizedList(new ArrayList<>());
    private volatile Answer answer = _ -> new Reply(204, Map.of());

    /// A request as it came.
    record Call(String id, String path, String body, Map<String, List<String>> headers) {
        boolean isSignedWith(String secret) {
            try {
                new Webhook(secret).verify(body, new HashMap<>(headers));
                return true;
            } catch (WebhookVerificationException | EmptyWebhookSecretException wrong) {
                return false;
            }
        }
    }

    /// @param drips bytes of the body, of which one comes each 100 ms
    record Reply(int status, Map<String, String> headers, int drips) {
        Reply(int status, Map<String, String> headers) {
            this(status, headers, 0);
        }
    }

    interface Answer {
        Reply to(Call call) throws InterruptedException;
    }

    private Receiver(HttpServer server) {
        this.server = server;
    }

    static Receiver start() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 1000);
        var receiver = new Receiver(server);
        server.setExecutor(receiver.threads);
        server.createContext("/", receiver::handle);
        server.start();
        return receiver;
    }

    URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    void answer(Answer how) {
        answer = how;
    }

    void answer(int status) {
        answer = _ -> new Reply(status, Map.of());
    }

    List<Call> calls() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }

    List<String> bodies() {
        return calls().stream().map(Call::body).toList();
    }

    /// The calls to a path that were answered with 2xx.
    List<Call> taken(String path) {
        synchronized (taken) {
            return taken.stream().filter(call -> call.path().equals(path)).toList();
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var headers = new HashMap<String, List<String>>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), values));
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var call = new Call(
                    exchange.getRequestHeaders().getFirst("webhook-id"),
                    exchange.getRequestURI().getPath(),
                    body,
                    headers);
            calls.add(call);
            var reply = answer.to(call);
            if (reply.status() / 100 == 2) {
                taken.add(call);
            }
            reply.headers().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(reply.status(), reply.drips() == 0 ? -1 : reply.drips());
            for (int i = 0; i < reply.drips(); i++) {
                Thread.sleep(100);
                exchange.getResponseBody().write('.');
                exchange.getResponseBody().flush();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
