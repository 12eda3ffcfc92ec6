package dev.fanfare.gateway.session;

import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.GapReason;
import dev.fanfare.gateway.protocol.Policy;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

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
    private final Map<GapReason, LongAdder> gaps = adders(GapReason.class);
    private final Map<CloseReason, LongAdder> ended = adders(CloseReason.class);
    private final Map<Policy, LongAdder> withheld = adders(Policy.class);

    private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
        var adders = new EnumMap<E, LongAdder>(type);
        for (var constant : type.getEnumConstants()) {
            adders.put(constant, new LongAdder());
        }
        return adders;
    }

    /// Gaps told to clients, by reason.
    public LongAdder gaps(GapReason reason) {
        return java.util.Objects.requireNonNull(gaps.get(reason));
    }

    /// Events that slow clients did not get, by the policy that kept them from it.
    public LongAdder withheld(Policy policy) {
        return java.util.Objects.requireNonNull(withheld.get(policy));
    }

    /// Sessions that ended, by reason.
    public LongAdder ended(CloseReason reason) {
        return java.util.Objects.requireNonNull(ended.get(reason));
    }
}
