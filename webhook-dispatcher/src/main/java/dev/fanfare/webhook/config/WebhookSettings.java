package dev.fanfare.webhook.config;

import dev.fanfare.events.Routing;
import dev.fanfare.service.access.IssuerSettings;
import dev.fanfare.service.log.LogFormat;
import dev.fanfare.service.trace.TracingSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The dispatcher's whole configuration. The key of each component is its name in kebab case under the name of its
/// record: `intake.commit-every` is [Intake#commitEvery]. Sizes are bytes.
///
/// Ranges and what goes together with what are checked where the settings are read. Some of them are secrets:
/// [#toString] shows none.
///
/// @param kafka handed to Kafka's clients as it is; `bootstrap.servers` is required
/// @param routes which records go to which channels, as in the gateway
public record WebhookSettings(
        Server server,
        Api api,
        Access access,
        Portal portal,
        Map<String, String> kafka,
        List<Routing.Rule> routes,
        Tenant tenant,
        Store store,
        Secrets secrets,
        Intake intake,
        Lane lane,
        Egress egress,
        Endpoint endpoint,
        Topics topics,
        Retention retention,
        TracingSettings tracing,
        Shutdown shutdown,
        Logging logging) {
    public WebhookSettings {
        kafka = Map.copyOf(kafka);
        routes = List.copyOf(routes);
    }

    /// The same with traces.
    public WebhookSettings with(TracingSettings other) {
        return new WebhookSettings(
                server, api, access, portal, kafka, routes, tenant, store, secrets, intake, lane, egress, endpoint,
                topics, retention, other, shutdown, logging);
    }

    @Override
    public String toString() {
        return "WebhookSettings[server=%s, routes=%s, tenant=%s, intake=%s, lane=%s, egress=%s, topics=%s]"
                .formatted(server, routes, tenant, intake, lane, egress, topics);
    }

    /// Where the management API listens.
    ///
    /// @param host address to bind; one that is not loopback needs `api.token` or `access.issuers`
    /// @param port TCP port, 0 for any free one
    public record Server(String host, int port) {
        public static final Server DEFAULT = new Server("127.0.0.1", 8090);
    }

    /// Who may use the management API.
    ///
    /// @param token a bearer token that is good for everything; without it and without issuers in [Access] no token
    /// is wanted, and only loopback may be bound
    public record Api(Optional<String> token) {
        public static final Api DEFAULT = new Api(Optional.empty());

        @Override
        public String toString() {
            return "Api[token=" + (token.isPresent() ? "***" : "none") + "]";
        }
    }

    /// Whose tokens are taken at the management API beside `api.token`, and what they allow.
    ///
    /// @param clockSkew how much the clocks of issuers and this machine may differ
    public record Access(List<IssuerSettings> issuers, Duration clockSkew, Claims claims, Scopes scopes) {
        public static final Access DEFAULT =
                new Access(List.of(), Duration.ofSeconds(30), Claims.DEFAULT, Scopes.DEFAULT);

        public Access {
            issuers = List.copyOf(issuers);
        }
    }

    /// Where in a token to look. Dots lead into objects.
    ///
    /// @param tenant one name or a list of them: whose things the token is for
    /// @param scope one or more claims with scopes, put together
    public record Claims(String tenant, List<String> scope) {
        public static final Claims DEFAULT = new Claims("tenant", List.of("scope", "scp"));

        public Claims {
            scope = List.copyOf(scope);
        }
    }

    /// The scopes, as issuers call them.
    ///
    /// @param read to see what is there of the token's tenants
    /// @param manage to change it too
    /// @param operate to see and change everything of all tenants
    public record Scopes(String read, String manage, String operate) {
        public static final Scopes DEFAULT = new Scopes("webhooks:read", "webhooks:manage", "webhooks:operate");
    }

    /// The pages for tenants and operators.
    ///
    /// @param url where browsers reach the dispatcher: `https`, or `http` on this machine; none: `http://localhost`
    /// and the port
    /// @param linkLife how long a link opens the page, unless who asks for one says otherwise
    /// @param sessionLife how long the page can be used then
    /// @param frameAncestors origins of pages that may show the tenants' page in a frame
    /// @param name of the tenants' page
    /// @param logo a few characters to stand in place of the picture
    /// @param accent a colour, `#rrggbb`; lighter or darker where it could not be read
    public record Portal(
            Optional<String> url,
            Duration linkLife,
            Duration sessionLife,
            List<String> frameAncestors,
            String name,
            Optional<String> logo,
            String accent) {
        public static final Portal DEFAULT = new Portal(
                Optional.empty(),
                Duration.ofMinutes(10),
                Duration.ofHours(8),
                List.of(),
                "Webhooks",
                Optional.empty(),
                "#2f5fd0");

        public Portal {
            frameAncestors = List.copyOf(frameAncestors);
        }
    }

    /// Whose events are whose.
    ///
    /// @param template `{ce.NAME}`, `{header.NAME}` or `{channel.N}`
    public record Tenant(String template) {
        public static final Tenant DEFAULT = new Tenant("{ce.tenantid}");
    }

    /// The database.
    ///
    /// @param url JDBC URL of PostgreSQL or H2
    /// @param connections at a time at most
    public record Store(String url, String user, String password, int connections) {
        public static final Store DEFAULT = new Store("jdbc:h2:file:./data/webhooks", "fanfare", "", 8);

        @Override
        public String toString() {
            return "Store[user=" + user + ", connections=" + connections + "]";
        }
    }

    /// What endpoints' secrets are encrypted with.
    ///
    /// @param keysFile lines of an id and 32 bytes in base64; the first encrypts, all decrypt
    public record Secrets(String keysFile) {
        public static final Secrets DEFAULT = new Secrets("./data/webhooks.keys");
    }

    /// Reading from Kafka.
    ///
    /// @param group the consumer group
    /// @param events of a partition, between read and committed, at most
    /// @param deliveries of a partition that are not settled, at most
    /// @param bytes of all these events, at most
    /// @param commitEvery how often what is settled is committed at the latest
    public record Intake(String group, int events, int deliveries, long bytes, Duration commitEvery) {
        public static final Intake DEFAULT =
                new Intake("fanfare-webhooks", 8192, 16_384, 128L << 20, Duration.ofSeconds(1));
    }

    /// The way to each endpoint.
    ///
    /// @param queuedMax live deliveries that wait in an endpoint's lane, at most
    /// @param waitMax how long they do, at most, before they are parked
    /// @param runningMax calls at a time, of all lanes
    public record Lane(int queuedMax, Duration waitMax, int runningMax) {
        public static final Lane DEFAULT = new Lane(256, Duration.ofSeconds(1), 2000);
    }

    /// What may be called.
    ///
    /// @param allow ranges such as `10.1.0.0/16`, with commas between them, that may be called although not public
    /// @param ports with commas between them; `any` for all
    /// @param httpsOnly whether `http` URLs are refused
    /// @param proxy `host:port` of an HTTP proxy that all calls go through
    public record Egress(String allow, String ports, boolean httpsOnly, Optional<String> proxy) {
        public static final Egress DEFAULT = new Egress("none", "443,80", true, Optional.empty());
    }

    /// What holds for all endpoints.
    ///
    /// @param disableAfter nothing but failures for so long disables an endpoint
    /// @param origin this system's name in CloudEvents handshakes
    public record Endpoint(Duration disableAfter, String origin) {
        public static final Endpoint DEFAULT = new Endpoint(Duration.ofDays(5), "fanfare.invalid");
    }

    /// What is published to Kafka.
    ///
    /// @param deadLetter topic of deliveries that were given up
    /// @param operational topic of events about endpoints and deliveries
    public record Topics(Optional<String> deadLetter, Optional<String> operational) {
        public static final Topics DEFAULT = new Topics(Optional.empty(), Optional.empty());
    }

    /// How long records are kept for people to read.
    ///
    /// @param attempts and what `missing only` replays compare with
    /// @param ended dead letters and other deliveries that ended
    public record Retention(Duration attempts, Duration ended) {
        public static final Retention DEFAULT = new Retention(Duration.ofDays(30), Duration.ofDays(90));
    }

    /// Stopping.
    ///
    /// @param deadline for calls under way
    public record Shutdown(Duration deadline) {
        public static final Shutdown DEFAULT = new Shutdown(Duration.ofSeconds(20));
    }

    /// What the process says, and how.
    public record Logging(LogFormat format) {
        public static final Logging DEFAULT = new Logging(LogFormat.TEXT);
    }
}
