package dev.fanfare.webhook.e2e;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Routing;
import dev.fanfare.service.trace.TracingSettings;
import dev.fanfare.webhook.config.WebhookSettings;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.signing.KeyRing;
import dev.fanfare.webhook.signing.Secrets;
import dev.fanfare.webhook.store.Database;
import dev.fanfare.webhook.store.EndpointStore;
import dev.fanfare.webhook.store.Parked;
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
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// What one or more dispatchers share: topic, group, keys and database. Starts none.
///
/// @param window events of a partition in flight at most
/// @param disableAfter nothing but failures for so long disables an endpoint
record Setup(Path keys, String servers, String topic, StoreSettings store, int window, Duration disableAfter) {
    private static final byte[] KEY = new byte[KeyRing.KEY_BYTES];

    /// With a database in a file.
    static Setup of(Path dir, String servers, String topic) {
        return of(dir, servers, topic, new StoreSettings("jdbc:h2:file:" + dir.resolve("webhooks"), "fanfare", "", 5));
    }

    static Setup of(Path dir, String servers, String topic, StoreSettings store) {
        var keys = dir.resolve("keys");
        try {
            Files.writeString(keys, "k1 " + Base64.getEncoder().encodeToString(KEY) + "\n");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return new Setup(keys, servers, topic, store, 8192, WebhookSettings.Endpoint.DEFAULT.disableAfter());
    }

    Setup window(int events) {
        return new Setup(keys, servers, topic, store, events, disableAfter);
    }

    Setup disableAfter(Duration failing) {
        return new Setup(keys, servers, topic, store, window, failing);
    }

    String group() {
        return "group-" + topic;
    }

    String deadLetters() {
        return "dead-" + topic;
    }

    String news() {
        return "news-" + topic;
    }

    /// For a dispatcher in this process.
    WebhookSettings settings() {
        return settings(WebhookSettings.Api.DEFAULT, WebhookSettings.Access.DEFAULT);
    }

    /// The same, but not for everybody.
    WebhookSettings settings(WebhookSettings.Api api, WebhookSettings.Access access) {
        return settings(api, access, WebhookSettings.Portal.DEFAULT);
    }

    WebhookSettings settings(WebhookSettings.Api api, WebhookSettings.Access access, WebhookSettings.Portal portal) {
        return new WebhookSettings(
                new WebhookSettings.Server("127.0.0.1", 0),
                api,
                access,
                portal,
                Map.of("bootstrap.servers", servers, "reconnect.backoff.max.ms", "200"),
                List.of(new Routing.Rule(List.of(topic), List.of("orders.{key}"))),
                WebhookSettings.Tenant.DEFAULT,
                new WebhookSettings.Store(store.url(), store.user(), store.password(), store.connections()),
                new WebhookSettings.Secrets(keys.toString()),
                new WebhookSettings.Intake(group(), window, 2 * window, 1 << 27, Duration.ofMillis(100)),
                WebhookSettings.Lane.DEFAULT,
                new WebhookSettings.Egress("127.0.0.0/8", "any", false, Optional.empty()),
                new WebhookSettings.Endpoint(disableAfter, "fanfare.invalid"),
                new WebhookSettings.Topics(Optional.of(deadLetters()), Optional.of(news())),
                WebhookSettings.Retention.DEFAULT,
                TracingSettings.DEFAULT,
                new WebhookSettings.Shutdown(Duration.ofSeconds(8)),
                WebhookSettings.Logging.DEFAULT);
    }

    /// The same for one in a process of its own.
    String file() {
        return """
            server: {host: 127.0.0.1, port: 0}
            kafka: {bootstrap.servers: '%s', reconnect.backoff.max.ms: 200}
            routes:
              - {topics: %s, channels: 'orders.{key}'}
            store: {url: '%s', user: '%s', password: '%s', connections: %d}
            secrets: {keys-file: '%s'}
            intake: {group: %s, events: %d, deliveries: %d, commit-every: 100ms}
            egress: {allow: 127.0.0.0/8, ports: any, https-only: false}
            topics: {dead-letter: %s, operational: %s}
            shutdown: {deadline: 8s}
            """.formatted(
                        servers,
                        topic,
                        store.url(),
                        store.user(),
                        store.password(),
                        store.connections(),
                        keys,
                        group(),
                        window,
                        2 * window,
                        deadLetters(),
                        news());
    }

    /// An endpoint and its secret.
    record Created(EndpointId id, String secret) {}

    /// Stores an endpoint, as the management API does.
    Created endpoint(URI url, UnaryOperator<EndpointSettings> settings) {
        return endpoint("default", url, settings);
    }

    Created endpoint(String tenant, URI url, UnaryOperator<EndpointSettings> settings) {
        return with(database -> {
            var ring = new KeyRing(Map.of("k1", KEY), "k1");
            var secret = new Secrets(ring).symmetric(Instant.now());
            var standard = EndpointSettings.of(url, List.of(ChannelPattern.parse("orders.**")));
            var made = new AtomicReference<EndpointId>();
            new Writes(database, new PlainText()).run(Optional.empty(), unit -> {
                made.set(new EndpointStore(database)
                        .create(unit, tenant, settings.apply(standard), List.of(secret.secret()), OptionalInt.empty())
                        .id());
                return new Writes.Reply(201, "", "");
            });
            return new Created(made.get(), secret.text());
        });
    }

    Endpoint find(EndpointId id) {
        return with(database -> new EndpointStore(database).find(id).orElseThrow());
    }

    void delete(EndpointId id) {
        with(database -> new Writes(database, new PlainText()).run(Optional.empty(), unit -> {
            new EndpointStore(database).delete(unit, id, OptionalLong.empty());
            return new Writes.Reply(204, "", "");
        }));
    }

    /// Deliveries that wait in the store.
    long parked() {
        return with(database -> new Parked(database).backlog().count());
    }

    /// Those of one endpoint.
    long parked(EndpointId endpoint) {
        return with(database -> new Parked(database).backlog(endpoint).count());
    }

    /// How many shards each node has, the fewest first.
    List<Integer> shards() {
        return with(database -> database.jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from shard_lease where owner <> ''"
                                + " and expires_at > current_timestamp group by owner order by count(*)")
                        .mapTo(Integer.class)
                        .list()));
    }

    /// Why a delivery ended without success; empty if it did not.
    Optional<String> ended(EndpointId endpoint, String messageId) {
        return with(database -> database.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select reason from ended where endpoint_id = ? and message_id = ?")
                        .bind(0, endpoint.value())
                        .bind(1, messageId)
                        .mapTo(String.class)
                        .findOne()));
    }

    private <T> T with(Function<Database, T> use) {
        try (var database = Database.open(store)) {
            return use.apply(database);
        }
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
