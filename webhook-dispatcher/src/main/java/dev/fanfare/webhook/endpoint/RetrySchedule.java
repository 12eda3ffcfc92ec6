package dev.fanfare.webhook.endpoint;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// How long to wait before each attempt. The first attempt is made at once: its delay is there so that the number of
/// delays is that of attempts.
///
/// @param delays at least one, at most 50; the API wants zero for the first, which is never waited for
public record RetrySchedule(List<Duration> delays) {
    /// Attempts at most.
    public static final int ATTEMPTS_MAX = 50;

    /// The longest wait between two.
    public static final Duration DELAY_MAX = Duration.ofDays(7);

    /// Standard Webhooks' example schedule: some 75 hours, longer than a weekend.
    public static final RetrySchedule STANDARD = new RetrySchedule(
            Stream.of("PT0S", "PT5S", "PT5M", "PT30M", "PT2H", "PT5H", "PT10H", "PT14H", "PT20H", "PT24H")
                    .map(Duration::parse)
                    .toList());

    /// Checks number and range.
    ///
    /// @throws IllegalArgumentException with a sentence that says what is wrong
    public RetrySchedule {
        delays = List.copyOf(delays);
        if (delays.isEmpty() || delays.size() > ATTEMPTS_MAX) {
            throw new IllegalArgumentException(
                    "has %d delays: give 1 to %d, one for each attempt".formatted(delays.size(), ATTEMPTS_MAX));
        }
        for (var delay : delays) {
            if (delay.isNegative() || delay.compareTo(DELAY_MAX) > 0) {
                throw new IllegalArgumentException(
                        "has the delay %s: give delays from 0s to %dd".formatted(delay, DELAY_MAX.toDays()));
            }
        }
    }

    /// The wait before an attempt, without jitter; empty if there is no such attempt any more.
    ///
    /// @param number from 1
    public Optional<Duration> before(int number) {
        return number <= delays.size() ? Optional.of(delays.get(number - 1)) : Optional.empty();
    }
}
