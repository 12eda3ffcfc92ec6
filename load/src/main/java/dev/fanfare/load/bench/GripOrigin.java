package dev.fanfare.load.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// What stands behind Pushpin: answers each request with the instruction to hold it and subscribe it to the channel
/// that its path names, as GRIP has it; WebSockets come as HTTP requests with their events (WebSocket-over-HTTP).
final class GripOrigin implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    GripOrigin() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 4096);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        server.createContext("/sse/", this::stream);
        server.createContext("/ws/", this::webSocket);
        server.setExecutor(threads);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void stream(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.getResponseHeaders().set("Grip-Hold", "stream");
            exchange.getResponseHeaders().set("Grip-Channel", channel(exchange));
            answer(exchange, ": open\n\n");
        }
    }

    private void webSocket(HttpExchange exchange) throws IOException {
        try (exchange) {
            var events = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/websocket-events");
            exchange.getResponseHeaders().set("Sec-WebSocket-Extensions", "grip");
            var subscribe = "c:{\"type\":\"subscribe\",\"channel\":\"%s\"}".formatted(channel(exchange));
            answer(
                    exchange,
                    events.startsWith("OPEN")
                            ? "OPEN\r\nTEXT %x\r\n%s\r\n".formatted(subscribe.length(), subscribe)
                            : "");
        }
    }

    private static String channel(HttpExchange exchange) {
        var path = exchange.getRequestURI().getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
