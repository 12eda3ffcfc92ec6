package dev.fanfare.service.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Durations and sizes as an operator writes them, both ways. Whether a value is in range is for the caller to say.
public final class Units {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");
    private static final Map<String, ChronoUnit> DURATION_UNITS = Map.of(
            "ms",
            ChronoUnit.MILLIS,
            "s",
            ChronoUnit.SECONDS,
            "m",
            ChronoUnit.MINUTES,
            "h",
            ChronoUnit.HOURS,
            "d",
            ChronoUnit.DAYS);
    private static final List<String> LARGEST_FIRST = List.of("d", "h", "m", "s", "ms");

    private static final Pattern SIZE = Pattern.compile("(\\d{1,15}) ?(B|[KMG]B|[KMG]iB)?");

    private Units() {}

    /// `250ms`, `5s`, `2m`, `1h`, `7d` or ISO-8601 `PT5S`; empty for anything else, a bare number too.
    public static Optional<Duration> duration(String text) {
        var shortForm = DURATION.matcher(text);
        if (shortForm.matches()) {
            var unit = DURATION_UNITS.getOrDefault(shortForm.group(2), ChronoUnit.MILLIS);
            return Optional.of(Duration.of(Long.parseLong(shortForm.group(1)), unit));
        }
        if (!text.toUpperCase(Locale.ROOT).startsWith("P")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Duration.parse(text));
        } catch (DateTimeParseException | ArithmeticException refused) {
            return Optional.empty();
        }
    }

    /// In bytes: `65536`, `64KiB`, `1MiB`, `1GiB`, or in thousands `64KB`, `1MB`, `1GB`; empty for anything else.
    public static Optional<Long> size(String text) {
        var size = SIZE.matcher(text);
        if (!size.matches()) {
            return Optional.empty();
        }
        long unit = switch (size.group(2)) {
            case "KB" -> 1_000;
            case "MB" -> 1_000_000;
            case "GB" -> 1_000_000_000;
            case "KiB" -> 1 << 10;
            case "MiB" -> 1 << 20;
            case "GiB" -> 1 << 30;
            case null, default -> 1;
        };
        return Optional.of(Long.parseLong(size.group(1)) * unit);
    }

    /// The shortest text that [#duration] reads back.
    public static String show(Duration duration) {
        for (var name : LARGEST_FIRST) {
            var unit = DURATION_UNITS.getOrDefault(name, ChronoUnit.MILLIS).getDuration();
            if (!duration.isZero() && duration.equals(unit.multipliedBy(duration.dividedBy(unit)))) {
                return duration.dividedBy(unit) + name;
            }
        }
        return duration.isZero() ? "0s" : duration.toString();
    }

    /// The shortest text that [#size] reads back.
    public static String show(long bytes) {
        for (int shift = 30; shift >= 10; shift -= 10) {
            if (bytes > 0 && bytes % (1L << shift) == 0) {
                return (bytes >> shift) + List.of("KiB", "MiB", "GiB").get(shift / 10 - 1);
            }
        }
        return Long.toString(bytes);
    }
}
