package dev.fanfare.webhook.e2e;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Routing;
import dev.fanfare.webhook.app.WebhookDispatcher;
import dev.fanfare.webhook.config.WebhookSettings;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.endpoint.RetrySchedule;
import dev.fanfare.webhook.signing.KeyRing;
import dev.fanfare.webhook.signing.Secrets;
import dev.fanfare.webhook.store.Database;
import dev.fanfare.webhook.store.EndpointStore;
import dev.fanfare.webhook.store.StoreSettings;
import dev.fanfare.webhook.store.Writes;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/// A dispatcher in this process, on a database of its own that outlives it.
final class TestDispatcher implements AutoCloseable {
    private static final byte[] KEY = new byte[KeyRing.KEY_BYTES];

    private final WebhookSettings settings;
    private WebhookDispatcher running;

    private TestDispatcher(WebhookSettings settings) {
        this.settings = settings;
        this.running = WebhookDispatcher.start(settings);
    }

    static TestDispatcher start(Path dir, String servers, String topic) throws IOException {
        var keys = dir.resolve("keys");
        Files.writeString(keys, "k1 " + Base64.getEncoder().encodeToString(KEY) + "\n");
        return new TestDispatcher(new WebhookSettings(
                new WebhookSettings.Server("127.0.0.1", 0),
                WebhookSettings.Api.DEFAULT,
                Map.of("bootstrap.servers", servers),
                List.of(new Routing.Rule(List.of(topic), List.of("orders.{key}"))),
                WebhookSettings.Tenant.DEFAULT,
                new WebhookSettings.Store(url(dir), "fanfare", "", 5),
                new WebhookSettings.Secrets(keys.toString()),
                new WebhookSettings.Intake("group-" + topic, 8192, 16_384, 1 << 27, Duration.ofMillis(100)),
                WebhookSettings.Lane.DEFAULT,
                new WebhookSettings.Egress("127.0.0.0/8", "any", false, Optional.empty()),
                WebhookSettings.Endpoint.DEFAULT,
                new WebhookSettings.Topics(Optional.of("dead-" + topic), Optional.of("news-" + topic)),
                WebhookSettings.Retention.DEFAULT,
                new WebhookSettings.Shutdown(Duration.ofSeconds(5))));
    }

    private static String url(Path dir) {
        return "jdbc:h2:file:" + dir.resolve("webhooks");
    }

    /// An endpoint and its secret.
    record Created(EndpointId id, String secret) {}

    Created endpoint(URI url, UnaryOperator<EndpointSettings> settings) {
        var store = this.settings.store();
        try (var database =
                Database.open(new StoreSettings(store.url(), store.user(), store.password(), store.connections()))) {
            var ring = new KeyRing(Map.of("k1", KEY), "k1");
            var secret = new Secrets(ring).symmetric(Instant.now());
            var standard = EndpointSettings.of(url, List.of(ChannelPattern.parse("orders.**")));
            var made = new AtomicReference<EndpointId>();
            new Writes(database, new PlainText()).run(Optional.empty(), unit -> {
                made.set(new EndpointStore(database)
                        .create(
                                unit,
                                "default",
                                settings.apply(standard),
                                List.of(secret.secret()),
                                OptionalInt.empty())
                        .id());
                return new Writes.Reply(201, "", "");
            });
            return new Created(made.get(), secret.text());
        }
    }

    /// With another schedule.
    static UnaryOperator<EndpointSettings> retrying(Duration... delays) {
        return was -> new EndpointSettings(
                was.url(),
                was.channels(),
                was.eventTypes(),
                was.form(),
                new RetrySchedule(List.of(delays)),
                Duration.ofSeconds(3),
                was.ratePerSecond(),
                was.concurrency(),
                was.ordering(),
                was.blockMax(),
                was.ttl(),
                was.conflate(),
                was.asymmetric(),
                was.handshake(),
                was.headers(),
                was.description(),
                was.enabled());
    }

    void restart() {
        running.close();
        running = WebhookDispatcher.start(settings);
    }

    int port() {
        return running.port();
    }

    @Override
    public void close() {
        running.close();
    }

    /// Answers that nobody asks for again.
    private static final class PlainText implements Writes.Sealing {
        @Override
        public String seal(String text) {
            return text;
        }

        @Override
        public String open(String sealed) {
            return sealed;
        }
    }
}
