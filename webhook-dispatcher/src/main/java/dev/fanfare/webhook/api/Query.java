package dev.fanfare.webhook.api;

import dev.fanfare.service.config.NearestKey;
import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.store.Fields;
import io.helidon.webserver.http.ServerRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A request's query parameters: known ones only, each at most once.
final class Query {
    static final String NO_CURSOR = "is no cursor: give the 'next' of the page before";

    private static final int PAGE_DEFAULT = 50;
    private static final int PAGE_MAX = 500;

    private final ServerRequest request;

    /// Of a request that has passed [#check].
    Query(ServerRequest request) {
        this.request = request;
    }

    /// Ends the request if it has others than these, or one of them twice.
    static void check(ServerRequest request, List<String> known) {
        for (var name : request.query().names()) {
            if (!known.contains(name)) {
                var advice = NearestKey.to(name, known)
                        .map("did you mean '%s'?"::formatted)
                        .orElseGet(() -> known.isEmpty() ? "leave it out" : "known are " + String.join(", ", known));
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
        return text(name)
                .map(value -> Fields.time(value)
                        .orElseThrow(() -> bad(
                                name,
                                "is %s: give a time such as 2026-11-20T08:00:00Z".formatted(Fields.quoted(value)))));
    }

    /// A webhook-id.
    static MessageId event(String text) {
        return MessageId.parse(text)
                .orElseThrow(
                        () -> bad("event", "is %s: give an event's webhook-id, msg_…".formatted(Fields.quoted(text))));
    }

    /// How many of a list.
    int limit() {
        return (int) number("limit", 1, PAGE_MAX, PAGE_DEFAULT);
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
