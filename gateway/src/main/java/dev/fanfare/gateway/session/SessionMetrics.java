package dev.fanfare.gateway.session;

import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.GapReason;
import dev.fanfare.gateway.protocol.Policy;
import dev.fanfare.service.observe.Histogram;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/// What sessions count. Thread-safe, and cheap enough for every delivery.
public final class SessionMetrics {
    public final LongAdder delivered = new LongAdder();
    public final LongAdder replayed = new LongAdder();
    public final LongAdder bytesWritten = new LongAdder();
    public final LongAdder writes = new LongAdder();
    public final LongAdder writeNanos = new LongAdder();
    public final LongAdder writeFailures = new LongAdder();
    public final LongAdder heartbeats = new LongAdder();
    public final LongAdder overflows = new LongAdder();
    public final LongAdder replaysHeldBack = new LongAdder();
    public final LongAdder ahead = new LongAdder(); // now, waiting for this node
    public final LongAdder stayedAhead = new LongAdder();
    private final Map<Begin, LongAdder> begun = adders(Begin.class);
    private final Map<Transport, Histogram> latency = new EnumMap<>(Transport.class);
    private final Map<GapReason, LongAdder> gaps = adders(GapReason.class);
    private final Map<CloseReason, LongAdder> ended = adders(CloseReason.class);
    private final Map<Policy, LongAdder> withheld = adders(Policy.class);

    private static final List<Duration> LATENCY_BOUNDS = Stream.of(
                    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000)
            .map(Duration::ofMillis)
            .toList();

    /// What a session goes on with when it begins.
    public enum Begin {
        /// What comes from then on.
        HEAD,
        /// What it has missed, out of the logs.
        MEMORY,
        /// What it has missed, out of Kafka.
        KAFKA
    }

    public SessionMetrics() {
        for (var transport : Transport.values()) {
            latency.put(transport, new Histogram(LATENCY_BOUNDS));
        }
    }

    private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
        var adders = new EnumMap<E, LongAdder>(type);
        for (var constant : type.getEnumConstants()) {
            adders.put(constant, new LongAdder());
        }
        return adders;
    }

    /// From a record's timestamp until its event was written to a client that had everything before.
    public Histogram latency(Transport transport) {
        return Objects.requireNonNull(latency.get(transport));
    }

    /// Sessions that began, by what they went on with.
    public LongAdder begun(Begin with) {
        return Objects.requireNonNull(begun.get(with));
    }

    /// Gaps told to clients, by reason.
    public LongAdder gaps(GapReason reason) {
        return Objects.requireNonNull(gaps.get(reason));
    }

    /// Events that slow clients did not get, by the policy that kept them from it.
    public LongAdder withheld(Policy policy) {
        return Objects.requireNonNull(withheld.get(policy));
    }

    /// Sessions that ended, by reason.
    public LongAdder ended(CloseReason reason) {
        return Objects.requireNonNull(ended.get(reason));
    }
}
