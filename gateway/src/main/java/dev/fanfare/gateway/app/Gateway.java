package dev.fanfare.gateway.app;

import dev.fanfare.events.Routing;
import dev.fanfare.gateway.access.Origins;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.Demand;
import dev.fanfare.gateway.channel.Signaller;
import dev.fanfare.gateway.cluster.Node;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.config.GatewaySettings.OnDemand;
import dev.fanfare.gateway.ingest.Feed;
import dev.fanfare.gateway.ingest.FeedMetrics;
import dev.fanfare.gateway.ingest.KafkaHistory;
import dev.fanfare.gateway.ingest.KafkaStates;
import dev.fanfare.gateway.ingest.RecordReader;
import dev.fanfare.gateway.ingest.WantedPartitions;
import dev.fanfare.gateway.limits.Limit;
import dev.fanfare.gateway.limits.Limits;
import dev.fanfare.gateway.limits.Proxies;
import dev.fanfare.gateway.listener.Doorkeeper;
import dev.fanfare.gateway.listener.Listener;
import dev.fanfare.gateway.listener.Tls;
import dev.fanfare.gateway.listener.TlsMetrics;
import dev.fanfare.gateway.manage.ManagementApi;
import dev.fanfare.gateway.observe.Health;
import dev.fanfare.gateway.observe.Metrics;
import dev.fanfare.gateway.overload.Level;
import dev.fanfare.gateway.overload.Overload;
import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.publish.PublishTracing;
import dev.fanfare.gateway.publish.Publisher;
import dev.fanfare.gateway.session.CatchUp;
import dev.fanfare.gateway.session.Drain;
import dev.fanfare.gateway.session.Session;
import dev.fanfare.gateway.session.SessionMetrics;
import dev.fanfare.gateway.session.Sessions;
import dev.fanfare.gateway.session.Starts;
import dev.fanfare.gateway.trace.EventTracing;
import dev.fanfare.gateway.transport.Arrival;
import dev.fanfare.gateway.transport.Entrance;
import dev.fanfare.gateway.transport.Http2Watch;
import dev.fanfare.gateway.transport.Patience;
import dev.fanfare.gateway.transport.StreamHandler;
import dev.fanfare.gateway.transport.Unhurried;
import dev.fanfare.gateway.transport.WsEndpoint;
import dev.fanfare.gateway.websocket.Unfinished;
import dev.fanfare.gateway.websocket.WebSocketUpgrader;
import dev.fanfare.service.Lifecycle;
import dev.fanfare.service.http.HttpProblems;
import dev.fanfare.service.http.Problems;
import dev.fanfare.service.kafka.KafkaClients;
import dev.fanfare.service.trace.Tracing;
import io.helidon.common.socket.SocketOptions;
import io.helidon.http.Method;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ErrorHandling;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.http2.Http2Config;
import io.helidon.webserver.http2.Http2ConnectionSelector;
import io.helidon.webserver.observe.ObserveFeature;
import io.helidon.webserver.spi.ServerConnection;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// The gateway, put together: the parts in their start order. The only place that sees them all.
public final class Gateway implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Gateway.class.getName());
    private static final int REQUEST_LINE_MAX = 32_768; // the longest cursor, and many channels
    static final int HEADERS_MAX = REQUEST_LINE_MAX + 16_384; // over HTTP/2: all together, as over HTTP/1.1

    private final Lifecycle parts;
    private final GatewaySettings settings;
    private final Doors doors;
    private final Sessions sessions;
    private final Listener listener;
    private final Routes routes;
    private final Optional<Listener> management;

    private Gateway(
            Lifecycle parts,
            GatewaySettings settings,
            Doors doors,
            Sessions sessions,
            Listener listener,
            Routes routes,
            Optional<Listener> management) {
        this.parts = parts;
        this.settings = settings;
        this.doors = doors;
        this.sessions = sessions;
        this.listener = listener;
        this.routes = routes;
        this.management = management;
    }

    /// Starts everything and returns when the port is open; ready is the gateway when `/health/ready` says so.
    public static Gateway start(GatewaySettings settings) {
        var parts = new Lifecycle();
        try {
            var tlsMetrics = new TlsMetrics();
            var tls = Tls.open(settings.server().tls(), tlsMetrics);
            tls.ifPresent(parts::open);
            var tracing = Tracing.open(settings.tracing(), "fanfare-gateway");
            tracing.ifPresent(parts::open);
            var eventTracing = tracing.map(EventTracing::new).orElse(null);
            var clients = new KafkaClients(settings.kafka());
            var origins = new Origins(settings);
            var access = AccessParts.open(settings.access(), origins, clients, parts);
            var reader = new RecordReader(Routing.of(settings.routes()));
            var feedMetrics = new FeedMetrics();
            var sessionMetrics = new SessionMetrics();
            var log = settings.log();
            var signaller = parts.open(new Signaller());
            var onDemand = settings.feed().onDemand() == OnDemand.OFF
                    ? null
                    : new WantedPartitions(reader, settings.feed().onDemand() == OnDemand.KEYS);
            var demand = onDemand == null ? Demand.OF_ALL : onDemand;
            var channels = new Channels(log.bytes(), log.channelEvents(), log.age(), signaller, demand);
            var history = parts.open(new KafkaHistory(settings.replay(), clients, reader, channels, feedMetrics));
            var states = parts.open(new KafkaStates(settings.replay(), clients, reader, channels));
            var sessions = parts.open(new Sessions(
                    channels,
                    history,
                    sessionMetrics,
                    settings.replay().sessions(),
                    settings.limits().unwrittenBytes(),
                    eventTracing));
            access.revocations().onChange(() -> sessions.all().forEach(Session::lookSoon));
            var feed = parts.open(new Feed(
                    settings, clients, reader, channels, sessions::tellLost, feedMetrics, eventTracing, onDemand));
            var starts = new Starts(channels, history, states, settings.replay());
            var overload = parts.open(Overload.start(
                    settings.overload(),
                    () -> 100.0 * sessions.unwrittenBytes() / settings.limits().unwrittenBytes(),
                    signaller::backlogNanos,
                    level -> {
                        sessions.holdReplays(level != Level.NORMAL);
                        starts.hold(level != Level.NORMAL);
                        sessions.thinLow(level == Level.LOW || level == Level.SESSIONS);
                    }));
            var doors = new Doors(settings.shutdown(), feed, access.revocations(), overload);
            var started = System.currentTimeMillis();
            Supplier<Node> about = () -> new Node(
                    Main.version(),
                    started,
                    doors.isReady(),
                    feed.isKafkaReachable(),
                    feedMetrics.lagOfAll(),
                    overload.level().number(),
                    feedMetrics.events.sum());
            var cluster = ClusterParts.open(settings, sessions, about, clients, parts);
            Optional<Publisher> publisher = settings.publish().enabled()
                    ? Optional.of(parts.open(Publisher.open(settings.kafka(), settings.publish())))
                    : Optional.empty();
            var limits = new Limits(
                    settings.limits(),
                    new Proxies(
                            settings.server().trustedProxies(),
                            settings.server().forwardedHeader()),
                    doors::retryMillis,
                    System::nanoTime);
            var entrance = new Entrance(
                    access.gate(),
                    limits,
                    starts,
                    new CatchUp(
                            channels, history, sessionMetrics, settings.feed().catchUp()),
                    cluster.presence(),
                    settings.logging().sessions());
            var http2 = new Http2Watch(Http2ConnectionSelector.builder()
                    .http2Config(Http2Config.builder()
                            .maxHeaderListSize(2L * HEADERS_MAX) // beyond it the connection ends, without an answer
                            .build())
                    .build());
            var streams = new StreamHandler(settings, entrance, sessions, doors, http2);
            var webSockets = new WebSocketUpgrader(
                    settings.websocket().messageMax(),
                    settings.websocket().deflate(),
                    new Unfinished(
                            settings.websocket().unfinishedMax(),
                            limits.metrics().refused(Limit.UNFINISHED_MESSAGES)::increment),
                    (problem, requestId) -> new String(Problems.render(problem, requestId), StandardCharsets.UTF_8),
                    new WsEndpoint(settings, origins, entrance, sessions, doors, publisher)::judge);
            var metrics = parts.open(
                    new Metrics(channels, sessions, sessionMetrics, feed, feedMetrics, limits.metrics(), tlsMetrics));
            metrics.states(states::keys);
            metrics.polls(streams::pollBytes);
            cluster.register(metrics);
            metrics.partitions(feed::partitionsRead);
            metrics.overload(overload, () -> starts.refused().sum() + sessionMetrics.replaysHeldBack.sum());
            var observe = ObserveFeature.builder()
                    .endpoint("/")
                    .observersDiscoverServices(false)
                    .addObserver(Health.observer(feed, access.revocations()::isReady, doors::isStopping))
                    .addObserver(metrics.observer())
                    .build();
            var publishTracing =
                    tracing.map(to -> new PublishTracing(to, settings.publish().topic()));
            var routes = new Routes(
                    settings, origins, access, limits, sessions, streams, http2, publisher, cluster, publishTracing);
            feed.start();
            var loss = PeerLoss.within(settings.session().heartbeat());
            var patience =
                    parts.open(new Patience(settings.session().heartbeat().multipliedBy(2)));
            var http1 = http1(webSockets);
            var config = WebServer.builder()
                    .featuresDiscoverServices(false)
                    .addFeature(observe)
                    .bindAddress(new InetSocketAddress(
                            settings.server().host(), settings.server().port()))
                    .backlog(settings.server().backlog())
                    .maxTcpConnections(settings.server().connectionsMax())
                    .maxPayloadSize(4L * settings.publish().bytesMax()) // Helidon holds a whole chunk of any size
                    .connectionOptions(socketOptions(settings.server(), loss))
                    .directHandlers(HttpProblems.direct(ErrorCode::of))
                    .errorHandling(ErrorHandling.builder().includeEntity(true).build())
                    .buildPrototype();
            var listener = parts.open(listen(
                    config,
                    tls,
                    routes.routing(),
                    context -> new Arrival(context, http1, http2, patience),
                    limits.connections(tls.isPresent())));
            UserTimeout.set(
                    listener.port(), loss.unacknowledged(settings.session().writeStall()));
            var drain = parts.open(new NodeDrain(doors, sessions));
            var management = settings.management().enabled()
                    ? Optional.of(parts.open(ManagementPort.open(
                            settings,
                            tls,
                            patience,
                            new ManagementApi(
                                    settings,
                                    access.gate(),
                                    sessions,
                                    channels,
                                    drain,
                                    about,
                                    cluster::nodes,
                                    ConfigDump.of(settings)))))
                    : Optional.<Listener>empty();
            return new Gateway(parts, settings, doors, sessions, listener, routes, management);
        } catch (RuntimeException failure) {
            try {
                parts.close();
            } catch (RuntimeException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    private static Listener listen(
            WebServerConfig config,
            Optional<Tls> tls,
            HttpRouting.Builder routing,
            Function<ConnectionContext, ServerConnection> door,
            Doorkeeper doorkeeper) {
        try {
            return Listener.open(config, tls, routing, door, doorkeeper);
        } catch (UncheckedIOException refused) {
            var address = (InetSocketAddress) config.bindAddress().orElseThrow();
            throw new IllegalStateException(
                    "it cannot listen on %s port %d: stop whoever has that port, or change server.host or server.port"
                            .formatted(address.getHostString(), address.getPort()),
                    refused);
        }
    }

    private static Http1ConnectionSelector http1(WebSocketUpgrader webSockets) {
        return Http1ConnectionSelector.builder()
                .config(Http1Config.builder()
                        .maxPrologueLength(REQUEST_LINE_MAX)
                        .validatePrologue(false) // it refuses '>' in a query, and says of no fault which it is
                        .build())
                .upgraders(Unhurried.all(webSockets.spellings()))
                .build();
    }

    private static SocketOptions socketOptions(GatewaySettings.Server server, PeerLoss loss) {
        var socket = SocketOptions.builder()
                .socketSendBufferSize(server.sendBuffer())
                .tcpNoDelay(true);
        loss.configure(socket);
        return socket.build();
    }

    /// The methods of each path.
    Map<String, List<Method>> methods() {
        return routes.methods();
    }

    /// The port that is listened on.
    public int port() {
        return listener.port();
    }

    /// The port for operators, if there is one.
    public Optional<Integer> managementPort() {
        return management.map(Listener::port);
    }

    /// Stops: is not ready any more, then sends all clients away one by one, each as its transport can be told, over a
    /// while, and ends. At the deadline what is left is cut.
    @Override
    public void close() {
        var stop = settings.shutdown();
        long deadline = System.nanoTime() + stop.deadline().toNanos();
        doors.beginStopping();
        LOG.log(
                System.Logger.Level.INFO,
                "stopping: not ready any more; in {0} s the sessions, {1} now, are sent away over {2} s",
                seconds(stop.notice()),
                sessions.all().size(),
                seconds(stop.drain()));
        try {
            Thread.sleep(stop.notice());
            doors.close();
            new Drain(sessions, System::nanoTime).over(stop.drain(), sessions.all(), CloseReason.SHUTTING_DOWN);
            while (!sessions.all().isEmpty() && System.nanoTime() - deadline < 0) {
                sessions.endAll(CloseReason.SHUTTING_DOWN); // who was let in just before the doors closed, too
                Thread.sleep(20);
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        doors.close();
        parts.close();
        LOG.log(System.Logger.Level.INFO, "stopped");
    }

    private static String seconds(Duration time) {
        return Double.toString(time.toMillis() / 1000.0);
    }
}
