package dev.fanfare.load.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A dispatcher that takes endpoints and events over HTTP, and calls the endpoints until they take an event, with a
/// fault in one delivery.
final class PlantedDispatcher implements AutoCloseable {
    static final String TOKEN = "the-token-of-the-planted-one";
    static final int PLANTED = 5; // the event of the first endpoint to which something happens

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern SEQUENCE = Pattern.compile("\"seq\":(\\d+)");
    private static final int ATTEMPTS_MAX = 50;
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    enum Fault {
        NONE,
        /// Is never called.
        LOST,
        /// Is called again behind a 2xx.
        TWICE,
        /// The first call has the signature of another secret.
        OTHER_SECRET,
        /// The first call has a signature of an hour ago.
        OLD,
        /// The first call has a changed body.
        OTHER_BODY,
        /// Each call has an id of its own.
        OTHER_IDS,
        /// An event that was never published comes as well.
        UNKNOWN_EVENT
    }

    private record Endpoint(URI url, Set<String> channels, String key) {
        boolean isFirst() {
            return url.getPath().endsWith("/0");
        }
    }

    private final Fault fault;
    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();
    private final Map<String, JsonNode> wanted = new ConcurrentHashMap<>();
    private final Set<String> retryAfter = ConcurrentHashMap.newKeySet();
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger published = new AtomicInteger();

    PlantedDispatcher(Fault fault) throws IOException {
        this.fault = fault;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
        server.setExecutor(threads);
        server.createContext("/v1/endpoints", this::api);
        server.createContext("/events", this::publish);
        server.createContext("/metrics", this::tell);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /// Endpoints that have not been deleted.
    int endpoints() {
        return endpoints.size();
    }

    /// What was said of all endpoints that were ever made, by id.
    Map<String, JsonNode> wanted() {
        return wanted;
    }

    /// All values of `Retry-After` that it was answered with.
    Set<String> retryAfter() {
        return retryAfter;
    }

    int published() {
        return published.get();
    }

    @Override
    public void close() {
        server.stop(0);
        client.shutdownNow();
        threads.shutdownNow();
    }

    private void api(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = exchange.getRequestBody().readAllBytes();
            if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                answer(exchange, 401, "{\"detail\":\"the token is wrong\"}");
            } else if (exchange.getRequestMethod().equals("POST")) {
                answer(exchange, 201, create(JSON.readTree(body)));
            } else {
                var path = exchange.getRequestURI().getPath();
                endpoints.remove(path.substring(path.lastIndexOf('/') + 1));
                exchange.sendResponseHeaders(204, -1);
            }
        }
    }

    private String create(JsonNode body) {
        var id = "ep-" + made.incrementAndGet(); // some come at the same time
        var key = id + "-key-of-32-bytes";
        var channels = ConcurrentHashMap.<String>newKeySet();
        body.get("channels").forEach(channel -> channels.add(channel.asText()));
        wanted.put(id, body);
        endpoints.put(id, new Endpoint(URI.create(body.get("url").asText()), channels, key));
        return JSON.createObjectNode()
                .put("id", id)
                .put("secret", "whsec_" + Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8)))
                .toString();
    }

    private void publish(HttpExchange exchange) throws IOException {
        try (exchange) {
            var data = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var channel = exchange.getRequestURI().getQuery().substring("channel=".length());
            for (var endpoint : endpoints.values()) {
                if (endpoint.channels.contains(channel)) {
                    threads.execute(() -> deliver(endpoint, channel, data));
                }
            }
            published.incrementAndGet();
            exchange.sendResponseHeaders(202, -1);
        }
    }

    private void tell(HttpExchange exchange) throws IOException {
        try (exchange) {
            answer(exchange, 200, "fanfare_webhook_published_total %d%n".formatted(published.get()));
        }
    }

    private void deliver(Endpoint endpoint, String channel, String data) {
        var matcher = SEQUENCE.matcher(data);
        if (!matcher.find()) {
            throw new IllegalStateException("no marker");
        }
        boolean planted = endpoint.isFirst() && matcher.group(1).equals("" + PLANTED);
        var here = planted ? fault : Fault.NONE;
        var id = channel + "-" + matcher.group(1);
        if (here == Fault.LOST) {
            return;
        }
        deliver(endpoint, id, data, here);
        if (here == Fault.TWICE) {
            deliver(endpoint, id, data, Fault.NONE);
        } else if (here == Fault.UNKNOWN_EVENT) {
            deliver(endpoint, "other", data.replace("\"seq\":5", "\"seq\":5555"), Fault.NONE);
        }
    }

    private void deliver(Endpoint endpoint, String id, String data, Fault here) {
        try {
            for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
                var now = here == Fault.OTHER_IDS || attempt == 1 ? here : Fault.NONE;
                if (call(endpoint, now == Fault.OTHER_IDS ? id + "-" + attempt : id, data, now)) {
                    return;
                }
                Thread.sleep(20);
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean call(Endpoint endpoint, String id, String data, Fault now) throws InterruptedException {
        long seconds = Instant.now().getEpochSecond() - (now == Fault.OLD ? 3600 : 0);
        var key = now == Fault.OTHER_SECRET ? "another" : endpoint.key;
        var signature = "v1a,AAAA v1," + sign(key, id + "." + seconds + "." + data);
        var request = HttpRequest.newBuilder(endpoint.url)
                .timeout(TIMEOUT)
                .header("webhook-id", id)
                .header("webhook-timestamp", "" + seconds)
                .header("webhook-signature", signature)
                .POST(BodyPublishers.ofString(now == Fault.OTHER_BODY ? data.replace("xx", "yy") : data));
        try {
            var answer = client.send(request.build(), BodyHandlers.discarding());
            answer.headers().firstValue("Retry-After").ifPresent(retryAfter::add);
            return answer.statusCode() / 100 == 2;
        } catch (IOException failed) {
            return false;
        }
    }

    private static String sign(String key, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
