package dev.fanfare.gateway.app;

import dev.fanfare.gateway.access.Revocations;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.ingest.Feed;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.transport.Admission;
import dev.fanfare.service.http.ProblemException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// Whether the gateway takes new clients: when the feed is ready and until it is told to stop.
final class Doors implements Admission {
    private final GatewaySettings.Shutdown settings;
    private final Feed feed;
    private final Revocations revocations;
    private volatile boolean closing;

    Doors(GatewaySettings.Shutdown settings, Feed feed, Revocations revocations) {
        this.revocations = revocations;
        this.settings = settings;
        this.feed = feed;
    }

    /// From now on new clients are sent elsewhere.
    void beginClosing() {
        closing = true;
    }

    boolean isClosing() {
        return closing;
    }

    @Override
    public Optional<ProblemException> refusal() {
        if (closing) {
            return Optional.of(problem(ErrorCode.SHUTTING_DOWN, "this node stops: come back, another one will answer"));
        }
        if (!feed.isReady() || !revocations.isReady()) {
            return Optional.of(
                    problem(ErrorCode.NOT_READY, "this node has not caught up with Kafka yet: come back in a moment"));
        }
        return Optional.empty();
    }

    private ProblemException problem(ErrorCode code, String detail) {
        return new ProblemException(
                code, detail, Map.of("Retry-After", Long.toString(Math.max(1, Math.ceilDiv(retryMillis(), 1000L)))));
    }

    @Override
    public long retryMillis() {
        return ThreadLocalRandom.current()
                .nextLong(settings.retryMin().toMillis(), settings.retryMax().toMillis() + 1);
    }
}
