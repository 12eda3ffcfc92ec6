package dev.fanfare.gateway.overload;

import dev.fanfare.gateway.config.OverloadSettings;
import dev.fanfare.gateway.config.OverloadSettings.Delays;
import dev.fanfare.gateway.config.OverloadSettings.Percents;

/// Measures to level: up at once, as far as the worst of them says; down one by one, each time after nothing has held
/// the level for a while. Not thread-safe; has no clock of its own.
final class Ladder {
    private final OverloadSettings settings;
    private Level level = Level.NORMAL;
    private long heldNanos; // when the level was last held

    Ladder(OverloadSettings settings) {
        this.settings = settings;
    }

    Level level() {
        return level;
    }

    /// Takes in what was measured.
    ///
    /// @param nanos when, by a clock such as [System#nanoTime]
    /// @return the level from now on
    Level take(Measures now, long nanos) {
        var reached = worst(now, 1);
        if (reached.isAbove(level)) {
            level = reached;
        }
        if (level.isAbove(worst(now, settings.relief() / 100.0))) {
            if (nanos - heldNanos >= settings.calm().toNanos()) {
                level = level.lower();
                heldNanos = nanos;
            }
        } else {
            heldNanos = nanos;
        }
        return level;
    }

    /// Whether the heap alone holds the level, or one above it.
    boolean isHeldByHeap(Measures now) {
        return level != Level.NORMAL && !level.isAbove(ofHeap(now, settings.relief() / 100.0));
    }

    private Level worst(Measures now, double part) {
        var worst = ofHeap(now, part);
        var byUnwritten = of(now.unwritten(), settings.unwritten(), part);
        if (byUnwritten.isAbove(worst)) {
            worst = byUnwritten;
        }
        var byDelay = of(now.delayMillis(), settings.delay(), part);
        return byDelay.isAbove(worst) ? byDelay : worst;
    }

    private Level ofHeap(Measures now, double part) {
        return of(now.heap(), settings.heap(), part);
    }

    private static Level of(double value, Percents from, double part) {
        return of(value, from.replays() * part, from.low() * part, from.sessions() * part);
    }

    private static Level of(double millis, Delays from, double part) {
        return of(
                millis,
                from.replays().toMillis() * part,
                from.low().toMillis() * part,
                from.sessions().toMillis() * part);
    }

    private static Level of(double value, double replays, double low, double sessions) {
        if (sessions > 0 && value >= sessions) {
            return Level.SESSIONS;
        }
        if (low > 0 && value >= low) {
            return Level.LOW;
        }
        return replays > 0 && value >= replays ? Level.REPLAYS : Level.NORMAL;
    }
}
