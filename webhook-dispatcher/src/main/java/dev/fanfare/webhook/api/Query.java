package dev.fanfare.webhook.api;

import dev.fanfare.service.config.NearestKey;
import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.store.Fields;
import io.helidon.webserver.http.ServerRequest;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/// A request's query parameters: known ones only, each at most once.
final class Query {
    private final ServerRequest request;

    Query(ServerRequest request, String... known) {
        this.request = request;
        var all = List.of(known);
        for (var name : request.query().names()) {
            if (!all.contains(name)) {
                var advice = NearestKey.to(name, all)
                        .map("did you mean '%s'?"::formatted)
                        .orElseGet(() -> all.isEmpty() ? "leave it out" : "known are " + String.join(", ", all));
                throw new ProblemException(
                        ApiCode.UNKNOWN_PARAMETER,
                        "parameter %s is not known: %s".formatted(Fields.quoted(name), advice));
            }
            if (request.query().all(name).size() > 1) {
                throw bad(name, "is there more than once: give it once");
            }
        }
    }

    Optional<String> text(String name) {
        return request.query().contains(name) ? Optional.of(request.query().get(name)) : Optional.empty();
    }

    String required(String name) {
        return text(name).filter(value -> !value.isEmpty()).orElseThrow(() -> bad(name, "is missing: give it"));
    }

    /// ISO 8601 in UTC or with an offset.
    Optional<Instant> instant(String name) {
        return text(name).map(value -> {
            try {
                return Instant.parse(value);
            } catch (DateTimeParseException malformed) {
                throw bad(name, "is %s: give a time such as 2026-11-20T08:00:00Z".formatted(Fields.quoted(value)));
            }
        });
    }

    long number(String name, long min, long max, long otherwise) {
        return text(name).map(value -> number(name, value, min, max)).orElse(otherwise);
    }

    long number(String name, long min, long max) {
        return number(name, required(name), min, max);
    }

    private static long number(String name, String value, long min, long max) {
        try {
            long number = Long.parseLong(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException noNumber) {
            // said below
        }
        throw bad(name, "is %s: give a whole number from %d to %d".formatted(Fields.quoted(value), min, max));
    }

    static ProblemException bad(String name, String fault) {
        return new ProblemException(ApiCode.INVALID_PARAMETER, "parameter '%s' %s".formatted(name, fault));
    }
}
