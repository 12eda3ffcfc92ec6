package dev.fanfare.gateway.manage;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.http.QueryParameters;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.protocol.Nearest;
import dev.fanfare.service.http.ProblemException;
import io.helidon.webserver.http.ServerRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The parameters of one request. Each is there once at most.
final class Query {
    private final Map<String, List<String>> given;

    /// @throws ProblemException if there are others than these
    Query(ServerRequest request, String... known) {
        given = QueryParameters.of(request.query());
        var names = Set.of(known);
        for (var entry : given.entrySet()) {
            if (!names.contains(entry.getKey())) {
                throw Nearest.unknownParameter(entry.getKey(), names);
            }
            if (entry.getValue().size() > 1) {
                throw invalid("'%s' is there %d times: send one"
                        .formatted(entry.getKey(), entry.getValue().size()));
            }
        }
    }

    /// An empty text is none.
    Optional<String> text(String name) {
        return Optional.ofNullable(given.get(name)).map(List::getFirst).filter(text -> !text.isEmpty());
    }

    int number(String name, int standard, int min, int max) {
        return text(name)
                .map(text -> whole(text)
                        .filter(number -> number >= min && number <= max)
                        .orElseThrow(() -> invalid(
                                "'%s' is '%s': send a whole number from %d to %d".formatted(name, text, min, max))))
                .orElse(standard);
    }

    private static Optional<Integer> whole(String text) {
        return text.matches("\\d{1,9}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }

    <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
        return text(name)
                .map(text -> Arrays.stream(type.getEnumConstants())
                        .filter(one -> label(one).equals(text))
                        .findFirst()
                        .orElseThrow(() -> invalid("'%s' is '%s': send one of %s"
                                .formatted(
                                        name,
                                        text,
                                        Arrays.stream(type.getEnumConstants())
                                                .map(Query::label)
                                                .collect(Collectors.joining(", "))))));
    }

    Optional<ChannelPattern> channel(String name) {
        return text(name).map(Query::pattern);
    }

    static ChannelPattern pattern(String text) {
        try {
            return ChannelPattern.parse(text);
        } catch (IllegalArgumentException none) {
            throw new ProblemException(ErrorCode.INVALID_CHANNEL, "no channel and no pattern: " + none.getMessage());
        }
    }

    static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static ProblemException invalid(String detail) {
        return new ProblemException(ErrorCode.INVALID_PARAMETER, detail);
    }
}
