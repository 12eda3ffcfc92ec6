package dev.fanfare.gateway.session;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.History;
import dev.fanfare.gateway.channel.PositionVector;
import dev.fanfare.gateway.channel.Topology;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.http.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// Has a client wait until this node reads what it wants, and has come to where the client has been on another one: in
/// a session it would hear nothing until then, so it is let in then, or sent to another node. Thread-safe.
public final class CatchUp {
    private static final long FIRST_LOOK_MILLIS = 5; // then less and less often: thousands may wait together
    private static final long LOOK_MILLIS = 100;

    private final Channels channels;
    private final History history;
    private final SessionMetrics metrics;
    private final Duration patience;

    /// @param patience how long a client waits
    public CatchUp(Channels channels, History history, SessionMetrics metrics, Duration patience) {
        this.channels = channels;
        this.history = history;
        this.metrics = metrics;
        this.patience = patience;
    }

    /// Has what patterns match read, and returns once it is. Wanted until this is closed, and a
    /// little longer: by then a session has to subscribe.
    ///
    /// @throws ProblemException if that takes too long
    public Wanted want(List<ChannelPattern> patterns) throws InterruptedException {
        var demand = channels.demand();
        patterns.forEach(demand::begins);
        Wanted wanted = () -> patterns.forEach(demand::ends);
        try {
            await(() -> {
                var head = channels.head().vector();
                return patterns.stream().allMatch(pattern -> demand.isMet(pattern, head));
            });
        } catch (ProblemException | InterruptedException failed) {
            wanted.close();
            throw failed;
        }
        return wanted;
    }

    /// What somebody is about to subscribe to.
    public interface Wanted extends AutoCloseable {
        @Override
        void close();
    }

    /// Returns once the feed has come to a start, in all partitions that matter to the patterns; without patterns, in
    /// all. Only a cursor can be ahead of it, and none is ahead of Kafka: see [Starts].
    ///
    /// @throws ProblemException if that takes too long
    public void await(Start start, List<ChannelPattern> patterns) throws InterruptedException {
        if (!(start instanceof Start.After after) || !isAhead(after.head().topology(), after.position(), patterns)) {
            return;
        }
        metrics.ahead.increment();
        try {
            await(() -> !isAhead(after.head().topology(), after.position(), patterns));
        } finally {
            metrics.ahead.decrement();
        }
    }

    private void await(BooleanSupplier until) throws InterruptedException {
        long since = System.nanoTime();
        long pause = FIRST_LOOK_MILLIS;
        while (!until.getAsBoolean()) {
            if (System.nanoTime() - since >= patience.toNanos()) {
                metrics.stayedAhead.increment();
                throw new ProblemException(
                        ErrorCode.NODE_BEHIND,
                        ("this node has not read as far as the cursor, or not yet the channels, within %d ms: come back with"
                                        + " the same cursor, best to another node")
                                .formatted(patience.toMillis()),
                        Map.of("Retry-After", "1"));
            }
            Thread.sleep(pause);
            pause = Math.min(2 * pause, LOOK_MILLIS);
        }
    }

    private boolean isAhead(Topology topology, PositionVector position, List<ChannelPattern> patterns) {
        var reached = channels.head().vector();
        for (int p = 0; p < topology.size(); p++) {
            if (position.offset(p) > reached.offset(p) && concerns(topology, p, patterns)) {
                return true;
            }
        }
        return false;
    }

    private boolean concerns(Topology topology, int partition, List<ChannelPattern> patterns) {
        return topology.isLive(partition)
                && channels.demand().isRead(partition)
                && (patterns.isEmpty()
                        || patterns.stream().anyMatch(pattern -> history.mayHold(topology, partition, pattern)));
    }
}
