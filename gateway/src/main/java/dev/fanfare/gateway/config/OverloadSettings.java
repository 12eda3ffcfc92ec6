package dev.fanfare.gateway.config;

import java.time.Duration;

/// When the gateway does less than it is asked for. Each measure has three thresholds, named after what happens from
/// there on; 0: never because of this measure.
///
/// @param enabled whether anything is measured at all
/// @param relief in percent of a threshold: below it a measure no longer holds the level
/// @param calm how long no measure may hold a level until the one below it takes its place
/// @param heap what is left in the heap after a collection, in percent of what may be
/// @param unwritten what waits for clients to read it, in percent of `limits.unwritten-bytes`
/// @param delay how long what is due waits for a thread
public record OverloadSettings(
        boolean enabled, int relief, Duration calm, Percents heap, Percents unwritten, Delays delay) {
    public static final OverloadSettings DEFAULT = new OverloadSettings(
            true,
            90,
            Duration.ofSeconds(10),
            new Percents(80, 87, 94),
            new Percents(60, 75, 90),
            new Delays(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4)));

    /// Nothing is ever too much.
    public static final OverloadSettings OFF =
            new OverloadSettings(false, DEFAULT.relief, DEFAULT.calm, DEFAULT.heap, DEFAULT.unwritten, DEFAULT.delay);

    /// Thresholds in percent.
    ///
    /// @param replays from here on nobody gets a turn to read back from Kafka
    /// @param low from here on subscriptions with low priority get less
    /// @param sessions from here on nobody is let in
    public record Percents(int replays, int low, int sessions) {}

    /// Thresholds in time.
    ///
    /// @param replays from here on nobody gets a turn to read back from Kafka
    /// @param low from here on subscriptions with low priority get less
    /// @param sessions from here on nobody is let in
    public record Delays(Duration replays, Duration low, Duration sessions) {}
}
