package dev.fanfare.gateway.protocol;

import dev.fanfare.service.EditDistance;
import dev.fanfare.service.http.ProblemException;
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

    private Nearest() {}

    /// The nearest of `known`, if any is near: another word for the same thing, or at most a third of the letters
    /// away (two at least).
    public static Optional<String> of(String given, Collection<String> known) {
        var lower = EditDistance.cut(given.toLowerCase(Locale.ROOT));
        var same = ELSEWHERE.get(lower);
        if (same != null && known.contains(same)) {
            return Optional.of(same);
        }
        var far = Math.max(2, lower.length() / 3);
        return known.stream()
                .filter(name -> EditDistance.between(lower, name) <= far)
                .min(Comparator.<String>comparingInt(name -> EditDistance.between(lower, name))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /// The answer to a query parameter that does not exist.
    public static ProblemException unknownParameter(String given, Collection<String> known) {
        var advice = of(given, known)
                .map(name -> "did you mean '%s'?".formatted(name))
                .orElseGet(() -> known.stream().sorted().collect(Collectors.joining(", ", "known are: ", "")));
        return new ProblemException(
                ErrorCode.UNKNOWN_PARAMETER,
                "parameter '%s' is not known: %s".formatted(EditDistance.cut(given), advice));
    }
}
