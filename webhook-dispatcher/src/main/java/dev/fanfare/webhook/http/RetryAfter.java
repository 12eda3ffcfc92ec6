package dev.fanfare.webhook.http;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.Headers;

/// How long a receiver asks to be left alone (RFC 9110 §10.2.3).
final class RetryAfter {
    static final Duration MAX = Duration.ofHours(24);
    private static final Pattern SECONDS = Pattern.compile("\\d{1,20}(?:\\.\\d{0,20})?");

    private RetryAfter() {}

    /// Reads seconds, fractions of them rounded up, or a date. Empty if there is none, none to be understood, or none
    /// in the future; a longer one counts as a day.
    static Optional<Duration> of(Headers headers, Instant now) {
        var text = headers.get("Retry-After");
        if (text == null) {
            return Optional.empty();
        }
        return seconds(text.strip())
                .or(() -> Optional.ofNullable(headers.getInstant("Retry-After")).map(at -> Duration.between(now, at)))
                .filter(Duration::isPositive)
                .map(asked -> asked.compareTo(MAX) > 0 ? MAX : asked);
    }

    private static Optional<Duration> seconds(String text) {
        if (!SECONDS.matcher(text).matches()) {
            return Optional.empty();
        }
        var seconds = new BigDecimal(text).setScale(0, RoundingMode.CEILING);
        return Optional.of(Duration.ofSeconds(
                seconds.min(BigDecimal.valueOf(MAX.toSeconds() + 1)).longValueExact()));
    }
}
