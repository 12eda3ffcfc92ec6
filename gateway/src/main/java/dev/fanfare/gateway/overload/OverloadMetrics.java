package dev.fanfare.gateway.overload;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/// What overload has cost, by level. Thread-safe.
public final class OverloadMetrics {
    private final Map<Level, LongAdder> entered = adders();
    private final Map<Level, LongAdder> refused = adders();

    private static Map<Level, LongAdder> adders() {
        var adders = new EnumMap<Level, LongAdder>(Level.class);
        for (var level : Level.values()) {
            adders.put(level, new LongAdder());
        }
        return adders;
    }

    /// How often a level was reached from below.
    public LongAdder entered(Level level) {
        return Objects.requireNonNull(entered.get(level));
    }

    /// What was refused because of a level.
    public LongAdder refused(Level level) {
        return Objects.requireNonNull(refused.get(level));
    }

    /// All levels above one, up to another, are reached.
    void entered(Level from, Level to) {
        for (var level : Level.values()) {
            if (level.isAbove(from) && !level.isAbove(to)) {
                entered(level).increment();
            }
        }
    }
}
