package dev.fanfare.gateway.limits;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/// How often each limit has refused something. Thread-safe.
public final class LimitMetrics {
    private final Map<Limit, LongAdder> refused = new EnumMap<>(Limit.class);

    public LimitMetrics() {
        for (var limit : Limit.values()) {
            refused.put(limit, new LongAdder());
        }
    }

    public LongAdder refused(Limit limit) {
        return Objects.requireNonNull(refused.get(limit));
    }
}
