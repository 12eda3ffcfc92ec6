package dev.fanfare.samples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// A WebSocket with the JDK's HTTP client, and Jackson: prints each event in a line. Arguments: [URL] [CHANNEL].
final class WebSocketSample {
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;
    private volatile String cursor = "";
    private volatile long delayMillis;
    private volatile int failures;
    private volatile long heardNanos;

    WebSocketSample(String url, String channel) {
        this.url = url.replaceFirst("^http", "ws") + "/v1/events?channel="
                + URLEncoder.encode(channel, StandardCharsets.UTF_8);
    }

    /// Runs without end. Whatever breaks, it goes on after the last cursor. What the gateway refuses for
    /// good is thrown.
    void run() throws InterruptedException {
        while (true) {
            delayMillis = ThreadLocalRandom.current().nextLong(Math.min(20_000, 500L << failures));
            failures = Math.min(failures + 1, 10);
            try {
                connect();
            } catch (ExecutionException away) {
                if (away.getCause() instanceof WebSocketHandshakeException refused
                        && refused.getResponse().statusCode() / 100 == 4) {
                    throw new IllegalStateException("refused: " + refused.getResponse(), refused);
                }
                System.err.println("not connected: " + away.getCause());
            }
            Thread.sleep(delayMillis);
        }
    }

    private void connect() throws ExecutionException, InterruptedException {
        var ended = new CountDownLatch(1);
        heardNanos = System.nanoTime();
        var socket = http.newWebSocketBuilder()
                .connectTimeout(Duration.ofSeconds(10))
                .subprotocols("fanfare.v1.json")
                .buildAsync(URI.create(cursor.isEmpty() ? url : url + "&cursor=" + cursor), new Receiver(ended))
                .get();
        // the gateway sends a ping every interval: twice as long a silence means that the connection is dead
        while (!ended.await(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS)
                && System.nanoTime() - heardNanos < 2 * HEARTBEAT.toNanos()) {}
        socket.abort();
    }

    private final class Receiver implements WebSocket.Listener {
        private final CountDownLatch ended;
        private final StringBuilder text = new StringBuilder();

        Receiver(CountDownLatch ended) {
            this.ended = ended;
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last && ended.getCount() > 0) {
                take(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
            heardNanos = System.nanoTime();
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            ended.countDown();
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void onError(WebSocket socket, Throwable cut) {
            ended.countDown();
        }
    }

    private void take(String text) {
        heardNanos = System.nanoTime();
        try {
            var message = JSON.readTree(text);
            switch (message.path("type").asText()) {
                case "event" -> System.out.println(message.get("channel").asText() + " " + message.get("data"));
                case "ready" -> {
                    failures = 0;
                    System.err.println("live");
                }
                case "gap" -> // here an app reads its state anew
                    System.out.println("gap: " + message.get("reason").asText() + ", " + text);
                case "going-away" ->
                    delayMillis = message.get("reconnectAfterMs").asLong();
                default -> {} // a cursor without an event
            }
            cursor = message.path("id").asText(message.path("cursor").asText(cursor));
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    public static void main(String[] args) throws InterruptedException {
        new WebSocketSample(args.length > 0 ? args[0] : "http://localhost:8080", args.length > 1 ? args[1] : "orders.*")
                .run();
    }
}
