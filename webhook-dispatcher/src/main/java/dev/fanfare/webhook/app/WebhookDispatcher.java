package dev.fanfare.webhook.app;

import dev.fanfare.events.Routing;
import dev.fanfare.service.Lifecycle;
import dev.fanfare.service.access.TokenVerifier;
import dev.fanfare.service.kafka.KafkaClients;
import dev.fanfare.service.trace.Tracing;
import dev.fanfare.webhook.api.Api;
import dev.fanfare.webhook.api.ApiSettings;
import dev.fanfare.webhook.api.LaneStates;
import dev.fanfare.webhook.api.Starts;
import dev.fanfare.webhook.config.WebhookSettings;
import dev.fanfare.webhook.dispatch.AttemptTracing;
import dev.fanfare.webhook.dispatch.DispatchMetrics;
import dev.fanfare.webhook.dispatch.Dispatcher;
import dev.fanfare.webhook.endpoint.Registry;
import dev.fanfare.webhook.http.EgressPolicy;
import dev.fanfare.webhook.http.Handshake;
import dev.fanfare.webhook.http.Sender;
import dev.fanfare.webhook.http.SenderSettings;
import dev.fanfare.webhook.ingest.Intake;
import dev.fanfare.webhook.ingest.IntakeMetrics;
import dev.fanfare.webhook.ingest.IntakeSettings;
import dev.fanfare.webhook.ingest.RecordTaker;
import dev.fanfare.webhook.ingest.Tenants;
import dev.fanfare.webhook.lane.LaneLimits;
import dev.fanfare.webhook.lane.LaneState;
import dev.fanfare.webhook.lane.Lanes;
import dev.fanfare.webhook.observe.Health;
import dev.fanfare.webhook.observe.Metrics;
import dev.fanfare.webhook.park.Gate;
import dev.fanfare.webhook.park.ParkingLot;
import dev.fanfare.webhook.park.Scheduler;
import dev.fanfare.webhook.publish.OutboxPublisher;
import dev.fanfare.webhook.replay.KafkaEvents;
import dev.fanfare.webhook.replay.KafkaReplays;
import dev.fanfare.webhook.signing.Signer;
import dev.fanfare.webhook.store.Database;
import dev.fanfare.webhook.store.EndpointStore;
import dev.fanfare.webhook.store.Failure;
import dev.fanfare.webhook.store.Frontier;
import dev.fanfare.webhook.store.Leases;
import dev.fanfare.webhook.store.Outbox;
import dev.fanfare.webhook.store.Parked;
import dev.fanfare.webhook.store.SqlJournal;
import dev.fanfare.webhook.store.StoreSettings;
import dev.fanfare.webhook.store.StoredNews;
import dev.fanfare.webhook.store.StoredPositions;
import dev.fanfare.webhook.store.Sweeper;
import io.helidon.webserver.WebServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// The dispatcher, put together: the parts in their start order. The only place that sees them all.
public final class WebhookDispatcher implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(WebhookDispatcher.class.getName());
    private static final Duration JOURNAL_CLOSE = Duration.ofSeconds(10);
    private static final Duration SWEEP_EVERY = Duration.ofMinutes(30);

    private final Lifecycle parts;
    private final WebServer server;
    private final Closing closing;

    /// Whether the dispatcher is being stopped.
    private static final class Closing {
        private volatile boolean begun;
    }

    private WebhookDispatcher(Lifecycle parts, WebServer server, Closing closing) {
        this.parts = parts;
        this.server = server;
        this.closing = closing;
    }

    /// Starts everything and returns when the port is open.
    ///
    /// @throws dev.fanfare.service.config.ConfigException if the keys or the store do not fit
    /// @throws IllegalStateException if the port is taken
    public static WebhookDispatcher start(WebhookSettings settings) {
        var parts = new Lifecycle();
        try {
            return start(settings, parts);
        } catch (RuntimeException failure) {
            try {
                parts.close();
            } catch (RuntimeException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    private static WebhookDispatcher start(WebhookSettings settings, Lifecycle parts) {
        var clock = InstantSource.system();
        var closing = new Closing();
        var verifier = parts.open(
                new TokenVerifier(settings.access().issuers(), settings.access().clockSkew(), clock));
        var keys = Path.of(settings.secrets().keysFile());
        var ring = KeysFile.read(keys);
        var database = parts.open(Database.open(new StoreSettings(
                settings.store().url(),
                settings.store().user(),
                settings.store().password(),
                settings.store().connections())));
        var endpoints = new EndpointStore(database);
        KeysFile.check(keys, ring, endpoints.secrets());
        endpoints.renewSecrets(ring::renew);
        var clients = new KafkaClients(settings.kafka());
        var registry = new Registry();
        var watch = parts.open(new RegistryWatch(endpoints, registry));
        watch.refresh();

        var outbox = parts.open(new OutboxPublisher(new Outbox(database), topics(settings.topics()), clients));
        var leases = new Leases(database, UUID.randomUUID().toString(), Scheduler.LEASE);
        parts.open(() -> leave(leases)); // when the journal has written what became of the rows under them
        var journal = parts.open(new SqlJournal(database, registry::find, _ -> {}, JOURNAL_CLOSE));
        var parked = new Parked(database);
        var gate = new Gate(parked, registry, clock);
        var lot = new ParkingLot(journal, gate, registry, clock);
        var sender = parts.open(new Sender(sender(settings)));
        var calls = new DispatchMetrics();
        var tracing = Tracing.open(settings.tracing(), "fanfare-webhook-dispatcher");
        tracing.ifPresent(parts::open);
        var attempts = tracing.map(AttemptTracing::new).orElse(null);
        var dispatcher = parts.open(
                new Dispatcher(sender, new Signer(ring), journal, settings.endpoint(), calls, gate::shut, attempts));
        var lanes = Lanes.start(new Lanes.Ports(dispatcher, lot, gate, registry::find), limits(settings.lane()));
        parts.open(() -> lanes.close(settings.shutdown().deadline()));
        var scheduler = new Scheduler(parked, leases, lanes, gate, registry, clock);
        parts.open(() -> scheduler.close(settings.shutdown().deadline()));
        var counts = new IntakeMetrics();
        var news = new StoredNews(database);
        var taker = new RecordTaker(
                Routing.of(settings.routes()), Tenants.parse(settings.tenant().template()), news, counts);
        var intake = parts.open(new Intake(
                intake(settings.intake()),
                clients,
                taker,
                registry,
                watch,
                new GatedPositions(new StoredPositions(database), gate),
                new Taking(lanes),
                journal,
                news,
                counts));
        var metrics = parts.open(new Metrics());
        metrics.intake(intake, counts);
        metrics.delivery(calls, lanes, lot, registry);
        metrics.store(journal, scheduler, outbox, parked, database.endings(), registry);

        var sweeper = parts.open(new Sweeper(
                database,
                new Sweeper.Keep(
                        settings.retention().attempts(), settings.retention().ended(), SWEEP_EVERY)));

        var frontier = new Frontier(database);
        var events = parts.open(new KafkaEvents(clients, taker));
        var replays = parts.open(
                new KafkaReplays(clients, taker, database, settings.retention().attempts()));
        var api = new Api(new Api.Parts(
                new ApiSettings(settings.api().token(), settings.access(), settings.portal(), ApiSettings.BODY_MAX),
                verifier,
                database,
                registry,
                watch,
                sender.guard(),
                new Handshake(sender, settings.endpoint().origin()),
                ring,
                () -> starts(frontier),
                endpoint -> lanes.state(endpoint).map(WebhookDispatcher::state),
                events,
                replays));
        var server = HttpServer.build(settings, api, Health.observer(intake, journal, () -> closing.begun), metrics);
        listen(server, settings.server());
        parts.open(server::stop);
        watch.start(lanes, dispatcher);
        outbox.start();
        scheduler.start();
        intake.start();
        replays.start();
        sweeper.start();
        return new WebhookDispatcher(parts, server, closing);
    }

    /// Helidon logs that it cannot bind, and returns as if it had.
    private static void listen(WebServer server, WebhookSettings.Server settings) {
        server.start();
        if (!server.isRunning()) {
            throw new IllegalStateException(
                    "it cannot listen on %s port %d: stop whoever has that port, or change server.host or server.port"
                            .formatted(settings.host(), settings.port()));
        }
    }

    private static void leave(Leases leases) {
        try {
            leases.leave();
        } catch (RuntimeException storeAway) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the leases were not given back, and run out: " + Failure.state(storeAway));
        }
    }

    private static List<Starts.Start> starts(Frontier frontier) {
        return frontier.read().stream()
                .filter(position -> position.partition() != Frontier.LATER_PARTITIONS)
                .map(position -> new Starts.Start(position.topic(), position.partition(), position.nextOffset()))
                .toList();
    }

    private static LaneStates.State state(LaneState lane) {
        return new LaneStates.State(
                lane.breaker().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                lane.limit(),
                lane.struggling(),
                lane.running(),
                lane.queuedLive(),
                lane.queuedBacklog(),
                lane.pausedUntil());
    }

    private static Map<Outbox.Role, String> topics(WebhookSettings.Topics topics) {
        var names = new EnumMap<Outbox.Role, String>(Outbox.Role.class);
        topics.deadLetter().ifPresent(name -> names.put(Outbox.Role.DEAD_LETTER, name));
        topics.operational().ifPresent(name -> names.put(Outbox.Role.OPERATIONAL, name));
        return names;
    }

    private static SenderSettings sender(WebhookSettings settings) {
        var egress = settings.egress();
        var policy = new EgressPolicy(
                SettingsReader.allowed(egress),
                new HashSet<>(SettingsReader.ports(egress)),
                egress.httpsOnly(),
                settings.server().port() == 0
                        ? Set.of()
                        : Set.of(settings.server().port()));
        return new SenderSettings(
                policy,
                egress.proxy().map(WebhookDispatcher::address),
                settings.lane().runningMax(),
                SenderSettings.STANDARD.userAgent());
    }

    private static InetSocketAddress address(String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        return InetSocketAddress.createUnresolved(
                hostAndPort.substring(0, colon), Integer.parseInt(hostAndPort.substring(colon + 1)));
    }

    private static LaneLimits limits(WebhookSettings.Lane lane) {
        return new LaneLimits(
                lane.queuedMax(),
                lane.waitMax(),
                lane.runningMax(),
                LaneLimits.DEFAULT.lanesMax(),
                LaneLimits.DEFAULT.idleMax());
    }

    private static IntakeSettings intake(WebhookSettings.Intake intake) {
        return new IntakeSettings(
                intake.group(), intake.events(), intake.deliveries(), intake.bytes(), intake.commitEvery());
    }

    /// The port that is listened on.
    public int port() {
        return server.port();
    }

    /// Stops reading, lets calls come to their end as far as the deadline allows, parks what waits, and leaves.
    @Override
    public void close() {
        closing.begun = true;
        LOG.log(System.Logger.Level.INFO, "stopping");
        parts.close();
        LOG.log(System.Logger.Level.INFO, "stopped");
    }
}
