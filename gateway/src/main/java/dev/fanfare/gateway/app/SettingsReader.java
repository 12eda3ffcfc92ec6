package dev.fanfare.gateway.app;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.fanfare.events.Routing;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.config.GatewaySettings.DeadLetter;
import dev.fanfare.gateway.config.GatewaySettings.Feed;
import dev.fanfare.gateway.config.GatewaySettings.Limits;
import dev.fanfare.gateway.config.GatewaySettings.Log;
import dev.fanfare.gateway.config.GatewaySettings.OnDemand;
import dev.fanfare.gateway.config.GatewaySettings.PerAddress;
import dev.fanfare.gateway.config.GatewaySettings.PerPrincipal;
import dev.fanfare.gateway.config.GatewaySettings.Poll;
import dev.fanfare.gateway.config.GatewaySettings.Publish;
import dev.fanfare.gateway.config.GatewaySettings.Replay;
import dev.fanfare.gateway.config.GatewaySettings.Session;
import dev.fanfare.gateway.config.GatewaySettings.Shutdown;
import dev.fanfare.gateway.config.GatewaySettings.Transports;
import dev.fanfare.gateway.config.GatewaySettings.WebSocket;
import dev.fanfare.gateway.config.LoggingSettings;
import dev.fanfare.gateway.config.PolicySettings;
import dev.fanfare.gateway.protocol.Policy;
import dev.fanfare.service.config.ConfigException;
import dev.fanfare.service.config.KafkaSettings;
import dev.fanfare.service.config.RoutesReader;
import dev.fanfare.service.config.Topics;
import dev.fanfare.service.config.TracingReader;
import dev.fanfare.service.config.Units;
import dev.fanfare.service.config.Values;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/// Reads the settings at start: system properties `fanfare.*`, environment variables `FANFARE_*`, the file, defaults,
/// the first that has a key wins. Every key is in `docs/configuration.md`.
///
/// Here stand the keys, their ranges and what goes together with what; how a value is found and parsed is
/// [Values]'s.
final class SettingsReader {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;
    private static final long GIB = 1L << 30;
    private static final int SECOND_MAX = 1_000_000;
    private static final Duration SHORTEST = ofMillis(100);

    private final Values values;

    private SettingsReader(Values values) {
        this.values = values;
    }

    /// May ask the name service for the address of `server.host`.
    ///
    /// @param file YAML or properties, by its name
    /// @throws ConfigException with all that is wrong: unknown keys, bad values, what is missing or does not fit
    static GatewaySettings read(Optional<Path> file, Map<String, String> environment, Properties system) {
        var values = Values.of("docs/configuration.md", file, environment, system);
        var settings = new SettingsReader(values).read();
        values.check();
        return settings;
    }

    private GatewaySettings read() {
        var access = new AccessReader(values).read();
        var server = new ServerReader(values).read();
        var kafka = KafkaSettings.read(values, KafkaRefusals.ALL);
        var routes = new RoutesReader(values).read();
        var session = session();
        return new GatewaySettings(
                server,
                kafka,
                routes,
                deadLetter(routes),
                feed(),
                log(session),
                replay(),
                session,
                transports(),
                webSocket(),
                poll(),
                publish(),
                access,
                limits(),
                new OverloadReader(values).read(),
                new ClusterReader(values).read(),
                new ManagementReader(values).read(),
                new TracingReader(values).read(),
                shutdown(),
                logging());
    }

    private DeadLetter deadLetter(List<Routing.Rule> routes) {
        var key = "dead-letter.topic";
        var topic = values.text(key);
        topic.ifPresent(name -> {
            if (!Topics.isLegal(name)) {
                values.refuse(key, "", Topics.WANTED);
            } else if (routes.stream().anyMatch(route -> route.topics().contains(name))) {
                values.refuse(key, "", "a route reads this topic, so that each dead letter would make another one");
            }
        });
        return new DeadLetter(topic);
    }

    private Feed feed() {
        var standard = Feed.DEFAULT;
        var feed = new Feed(
                values.integer("feed.warm-events", standard.warmEvents(), 0, 1_000_000),
                values.duration("feed.refresh", standard.refresh(), SHORTEST, ofSeconds(10)),
                values.duration("feed.catch-up", standard.catchUp(), Duration.ZERO, ofMinutes(1)),
                values.choice("feed.on-demand", standard.onDemand()));
        if (feed.onDemand() != OnDemand.OFF && values.text("dead-letter.topic").isPresent()) {
            values.problem(
                    "feed.on-demand: does not go with dead-letter.topic: what nobody subscribes to is not read, so its"
                            + " undecodable records would not be found; leave one of them out");
        }
        return feed;
    }

    private Log log(Session session) {
        var standard = Log.DEFAULT;
        var log = new Log(
                values.bytes("log.bytes", standard.bytes(), 64 * KIB, 1024 * GIB),
                values.integer("log.channel-events", standard.channelEvents(), 1, 1_000_000),
                values.duration("log.age", standard.age(), ofSeconds(1), ofHours(24)));
        if (values.good("log.bytes", "session.event-max") && log.bytes() < session.eventMax()) {
            values.refuse(
                    "log.bytes",
                    Units.show(log.bytes()),
                    "it must hold at least one event of session.event-max, which is " + Units.show(session.eventMax()));
        }
        return log;
    }

    private Replay replay() {
        var standard = Replay.DEFAULT;
        return new Replay(
                values.integer("replay.readers", standard.readers(), 1, 64),
                values.integer("replay.sessions", standard.sessions(), 1, 100_000),
                values.integer("replay.reads-per-second", standard.readsPerSecond(), 1, 100_000),
                values.bytes("replay.cache-bytes", standard.cacheBytes(), MIB, 1024 * GIB),
                values.duration("replay.permit-wait", standard.permitWait(), SHORTEST, ofMinutes(10)),
                values.number("replay.events-max", standard.eventsMax(), 1, 1_000_000_000_000L),
                values.bytes("replay.scan-bytes", standard.scanBytes(), 64 * KIB, 4 * GIB),
                values.duration("replay.scan-time", standard.scanTime(), ofMillis(10), ofMinutes(1)),
                values.integer("replay.state-keys-max", standard.stateKeysMax(), 1, 100_000_000),
                values.duration("replay.state-wait", standard.stateWait(), SHORTEST, ofMinutes(10)));
    }

    private Session session() {
        var standard = Session.DEFAULT;
        var session = new Session(
                values.duration("session.heartbeat", standard.heartbeat(), SHORTEST, ofMinutes(10)),
                values.duration("session.heartbeat-min", standard.heartbeatMin(), SHORTEST, ofMinutes(10)),
                values.duration("session.heartbeat-max", standard.heartbeatMax(), SHORTEST, ofMinutes(10)),
                values.duration("session.write-stall", standard.writeStall(), SHORTEST, ofMinutes(5)),
                values.duration("session.stall", standard.stall(), SHORTEST, ofHours(1)),
                values.duration("session.sse-life", standard.sseLife(), ofSeconds(1), ofHours(24)),
                values.integer("session.channels-max", standard.channelsMax(), 1, 10_000),
                values.size("session.event-max", standard.eventMax(), KIB, 16 * MIB),
                values.size("session.write-bytes", standard.writeBytes(), 1, 16 * MIB),
                policies());
        if (values.good("session.heartbeat", "session.heartbeat-min", "session.heartbeat-max")
                && (session.heartbeat().compareTo(session.heartbeatMin()) < 0
                        || session.heartbeat().compareTo(session.heartbeatMax()) > 0)) {
            values.refuse(
                    "session.heartbeat",
                    Units.show(session.heartbeat()),
                    "it must be from session.heartbeat-min, which is %s, to session.heartbeat-max, which is %s"
                            .formatted(Units.show(session.heartbeatMin()), Units.show(session.heartbeatMax())));
        }
        return session;
    }

    private PolicySettings policies() {
        var standard = PolicySettings.DEFAULT;
        var names = standard.allowed().stream().map(Policy::label).collect(Collectors.joining(", "));
        var allowed = values.list(
                "session.policies.allowed",
                "one of " + names,
                text -> standard.allowed().stream()
                        .filter(policy -> policy.label().equals(text))
                        .findFirst());
        var policies = new PolicySettings(
                allowed.isEmpty() ? standard.allowed() : allowed,
                values.choice("session.policies.standard", standard.standard()),
                values.duration("session.policies.interval", standard.interval(), ofMillis(10), ofHours(1)),
                values.duration("session.policies.interval-min", standard.intervalMin(), ofMillis(10), ofHours(1)),
                values.duration("session.policies.interval-max", standard.intervalMax(), ofMillis(10), ofHours(1)),
                values.integer("session.policies.waiting-max", standard.waitingMax(), 1, 1_000_000));
        if (values.good("session.policies.allowed", "session.policies.standard")
                && !policies.allowed().contains(policies.standard())) {
            values.refuse(
                    "session.policies.standard",
                    policies.standard(),
                    "it must be one of session.policies.allowed, which are "
                            + policies.allowed().stream().map(Policy::label).collect(Collectors.joining(", ")));
        }
        atMost(
                "session.policies.interval-min",
                policies.intervalMin(),
                "session.policies.interval",
                policies.interval());
        atMost(
                "session.policies.interval",
                policies.interval(),
                "session.policies.interval-max",
                policies.intervalMax());
        return policies;
    }

    private Transports transports() {
        var standard = Transports.DEFAULT;
        var transports = new Transports(
                values.flag("transports.sse", standard.sse()),
                values.flag("transports.websocket", standard.websocket()),
                values.flag("transports.poll", standard.poll()));
        if (!transports.sse() && !transports.websocket() && !transports.poll()) {
            values.problem("transports: all three are false: at least one of transports.sse, transports.websocket and "
                    + "transports.poll must be true");
        }
        return transports;
    }

    private WebSocket webSocket() {
        var standard = WebSocket.DEFAULT;
        return new WebSocket(
                values.size("websocket.message-max", standard.messageMax(), KIB, 16 * MIB),
                values.bytes("websocket.unfinished-max", standard.unfinishedMax(), 64 * KIB, 1024 * GIB),
                values.flag("websocket.deflate", standard.deflate()),
                values.size("websocket.deflate-min", standard.deflateMin(), 0, 16 * MIB));
    }

    private Poll poll() {
        var standard = Poll.DEFAULT;
        var poll = new Poll(
                values.duration("poll.hold", standard.hold(), Duration.ZERO, ofMinutes(10)),
                values.duration("poll.hold-max", standard.holdMax(), SHORTEST, ofMinutes(10)),
                values.size("poll.bytes-max", standard.bytesMax(), KIB, 64 * MIB),
                values.bytes("poll.buffers-max", standard.buffersMax(), 64 * KIB, 1024 * GIB));
        atMost("poll.hold", poll.hold(), "poll.hold-max", poll.holdMax());
        return poll;
    }

    private Publish publish() {
        var standard = Publish.DEFAULT;
        var publish = new Publish(
                values.flag("publish.enabled", standard.enabled()),
                values.text("publish.topic", standard.topic()),
                values.size("publish.bytes-max", standard.bytesMax(), KIB, 64 * MIB),
                values.integer("publish.batch-max", standard.batchMax(), 1, 10_000),
                values.duration("publish.timeout", standard.timeout(), SHORTEST, ofMinutes(1)),
                values.duration("publish.idempotency", standard.idempotency(), ofSeconds(1), ofHours(24)),
                values.integer("publish.idempotency-entries", standard.idempotencyEntries(), 1, 10_000_000));
        if (values.good("publish.topic") && !Topics.isLegal(publish.topic())) {
            values.refuse("publish.topic", publish.topic(), Topics.WANTED);
        }
        return publish;
    }

    private Limits limits() {
        var standard = Limits.DEFAULT;
        var address = standard.address();
        var principal = standard.principal();
        return new Limits(
                values.integer("limits.sessions", standard.sessions(), 0, 1_000_000),
                values.integer("limits.connects-per-second", standard.connectsPerSecond(), 0, SECOND_MAX),
                values.integer("limits.messages-per-second", standard.messagesPerSecond(), 0, SECOND_MAX),
                values.bytes("limits.unwritten-bytes", standard.unwrittenBytes(), MIB, 1024 * GIB),
                new PerAddress(
                        values.integer("limits.address.connections", address.connections(), 0, 1_000_000),
                        values.integer(
                                "limits.address.handshakes-per-second", address.handshakesPerSecond(), 0, SECOND_MAX),
                        values.integer("limits.address.sessions", address.sessions(), 0, 1_000_000),
                        values.integer(
                                "limits.address.connects-per-second", address.connectsPerSecond(), 0, SECOND_MAX),
                        values.integer(
                                "limits.address.publishes-per-second", address.publishesPerSecond(), 0, SECOND_MAX),
                        values.size(
                                "limits.address.publish-bytes-per-second",
                                address.publishBytesPerSecond(),
                                0,
                                1024 * MIB),
                        values.integer("limits.address.replays", address.replays(), 0, 100_000)),
                new PerPrincipal(
                        values.integer("limits.principal.sessions", principal.sessions(), 0, 1_000_000),
                        values.integer(
                                "limits.principal.publishes-per-second", principal.publishesPerSecond(), 0, SECOND_MAX),
                        values.size(
                                "limits.principal.publish-bytes-per-second",
                                principal.publishBytesPerSecond(),
                                0,
                                1024 * MIB),
                        values.integer("limits.principal.replays", principal.replays(), 0, 100_000),
                        values.integer(
                                "limits.principal.tickets-per-second", principal.ticketsPerSecond(), 0, SECOND_MAX)));
    }

    private Shutdown shutdown() {
        var standard = Shutdown.DEFAULT;
        var shutdown = new Shutdown(
                values.duration("shutdown.notice", standard.notice(), Duration.ZERO, ofMinutes(10)),
                values.duration("shutdown.drain", standard.drain(), Duration.ZERO, ofMinutes(10)),
                values.duration("shutdown.deadline", standard.deadline(), SHORTEST, ofMinutes(30)),
                values.duration("shutdown.retry-min", standard.retryMin(), Duration.ZERO, ofMinutes(10)),
                values.duration("shutdown.retry-max", standard.retryMax(), Duration.ZERO, ofMinutes(10)));
        atMost("shutdown.retry-min", shutdown.retryMin(), "shutdown.retry-max", shutdown.retryMax());
        var before = shutdown.notice().plus(shutdown.drain());
        if (values.good("shutdown.notice", "shutdown.drain", "shutdown.deadline")
                && before.compareTo(shutdown.deadline()) > 0) {
            values.refuse(
                    "shutdown.deadline",
                    Units.show(shutdown.deadline()),
                    "shutdown.notice and shutdown.drain, which are %s and %s, must be over by then"
                            .formatted(Units.show(shutdown.notice()), Units.show(shutdown.drain())));
        }
        return shutdown;
    }

    private LoggingSettings logging() {
        var standard = LoggingSettings.DEFAULT;
        return new LoggingSettings(
                values.choice("logging.format", standard.format()),
                values.flag("logging.sessions", standard.sessions()));
    }

    private void atMost(String key, Duration value, String limitKey, Duration limit) {
        if (values.good(key, limitKey) && value.compareTo(limit) > 0) {
            values.refuse(
                    key,
                    Units.show(value),
                    "it must not be above %s, which is %s".formatted(limitKey, Units.show(limit)));
        }
    }
}
