package dev.fanfare.load.hook;

import java.time.Duration;
import java.util.OptionalLong;

/// What some endpoints do instead of taking a call at once.
///
/// @param share of the endpoints
/// @param events share of their events, spread evenly
/// @param status of [Kind#STATUS]
/// @param retryAfterSeconds the value of `Retry-After`
/// @param delay of [Kind#SLOW]
/// @param times of how many attempts of each event, from the first on
/// @param from when it begins, from the measured time's start
/// @param lasts for how long
public record Failure(
        double share,
        double events,
        Kind kind,
        int status,
        OptionalLong retryAfterSeconds,
        Duration delay,
        int times,
        Duration from,
        Duration lasts) {

    public static final Duration FOREVER = Duration.ofDays(100_000);

    /// How it fails.
    public enum Kind {
        /// Answers with the status.
        STATUS,
        /// Takes the call, but late.
        SLOW,
        /// Never answers.
        HANG,
        /// Closes the connection.
        CLOSE
    }

    /// As reports call the endpoints.
    public String label() {
        return switch (kind) {
            case STATUS -> Integer.toString(status);
            case SLOW -> "slow";
            case HANG -> "hang";
            case CLOSE -> "close";
        };
    }

    /// Whether an attempt is not taken at once.
    ///
    /// @param event its number in its channel
    /// @param attempt from 1
    /// @param micros since the measured time's start
    boolean holds(int event, int attempt, long micros) {
        long begin = from.toNanos() / 1000;
        boolean one = (long) ((event + 1) * events) > (long) (event * events);
        return one && attempt <= times && micros >= begin && micros - begin < lasts.toSeconds() * 1_000_000;
    }

    /// The answer of [Kind#STATUS].
    byte[] answer() {
        return Answers.of(status, retryAfterSeconds);
    }
}
