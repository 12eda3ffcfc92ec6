package dev.fanfare.gateway.protocol;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Finds the known name that somebody who wrote an unknown one most likely meant.
public final class Nearest {
    /// What the same thing is called elsewhere: no distance of letters leads from one to the other.
    private static final Map<String, String> ELSEWHERE = Map.of(
            "topic", "channel",
            "topics", "channel",
            "room", "channel",
            "stream", "channel",
            "timeout", "wait",
            "offset", "cursor",
            "from", "since",
            "limit", "last");

    /// Longer names are compared by their beginnings: the work per name stays bounded, whatever a client sends.
    private static final int LENGTH_MAX = 64;

    private Nearest() {}

    /// The nearest of `known`, if any is near: another word for the same thing, or at most a third of the letters
    /// away
    /// (two at least).
    public static Optional<String> of(String given, Collection<String> known) {
        var lower = cut(given.toLowerCase(Locale.ROOT));
        var same = ELSEWHERE.get(lower);
        if (same != null && known.contains(same)) {
            return Optional.of(same);
        }
        var far = Math.max(2, lower.length() / 3);
        return known.stream()
                .filter(name -> distance(lower, name) <= far)
                .min(Comparator.<String>comparingInt(name -> distance(lower, name))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /// The answer to a query parameter that does not exist.
    public static ProblemException unknownParameter(String given, Collection<String> known) {
        var advice = of(given, known)
                .map(name -> "did you mean '%s'?".formatted(name))
                .orElseGet(() -> known.stream().sorted().collect(Collectors.joining(", ", "known are: ", "")));
        return new ProblemException(
                ErrorCode.UNKNOWN_PARAMETER, "parameter '%s' is not known: %s".formatted(cut(given), advice));
    }

    /// Levenshtein's distance, case ignored in what was given.
    public static int distance(String given, String known) {
        var name = cut(known.toLowerCase(Locale.ROOT));
        var row = new int[name.length() + 1];
        for (var j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (var i = 1; i <= given.length(); i++) {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j < row.length; j++) {
                var above = row[j];
                var change = given.charAt(i - 1) == name.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(diagonal + change, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[name.length()];
    }

    private static String cut(String name) {
        return name.length() <= LENGTH_MAX ? name : name.substring(0, LENGTH_MAX);
    }
}
