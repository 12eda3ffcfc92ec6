package dev.fanfare.gateway.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.testing.EventSourceParser;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A topic, a gateway that routes it, and streams of its channels.
final class SseTopic implements AutoCloseable {
    final String topic;
    final Gateways.Running gateway;

    private SseTopic(String topic, Gateways.Running gateway) {
        this.topic = topic;
        this.gateway = gateway;
    }

    static SseTopic start() {
        var topic = LocalBroker.get().newTopic("sse", 3);
        return new SseTopic(
                topic,
                new Gateways()
                        .route(topic, "{topic}.{key}")
                        .heartbeats(Duration.ofSeconds(15), Duration.ofMillis(300), Duration.ofSeconds(60))
                        .start());
    }

    void publish(String key, byte @Nullable [] value, String... headers) {
        LocalBroker.get().send(topic, 0, key, value, headers);
    }

    void publish(String key, String value, String... headers) {
        publish(key, value.getBytes(UTF_8), headers);
    }

    String url(String key, String... parameters) {
        return "/v1/events?channel=" + topic + "." + key + (parameters.length == 0 ? "" : "&")
                + String.join("&", parameters);
    }

    /// A stream that has said `ready`.
    Stream open(String target, String... headers) throws IOException {
        return new Stream(gateway.connect(), target, headers);
    }

    @Override
    public void close() {
        gateway.close();
    }

    static final class Stream implements AutoCloseable {
        final RawClient client;
        final EventSourceParser events;
        final EventSourceParser.Message ready;

        private Stream(RawClient client, String target, String... headers) throws IOException {
            this.client = client;
            assertThat(client.openStream(target, headers).status()).isEqualTo(200);
            events = new EventSourceParser(client.in());
            ready = events.message("ready");
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }
}
