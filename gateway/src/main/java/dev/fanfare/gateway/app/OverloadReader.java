package dev.fanfare.gateway.app;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;

import dev.fanfare.gateway.config.OverloadSettings;
import dev.fanfare.gateway.config.OverloadSettings.Delays;
import dev.fanfare.gateway.config.OverloadSettings.Percents;
import dev.fanfare.service.config.Units;
import dev.fanfare.service.config.Values;
import java.time.Duration;

/// Reads everything under `overload`.
final class OverloadReader {
    private final Values values;

    OverloadReader(Values values) {
        this.values = values;
    }

    OverloadSettings read() {
        var standard = OverloadSettings.DEFAULT;
        return new OverloadSettings(
                values.flag("overload.enabled", standard.enabled()),
                values.integer("overload.relief", standard.relief(), 1, 100),
                values.duration("overload.calm", standard.calm(), ofMillis(100), ofHours(1)),
                percents("overload.heap", standard.heap()),
                percents("overload.unwritten", standard.unwritten()),
                delays("overload.delay", standard.delay()));
    }

    private Percents percents(String key, Percents standard) {
        var percents = new Percents(
                values.integer(key + ".replays", standard.replays(), 0, 100),
                values.integer(key + ".low", standard.low(), 0, 100),
                values.integer(key + ".sessions", standard.sessions(), 0, 100));
        ascend(key, ".replays", percents.replays(), ".low", percents.low());
        ascend(key, ".low", percents.low(), ".sessions", percents.sessions());
        return percents;
    }

    private void ascend(String key, String lower, int first, String upper, int second) {
        if (values.good(key + lower, key + upper) && first > second && second > 0) {
            refuse(key + lower, Integer.toString(first), key + upper, Integer.toString(second));
        }
    }

    private Delays delays(String key, Delays standard) {
        var delays = new Delays(
                values.duration(key + ".replays", standard.replays(), Duration.ZERO, ofMinutes(1)),
                values.duration(key + ".low", standard.low(), Duration.ZERO, ofMinutes(1)),
                values.duration(key + ".sessions", standard.sessions(), Duration.ZERO, ofMinutes(1)));
        ascend(key, ".replays", delays.replays(), ".low", delays.low());
        ascend(key, ".low", delays.low(), ".sessions", delays.sessions());
        return delays;
    }

    private void ascend(String key, String lower, Duration first, String upper, Duration second) {
        if (values.good(key + lower, key + upper) && first.compareTo(second) > 0 && !second.isZero()) {
            refuse(key + lower, Units.show(first), key + upper, Units.show(second));
        }
    }

    private void refuse(String key, String value, String limitKey, String limit) {
        values.refuse(key, value, "it must not be above %s, which is %s".formatted(limitKey, limit));
    }
}
