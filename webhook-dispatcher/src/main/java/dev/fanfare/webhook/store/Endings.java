package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/// Deliveries that this node has ended without success, with a call or without one: counted when it is committed.
/// Thread-safe.
public final class Endings {
    private final Map<Reason, LongAdder> deadLetters = new EnumMap<>(Reason.class);
    private final Map<Reason, LongAdder> others = new EnumMap<>(Reason.class);

    Endings() {
        for (var reason : Reason.values()) {
            deadLetters.put(reason, new LongAdder());
            others.put(reason, new LongAdder());
        }
    }

    /// That are kept for people to look at.
    public LongAdder deadLetters(Reason why) {
        return Objects.requireNonNull(deadLetters.get(why));
    }

    /// That are over for good.
    public LongAdder others(Reason why) {
        return Objects.requireNonNull(others.get(why));
    }
}
