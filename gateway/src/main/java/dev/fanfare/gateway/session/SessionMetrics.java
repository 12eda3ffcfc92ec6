package dev.fanfare.gateway.session;

import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.GapReason;
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
    private final Map<GapReason, LongAdder> gaps = adders(GapReason.class);
    private final Map<CloseReason, LongAdder> ended = adders(CloseReason.class);

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

    /// Sessions that ended, by reason.
    public LongAdder ended(CloseReason reason) {
        return java.util.Objects.requireNonNull(ended.get(reason));
    }
}
