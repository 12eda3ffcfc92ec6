package dev.fanfare.webhook.app;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.fanfare.events.Routing;
import dev.fanfare.service.config.KafkaSettings;
import dev.fanfare.service.config.RoutesReader;
import dev.fanfare.service.config.Topics;
import dev.fanfare.service.config.TracingReader;
import dev.fanfare.service.config.Values;
import dev.fanfare.webhook.config.WebhookSettings;
import dev.fanfare.webhook.config.WebhookSettings.Access;
import dev.fanfare.webhook.config.WebhookSettings.Api;
import dev.fanfare.webhook.config.WebhookSettings.Egress;
import dev.fanfare.webhook.config.WebhookSettings.Endpoint;
import dev.fanfare.webhook.config.WebhookSettings.Intake;
import dev.fanfare.webhook.config.WebhookSettings.Lane;
import dev.fanfare.webhook.config.WebhookSettings.Logging;
import dev.fanfare.webhook.config.WebhookSettings.Retention;
import dev.fanfare.webhook.config.WebhookSettings.Secrets;
import dev.fanfare.webhook.config.WebhookSettings.Server;
import dev.fanfare.webhook.config.WebhookSettings.Shutdown;
import dev.fanfare.webhook.config.WebhookSettings.Store;
import dev.fanfare.webhook.config.WebhookSettings.Tenant;
import dev.fanfare.webhook.http.Cidr;
import dev.fanfare.webhook.ingest.Tenants;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/// Reads the settings at start: system properties `fanfare.*`, environment variables `FANFARE_*`, the file, defaults,
/// the first that has a key wins. Every key is in `docs/webhooks.md`.
final class SettingsReader {
    private static final int TOKEN_MIN = 16;
    private static final Pattern COMMA = Pattern.compile(",");
    private static final Pattern PROXY = Pattern.compile("[^\\s:/@]+:(\\d{1,5})");

    private final Values values;

    private SettingsReader(Values values) {
        this.values = values;
    }

    /// May ask the name service for the address of `server.host`.
    ///
    /// @throws dev.fanfare.service.config.ConfigException with all that is wrong
    static WebhookSettings read(Optional<Path> file, Map<String, String> environment, Properties system) {
        var values = Values.of("docs/webhooks.md", file, environment, system);
        var settings = new SettingsReader(values).read();
        values.check();
        return settings;
    }

    private WebhookSettings read() {
        var api = api();
        var access = new AccessReader(values).read();
        var routes = new RoutesReader(values).read();
        return new WebhookSettings(
                server(api, access),
                api,
                access,
                new PortalReader(values).read(),
                KafkaSettings.read(values, refused()),
                routes,
                tenant(),
                store(),
                new Secrets(values.text("secrets.keys-file", Secrets.DEFAULT.keysFile())),
                intake(),
                lane(),
                egress(),
                new Endpoint(
                        values.duration(
                                "endpoint.disable-after", Endpoint.DEFAULT.disableAfter(), ofMinutes(1), ofDays(365)),
                        values.text("endpoint.origin", Endpoint.DEFAULT.origin())),
                topics(routes),
                new Retention(
                        values.duration("retention.attempts", Retention.DEFAULT.attempts(), ofHours(1), ofDays(3650)),
                        values.duration("retention.ended", Retention.DEFAULT.ended(), ofHours(1), ofDays(3650))),
                new TracingReader(values).read(),
                new Shutdown(values.duration(
                        "shutdown.deadline", Shutdown.DEFAULT.deadline(), ofMillis(100), ofMinutes(10))),
                new Logging(values.choice("logging.format", Logging.DEFAULT.format())));
    }

    private static Map<String, String> refused() {
        var why = new HashMap<String, String>();
        why.put(ConsumerConfig.GROUP_ID_CONFIG, "it is intake.group");
        for (var key : List.of(
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG,
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG)) {
            why.put(key, "the group is one of the new protocol, which the brokers' settings rule");
        }
        for (var key :
                List.of(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, ConsumerConfig.AUTO_COMMIT_INTERVAL_MS_CONFIG)) {
            why.put(key, "only what is settled is committed: see intake.commit-every");
        }
        why.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "a position that is gone is told, never skipped");
        return Map.copyOf(why);
    }

    private Api api() {
        var token = values.text("api.token");
        token.ifPresent(text -> {
            if (text.length() < TOKEN_MIN || text.chars().anyMatch(c -> c <= ' ' || c > '~')) {
                values.problem("api.token: is refused: it must have %d or more characters of ASCII, without spaces"
                        .formatted(TOKEN_MIN)); // and is not shown
            }
        });
        return new Api(token);
    }

    private Server server(Api api, Access access) {
        var server = new Server(
                values.text("server.host", Server.DEFAULT.host()),
                values.integer("server.port", Server.DEFAULT.port(), 0, 65_535));
        if (values.good("server.host")) {
            try {
                var open = Arrays.stream(InetAddress.getAllByName(server.host()))
                        .filter(address -> !address.isLoopbackAddress())
                        .findFirst();
                if (open.isPresent()
                        && api.token().isEmpty()
                        && access.issuers().isEmpty()) {
                    values.refuse(
                            "server.host",
                            server.host(),
                            "the address %s is not loopback, and anybody who reaches it could create endpoints: "
                                            .formatted(open.get().getHostAddress())
                                    + "set api.token or access.issuers, or bind 127.0.0.1");
                }
            } catch (UnknownHostException unknown) {
                values.refuse("server.host", server.host(), "no such host is known: give an address of this machine");
            }
        }
        return server;
    }

    private Tenant tenant() {
        var tenant = new Tenant(values.text("tenant.template", Tenant.DEFAULT.template()));
        try {
            Tenants.parse(tenant.template());
        } catch (IllegalArgumentException wrong) {
            values.refuse("tenant.template", tenant.template(), String.valueOf(wrong.getMessage()));
        }
        return tenant;
    }

    private Store store() {
        var standard = Store.DEFAULT;
        var store = new Store(
                values.text("store.url", standard.url()),
                values.text("store.user", standard.user()),
                values.text("store.password").orElse(standard.password()),
                values.integer("store.connections", standard.connections(), 3, 200));
        if (!store.url().startsWith("jdbc:h2:") && !store.url().startsWith("jdbc:postgresql:")) {
            values.problem("store.url: is refused: it must begin with jdbc:postgresql: or jdbc:h2:");
        }
        return store;
    }

    private Intake intake() {
        var standard = Intake.DEFAULT;
        return new Intake(
                values.text("intake.group", standard.group()),
                values.integer("intake.events", standard.events(), 1, 1_000_000),
                values.integer("intake.deliveries", standard.deliveries(), 1, 10_000_000),
                values.bytes("intake.bytes", standard.bytes(), 1 << 20, 1L << 40),
                values.duration("intake.commit-every", standard.commitEvery(), ofMillis(20), ofMinutes(1)));
    }

    private Lane lane() {
        var standard = Lane.DEFAULT;
        return new Lane(
                values.integer("lane.queued-max", standard.queuedMax(), 1, 100_000),
                values.duration("lane.wait-max", standard.waitMax(), ofMillis(10), ofSeconds(30)),
                values.integer("lane.running-max", standard.runningMax(), 1, 1_000_000));
    }

    private Egress egress() {
        var standard = Egress.DEFAULT;
        var egress = new Egress(
                values.text("egress.allow", standard.allow()),
                values.text("egress.ports", standard.ports()),
                values.flag("egress.https-only", standard.httpsOnly()),
                values.text("egress.proxy"));
        check("egress.allow", egress.allow(), () -> allowed(egress));
        check("egress.ports", egress.ports(), () -> ports(egress));
        egress.proxy().ifPresent(proxy -> {
            if (!isProxy(proxy)) {
                // not shown: a password may be in it
                values.problem("egress.proxy: is refused: it must be host:port of an HTTP proxy, without credentials");
            }
        });
        return egress;
    }

    private static boolean isProxy(String text) {
        var parts = PROXY.matcher(text);
        return parts.matches() && isPort(parts.group(1));
    }

    private void check(String key, String value, Runnable parse) {
        try {
            parse.run();
        } catch (IllegalArgumentException wrong) {
            values.refuse(key, value, String.valueOf(wrong.getMessage()));
        }
    }

    /// @throws IllegalArgumentException with a sentence that says what is wrong
    static List<Cidr> allowed(Egress egress) {
        return egress.allow().equals("none")
                ? List.of()
                : parts(egress.allow()).map(Cidr::of).toList();
    }

    /// @return none for any
    /// @throws IllegalArgumentException with a sentence that says what is wrong
    static List<Integer> ports(Egress egress) {
        if (egress.ports().equals("any")) {
            return List.of();
        }
        return parts(egress.ports()).map(SettingsReader::port).toList();
    }

    /// Empty ones too, so that a comma alone is not taken for no restriction.
    private static Stream<String> parts(String list) {
        return Arrays.stream(COMMA.split(list, -1)).map(String::strip);
    }

    private static Integer port(String text) {
        if (!isPort(text)) {
            throw new IllegalArgumentException("it must be ports from 1 to 65535 with commas between them, or any");
        }
        return Integer.valueOf(text);
    }

    private static boolean isPort(String text) {
        return text.matches("\\d{1,5}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= 65_535;
    }

    private WebhookSettings.Topics topics(List<Routing.Rule> routes) {
        return new WebhookSettings.Topics(topic("topics.dead-letter", routes), topic("topics.operational", routes));
    }

    private Optional<String> topic(String key, List<Routing.Rule> routes) {
        var topic = values.text(key);
        topic.ifPresent(name -> {
            if (!Topics.isLegal(name)) {
                values.refuse(key, "", Topics.WANTED);
            } else if (routes.stream().anyMatch(route -> route.topics().contains(name))) {
                values.refuse(key, "", "a route reads this topic, so that each of its records would make another one");
            }
        });
        return topic;
    }
}
