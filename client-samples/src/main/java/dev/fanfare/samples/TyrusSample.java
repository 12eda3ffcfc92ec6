package dev.fanfare.samples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.glassfish.tyrus.client.ClientManager;
import org.glassfish.tyrus.container.jdk.client.JdkClientContainer;
import org.glassfish.tyrus.core.HandshakeException;

/// A WebSocket with Tyrus, the reference implementation of Jakarta WebSocket, and Jackson: prints each event in a line.
/// Arguments: [URL] [CHANNEL].
final class TyrusSample {
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ClientEndpointConfig CONFIG = ClientEndpointConfig.Builder.create()
            .preferredSubprotocols(List.of("fanfare.v1.json"))
            .build();

    private final ClientManager client = ClientManager.createClient(JdkClientContainer.class.getName());
    private final String url;
    private volatile String cursor = "";
    private volatile long delayMillis;
    private volatile int failures;
    private volatile long heardNanos;

    TyrusSample(String url, String channel) {
        this.url = url.replaceFirst("^http", "ws") + "/v1/events?channel="
                + URLEncoder.encode(channel, StandardCharsets.UTF_8);
    }

    /// Runs without end. Whatever breaks, it goes on after the last cursor. What the gateway refuses for
    /// good is thrown.
    void run() throws InterruptedException {
        try {
            while (true) {
                delayMillis = ThreadLocalRandom.current().nextLong(Math.min(20_000, 500L << failures));
                failures = Math.min(failures + 1, 10);
                try {
                    connect();
                } catch (DeploymentException away) {
                    if (away.getCause() instanceof HandshakeException refused
                            && refused.getHttpStatusCode() / 100 == 4) {
                        throw new IllegalStateException("refused with " + refused.getHttpStatusCode(), refused);
                    }
                    System.err.println("not connected: " + away);
                } catch (IOException away) {
                    System.err.println("not connected: " + away);
                }
                Thread.sleep(delayMillis);
            }
        } finally {
            client.shutdown();
        }
    }

    private void connect() throws DeploymentException, IOException, InterruptedException {
        var ended = new CountDownLatch(1);
        heardNanos = System.nanoTime();
        var address = URI.create(cursor.isEmpty() ? url : url + "&cursor=" + cursor);
        var session = client.connectToServer(new Receiver(ended), CONFIG, address);
        // no answer to a ping for twice the interval means that the connection is dead
        while (!ended.await(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS)
                && System.nanoTime() - heardNanos < 2 * HEARTBEAT.toNanos()) {
            session.getBasicRemote().sendPing(ByteBuffer.allocate(0));
        }
        session.close();
    }

    private final class Receiver extends Endpoint {
        private final CountDownLatch ended;

        Receiver(CountDownLatch ended) {
            this.ended = ended;
        }

        @Override
        public void onOpen(Session session, EndpointConfig config) {
            session.addMessageHandler(String.class, (MessageHandler.Whole<String>) text -> {
                if (ended.getCount() > 0) {
                    take(text);
                }
            });
            session.addMessageHandler(
                    PongMessage.class, (MessageHandler.Whole<PongMessage>) pong -> heardNanos = System.nanoTime());
        }

        @Override
        public void onClose(Session session, CloseReason reason) {
            ended.countDown();
        }

        @Override
        public void onError(Session session, Throwable cut) {
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
        new TyrusSample(args.length > 0 ? args[0] : "http://localhost:8080", args.length > 1 ? args[1] : "orders.*")
                .run();
    }
}
