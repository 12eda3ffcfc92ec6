package dev.fanfare.gateway.app;

import dev.fanfare.gateway.access.Revocations;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.ingest.Feed;
import dev.fanfare.gateway.overload.Level;
import dev.fanfare.gateway.overload.Overload;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.transport.Admission;
import dev.fanfare.service.http.ProblemException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// Whether the gateway takes new clients: when the feed is ready and until it sends away those that it has.
final class Doors implements Admission {
    private final GatewaySettings.Shutdown settings;
    private final Feed feed;
    private final Revocations revocations;
    private final Overload overload;
    private volatile boolean stopping;
    private volatile boolean closed;
    private volatile boolean unready; // because of a drain
    private volatile boolean drained;

    Doors(GatewaySettings.Shutdown settings, Feed feed, Revocations revocations, Overload overload) {
        this.overload = overload;
        this.revocations = revocations;
        this.settings = settings;
        this.feed = feed;
    }

    /// From now on the gateway is not ready, so that new clients are sent elsewhere. Those that come are let in.
    void beginStopping() {
        stopping = true;
    }

    boolean isStopping() {
        return stopping || unready;
    }

    /// While the node is drained: the same two steps, and the way back.
    ///
    /// @param unready whether new clients are sent elsewhere
    /// @param refuses whether those that come are refused
    void drain(boolean unready, boolean refuses) {
        this.unready = unready;
        this.drained = refuses;
    }

    /// From now on nobody is let in.
    void close() {
        closed = true;
    }

    /// Whether new clients are to be sent here.
    boolean isReady() {
        return feed.isReady() && revocations.isReady() && feed.isKafkaReachable() && !isStopping();
    }

    @Override
    public Optional<ProblemException> refusal() {
        if (closed || drained) { // whoever comes back over the same connection would not find another node
            return Optional.of(new ProblemException(
                    ErrorCode.SHUTTING_DOWN,
                    "this node stops: come back, another one will answer",
                    Map.of("Retry-After", retrySeconds(), "Connection", "close")));
        }
        if (!feed.isReady() || !revocations.isReady()) {
            return Optional.of(new ProblemException(
                    ErrorCode.NOT_READY,
                    "this node has not caught up with Kafka yet: come back in a moment",
                    Map.of("Retry-After", retrySeconds())));
        }
        if (overload.level() == Level.SESSIONS) {
            overload.metrics().refused(Level.SESSIONS).increment();
            return Optional.of(new ProblemException(
                    ErrorCode.OVERLOADED,
                    "this node has more to do than it can: come back later, another one may have room",
                    Map.of("Retry-After", retrySeconds())));
        }
        return Optional.empty();
    }

    private String retrySeconds() {
        return Long.toString(Math.max(1, Math.ceilDiv(retryMillis(), 1000L)));
    }

    @Override
    public long retryMillis() {
        return ThreadLocalRandom.current()
                .nextLong(settings.retryMin().toMillis(), settings.retryMax().toMillis() + 1);
    }
}
