package dev.fanfare.gateway.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.testing.EventSourceParser;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.gateway.testing.WebSocketFrames;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// Two clients that want no more than their events: one with server-sent events, one with a WebSocket. An event is
/// published when both have the one before, so that they see each of them, in order, while others misbehave.
///
/// Threads: one that publishes and reads; the rest is for the test's.
final class Bystanders implements AutoCloseable {
    private static final String CHANNEL = "bystanders";

    private final String topic;
    private final RawClient sse;
    private final RawClient ws;
    private final EventSourceParser events;
    private final AtomicInteger seen = new AtomicInteger();
    private final Thread thread = Thread.ofVirtual().name("bystanders").unstarted(this::run);
    private volatile boolean leaving;
    private volatile @Nullable Throwable harm;

    /// @param topic whose records go to the channel of their key, behind the topic's name
    /// @param connect opens a connection to the gateway, with TLS if it has that
    /// @param headers of both requests
    static Bystanders of(Gateways.Running gateway, String topic, IntFunction<Socket> connect, String... headers)
            throws IOException {
        var sse = RawClient.over(connect.apply(gateway.port()));
        var ws = RawClient.over(connect.apply(gateway.port()));
        var target = "/v1/events?heartbeat=60s&channel=" + topic + "." + CHANNEL;
        assertThat(sse.openStream(target, headers).status()).isEqualTo(200);
        var events = new EventSourceParser(sse.in());
        events.message("ready");
        ws.get(target, WebSocketFrames.handshake(headers));
        assertThat(ws.head().status()).isEqualTo(101);
        assertThat(WebSocketFrames.readText(ws.in())).contains("\"type\":\"ready\"");
        var both = new Bystanders(topic, sse, events, ws);
        both.thread.start();
        return both;
    }

    private Bystanders(String topic, RawClient sse, EventSourceParser events, RawClient ws) {
        this.topic = topic;
        this.sse = sse;
        this.events = events;
        this.ws = ws;
    }

    private void run() {
        try {
            for (int i = 0; !leaving; i++) {
                var number = "event " + i;
                LocalBroker.get().send(topic, 0, CHANNEL, number.getBytes(UTF_8), "content-type", "text/plain");
                assertThat(events.message().data()).isEqualTo(number);
                assertThat(nextEvent()).contains("\"data\":\"" + number + "\"");
                seen.incrementAndGet();
                Thread.sleep(5); // leaves the machine to the attackers
            }
        } catch (IOException | AssertionError | RuntimeException trouble) {
            harm = trouble;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private String nextEvent() throws IOException {
        while (true) {
            var message = WebSocketFrames.readText(ws.in());
            if (!message.startsWith("{\"type\":\"heartbeat\"")) {
                return message;
            }
        }
    }

    /// Waits until both have got some more events than they had.
    void areServed() {
        int before = seen.get();
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> harm != null || seen.get() >= before + 3);
        assertThat(harm).as("what the bystanders suffered").isNull();
    }

    @Override
    public void close() throws IOException {
        leaving = true;
        try {
            thread.join();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        sse.close();
        ws.close();
        assertThat(harm).as("what the bystanders suffered").isNull();
    }
}
