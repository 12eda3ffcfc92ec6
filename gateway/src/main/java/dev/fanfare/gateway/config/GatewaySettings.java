package dev.fanfare.gateway.config;

import dev.fanfare.events.Routing;
import dev.fanfare.service.trace.TracingSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The gateway's whole configuration. The key of each component is its name in kebab case under the name of its
/// record:
/// `session.write-stall` is [Session#writeStall]. Sizes are bytes unless the name says otherwise.
///
/// Ranges and what goes together with what are checked where the settings are read, so that all problems are told at
/// once. Kafka's settings hold secrets: [#toString] shows none of them.
///
/// @param kafka handed to Kafka's consumers and producer as it is; `bootstrap.servers` is required
/// @param routes which records go to which channels
public record GatewaySettings(
        Server server,
        Map<String, String> kafka,
        List<Routing.Rule> routes,
        DeadLetter deadLetter,
        Feed feed,
        Log log,
        Replay replay,
        Session session,
        Transports transports,
        WebSocket websocket,
        Poll poll,
        Publish publish,
        AccessSettings access,
        Limits limits,
        OverloadSettings overload,
        ClusterSettings cluster,
        ManagementSettings management,
        TracingSettings tracing,
        Shutdown shutdown,
        LoggingSettings logging) {
    private static final String SERVERS = "bootstrap.servers";

    public GatewaySettings {
        kafka = Map.copyOf(kafka);
        routes = List.copyOf(routes);
    }

    /// Everything but the values of `kafka`, of which only `bootstrap.servers` is shown: any other may be a secret,
    /// in names that a plugin makes up too.
    @Override
    public String toString() {
        var shown = new TreeMap<String, String>();
        kafka.forEach((key, value) -> shown.put(key, key.equals(SERVERS) ? value : "***"));
        return ("GatewaySettings[server=%s, kafka=%s, routes=%s, deadLetter=%s, feed=%s, log=%s, replay=%s, session=%s, "
                        + "transports=%s, websocket=%s, poll=%s, publish=%s, access=%s, limits=%s, "
                        + "overload=%s, cluster=%s, management=%s, tracing=%s, shutdown=%s, logging=%s]")
                .formatted(
                        server,
                        shown,
                        routes,
                        deadLetter,
                        feed,
                        log,
                        replay,
                        session,
                        transports,
                        websocket,
                        poll,
                        publish,
                        access,
                        limits,
                        overload,
                        cluster,
                        management,
                        tracing,
                        shutdown,
                        logging);
    }

    /// Where the gateway listens.
    ///
    /// @param host address to bind
    /// @param port TCP port, 0 for any free one
    /// @param connectionsMax more TCP connections than this wait in the backlog; keep it below the fd limit
    /// @param backlog length of the accept queue
    /// @param sendBuffer SO_SNDBUF of each connection
    /// @param page whether the page is served at `/`
    /// @param trustedProxies addresses and ranges of proxies whose word is taken for where a request comes from
    /// @param forwardedHeader in which they say it
    /// @param origins of other pages that may use the gateway, as browsers write them; `*`: of all
    public record Server(
            String host,
            int port,
            int connectionsMax,
            int backlog,
            int sendBuffer,
            boolean page,
            List<String> trustedProxies,
            String forwardedHeader,
            List<String> origins,
            TlsSettings tls) {
        public static final Server DEFAULT = new Server("127.0.0.1", 8080, 15_000, 4096, 65_536, true, TlsSettings.OFF);

        public Server {
            trustedProxies = List.copyOf(trustedProxies);
            origins = List.copyOf(origins);
        }

        /// Without proxies and other pages.
        public Server(
                String host, int port, int connectionsMax, int backlog, int sendBuffer, boolean page, TlsSettings tls) {
            this(host, port, connectionsMax, backlog, sendBuffer, page, List.of(), "X-Forwarded-For", List.of(), tls);
        }
    }

    /// What happens to records that cannot be decoded.
    ///
    /// @param topic where records that cannot be decoded are copied to; none: they are only counted and logged
    public record DeadLetter(Optional<String> topic) {
        public static final DeadLetter DEFAULT = new DeadLetter(Optional.empty());
    }

    /// Reading Kafka.
    ///
    /// @param warmEvents how many records per partition behind the head are read at start, to fill the logs
    /// @param refresh how often new partitions, topics and topic ids are looked for; at most 10 s
    /// @param catchUp how long a client waits whose cursor is ahead of this node
    /// @param onDemand whether only what somebody subscribes to is read
    public record Feed(int warmEvents, Duration refresh, Duration catchUp, OnDemand onDemand) {
        public static final Feed DEFAULT = new Feed(1000, Duration.ofSeconds(5), Duration.ofSeconds(5), OnDemand.OFF);

        /// With the usual patience, and everything read.
        public Feed(int warmEvents, Duration refresh) {
            this(warmEvents, refresh, DEFAULT.catchUp, DEFAULT.onDemand);
        }
    }

    /// What the feed reads.
    public enum OnDemand {
        /// Everything.
        OFF,
        /// The topics behind what is subscribed to.
        TOPICS,
        /// Of topics whose key alone decides the channel, the partitions in which Kafka's own partitioner puts the keys
        /// behind what is subscribed to.
        KEYS
    }

    /// The in-memory logs that live delivery and short replays are served from.
    ///
    /// @param bytes of all events together, encoded forms included
    /// @param channelEvents events kept per channel
    /// @param age events older than this are dropped
    public record Log(long bytes, int channelEvents, Duration age) {
        public static final Log DEFAULT = new Log(128L << 20, 1000, Duration.ofMinutes(5));
    }

    /// Reading back from Kafka what the logs no longer hold.
    ///
    /// @param readers Kafka consumers shared by all replays
    /// @param sessions replays that read at once; more wait for their turn, bounded by `permitWait`
    /// @param readsPerSecond chunk reads from Kafka a second
    /// @param cacheBytes of chunks kept for those who come back at the same time
    /// @param permitWait how long a session waits for its turn before it is closed resumably
    /// @param eventsMax a cursor further behind than this many records is told a `replay-limit` gap
    /// @param scanBytes bound of the backward scan for `last=N`
    /// @param scanTime bound of the backward scan for `last=N`
    /// @param stateKeysMax keys of which this node remembers the newest record, to tell states by
    /// @param stateWait how long a client waits while Kafka is read for its state
    public record Replay(
            int readers,
            int sessions,
            int readsPerSecond,
            long cacheBytes,
            Duration permitWait,
            long eventsMax,
            long scanBytes,
            Duration scanTime,
            int stateKeysMax,
            Duration stateWait) {
        public static final Replay DEFAULT =
                new Replay(2, 64, 500, 64L << 20, Duration.ofSeconds(30), 10_000_000, 32L << 20, Duration.ofSeconds(3));

        /// With the usual bounds of states.
        public Replay(
                int readers,
                int sessions,
                int readsPerSecond,
                long cacheBytes,
                Duration permitWait,
                long eventsMax,
                long scanBytes,
                Duration scanTime) {
            this(
                    readers,
                    sessions,
                    readsPerSecond,
                    cacheBytes,
                    permitWait,
                    eventsMax,
                    scanBytes,
                    scanTime,
                    1_000_000,
                    Duration.ofSeconds(10));
        }
    }

    /// One client's session.
    ///
    /// @param heartbeat the interval where the client asks for none
    /// @param heartbeatMin the least a client may ask for
    /// @param heartbeatMax the most a client may ask for
    /// @param writeStall a write that makes no progress for this long ends the connection
    /// @param stall a session that does not catch up for this long is closed resumably
    /// @param sseLife an SSE or long-poll connection is ended, resumably, after 80 to 100 % of this
    /// @param channelsMax subscriptions per session
    /// @param eventMax an event larger than this is told as a `too-large` gap
    /// @param writeBytes what one write gathers at most
    /// @param policies for clients that are too slow
    public record Session(
            Duration heartbeat,
            Duration heartbeatMin,
            Duration heartbeatMax,
            Duration writeStall,
            Duration stall,
            Duration sseLife,
            int channelsMax,
            int eventMax,
            int writeBytes,
            PolicySettings policies) {
        public static final Session DEFAULT = new Session(
                Duration.ofSeconds(15),
                Duration.ofSeconds(5),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                Duration.ofSeconds(60),
                Duration.ofMinutes(30),
                200,
                262_144,
                65_536,
                PolicySettings.DEFAULT);

        /// The heartbeat interval for a client.
        ///
        /// @param asked by the client; brought within the bounds
        public Duration granted(Optional<Duration> asked) {
            var wanted = asked.orElse(heartbeat);
            if (wanted.compareTo(heartbeatMin) < 0) {
                return heartbeatMin;
            }
            return wanted.compareTo(heartbeatMax) > 0 ? heartbeatMax : wanted;
        }
    }

    /// Which transports are offered; the others answer 406.
    public record Transports(boolean sse, boolean websocket, boolean poll) {
        public static final Transports DEFAULT = new Transports(true, true, true);
    }

    /// The WebSocket transport.
    ///
    /// @param messageMax inbound message size; a larger one closes with 1009
    /// @param unfinishedMax of all clients' messages that have begun and not ended
    /// @param deflate whether permessage-deflate is accepted
    /// @param deflateMin outbound messages smaller than this are sent as they are
    public record WebSocket(int messageMax, long unfinishedMax, boolean deflate, int deflateMin) {
        public static final WebSocket DEFAULT = new WebSocket(65_536, 64 << 20, true, 512);
    }

    /// Long-polling.
    ///
    /// @param hold how long an empty poll is held where the client asks for none
    /// @param holdMax the most a client may ask for
    /// @param bytesMax of events in one answer, give or take the last write
    /// @param buffersMax of events in all answers together, until they are written; beyond it answers are short
    public record Poll(Duration hold, Duration holdMax, int bytesMax, long buffersMax) {
        public static final Poll DEFAULT = new Poll(Duration.ofSeconds(25), Duration.ofSeconds(55), 1 << 20, 64L << 20);
    }

    /// Publishing over HTTP and WebSocket.
    ///
    /// @param enabled off unless configured
    /// @param topic where published events go
    /// @param bytesMax of one request
    /// @param batchMax events in one request
    /// @param timeout Kafka's acknowledgement is waited for this long, then 503
    /// @param idempotency how long a repeat gets the first answer
    /// @param idempotencyEntries how many answers are remembered at most
    public record Publish(
            boolean enabled,
            String topic,
            int bytesMax,
            int batchMax,
            Duration timeout,
            Duration idempotency,
            int idempotencyEntries) {
        public static final Publish DEFAULT =
                new Publish(false, "events", 1 << 20, 500, Duration.ofSeconds(5), Duration.ofMinutes(5), 100_000);
    }

    /// What one client may have, and all together. 0 is no limit. Rates let a second's worth come at once.
    ///
    /// @param sessions of all clients
    /// @param connectsPerSecond sessions that are opened, and long-polls
    /// @param messagesPerSecond what the client of one WebSocket may say
    /// @param unwrittenBytes that wait for clients to read; above it those that have waited longest are cut
    /// @param address of each address: an IPv4 address or an IPv6 /64
    /// @param principal of each subject of an issuer
    public record Limits(
            int sessions,
            int connectsPerSecond,
            int messagesPerSecond,
            long unwrittenBytes,
            PerAddress address,
            PerPrincipal principal) {
        public static final Limits DEFAULT = new Limits(
                20_000,
                10_000,
                100,
                512L << 20,
                new PerAddress(1000, 200, 1000, 200, 200, 4 << 20, 16),
                new PerPrincipal(100, 1000, 16 << 20, 8, 10));
    }

    /// Of one address.
    ///
    /// @param connections of TCP
    /// @param handshakesPerSecond of TLS that are begun
    /// @param sessions open ones
    /// @param connectsPerSecond sessions that are opened, and long-polls
    /// @param publishesPerSecond requests and messages, where there is no token
    /// @param publishBytesPerSecond in them
    /// @param replays that read from Kafka at once
    public record PerAddress(
            int connections,
            int handshakesPerSecond,
            int sessions,
            int connectsPerSecond,
            int publishesPerSecond,
            int publishBytesPerSecond,
            int replays) {}

    /// Of the subject of a token, from wherever it comes.
    ///
    /// @param sessions open ones
    /// @param publishesPerSecond requests and messages
    /// @param publishBytesPerSecond in them
    /// @param replays that read from Kafka at once
    /// @param ticketsPerSecond that are issued
    public record PerPrincipal(
            int sessions, int publishesPerSecond, int publishBytesPerSecond, int replays, int ticketsPerSecond) {}

    /// Graceful stop.
    ///
    /// @param notice how long the gateway is not ready, and goes on all the same, before it sends anybody away
    /// @param drain how long it then takes to send all clients away
    /// @param deadline of the whole stop, after which everything that is left is cut
    /// @param retryMin the shortest reconnect delay that clients are told
    /// @param retryMax the longest reconnect delay that clients are told
    public record Shutdown(Duration notice, Duration drain, Duration deadline, Duration retryMin, Duration retryMax) {
        public static final Shutdown DEFAULT = new Shutdown(
                Duration.ofSeconds(3),
                Duration.ofSeconds(10),
                Duration.ofSeconds(20),
                Duration.ofSeconds(1),
                Duration.ofSeconds(8));

        /// All clients at once, without notice.
        public Shutdown(Duration deadline, Duration retryMin, Duration retryMax) {
            this(Duration.ZERO, Duration.ZERO, deadline, retryMin, retryMax);
        }
    }
}
