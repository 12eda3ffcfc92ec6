package dev.fanfare.quickstart.receiver;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;

/// The page at `/`, and what it asks for again and again: `/received`. All of it comes from this program.
final class Page {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final JsonMapper JSON = new JsonMapper();

    private record Asset(String type, String text) {}

    private static final Map<String, Asset> ASSETS = Map.of(
            "/", asset("index.html", "text/html; charset=utf-8"),
            "/receiver.js", asset("receiver.js", "text/javascript; charset=utf-8"),
            "/receiver.css", asset("receiver.css", "text/css; charset=utf-8"),
            "/icon.svg", asset("icon.svg", "image/svg+xml"));

    private Page() {}

    static void answer(HttpExchange exchange, Received received) throws IOException {
        var path = exchange.getRequestURI().getPath();
        var found = path.equals("/received")
                ? Optional.of(new Asset("application/json", json(received.page())))
                : Optional.ofNullable(ASSETS.get(path));
        if (found.isEmpty()) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", found.get().type());
        headers.set("Cache-Control", "no-store");
        headers.set("Content-Security-Policy", POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        var body = found.get().text().getBytes(UTF_8);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(200, head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    private static String json(Received.Page page) throws IOException {
        var json = JSON.createObjectNode().put("version", page.version());
        var list = json.putArray("webhooks");
        page.webhooks().forEach(webhook -> webhook.writeTo(list.addObject()));
        return JSON.writeValueAsString(json);
    }

    private static Asset asset(String name, String type) {
        try (var in = Page.class.getResourceAsStream("/receiver/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the archive lacks receiver/" + name);
            }
            return new Asset(type, new String(in.readAllBytes(), UTF_8));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
