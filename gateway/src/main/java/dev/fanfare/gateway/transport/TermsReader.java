package dev.fanfare.gateway.transport;

import dev.fanfare.gateway.config.PolicySettings;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.protocol.Policy;
import dev.fanfare.gateway.protocol.Priority;
import dev.fanfare.gateway.session.Terms;
import dev.fanfare.service.http.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Reads `policy`, `interval` and `priority`, which say how a subscription is to be served: from the parameters of a
/// URL or the members of a message.
///
/// @param what they are: `parameter` or `member`
/// @param bounds what the operator allows
record TermsReader(String what, PolicySettings bounds) {
    private static final List<Priority> PRIORITIES = List.of(Priority.values());

    /// What holds where nothing is said.
    Terms standard() {
        var policy = bounds.standard();
        return terms(policy, policy == Policy.SAMPLE ? bounds.interval() : Duration.ZERO, Priority.NORMAL);
    }

    /// Reads them.
    ///
    /// @param given value by name
    /// @param otherwise what holds for whatever is left out
    /// @throws ProblemException naming the field, its value and the fix
    Terms read(Function<String, Optional<String>> given, Terms otherwise) {
        var policy = given.apply("policy").map(this::policy).orElse(otherwise.policy());
        var priority = given.apply("priority")
                .map(value -> one("priority", value, PRIORITIES, Priority::label))
                .orElse(otherwise.priority());
        var interval = given.apply("interval");
        if (policy != Policy.SAMPLE) {
            interval.ifPresent(value -> {
                throw invalid("interval", value, "it belongs to policy 'sample': leave it out, or ask for that");
            });
            return terms(policy, Duration.ZERO, priority);
        }
        var usual = otherwise.policy() == Policy.SAMPLE ? otherwise.interval() : bounds.interval();
        return terms(policy, interval.map(this::interval).orElse(usual), priority);
    }

    private static Terms terms(Policy policy, Duration interval, Priority priority) {
        var terms = new Terms(policy, interval, priority);
        return terms.equals(Terms.USUAL) ? Terms.USUAL : terms;
    }

    private Policy policy(String value) {
        return one("policy", value, bounds.allowed(), Policy::label);
    }

    private Duration interval(String value) {
        var interval = StreamRequest.duration(value).orElse(Duration.ZERO);
        if (interval.compareTo(bounds.intervalMin()) < 0 || interval.compareTo(bounds.intervalMax()) > 0) {
            throw invalid(
                    "interval",
                    value,
                    "use a duration such as 2s or 500ms, from %s to %s"
                            .formatted(show(bounds.intervalMin()), show(bounds.intervalMax())));
        }
        return interval;
    }

    private static String show(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }

    private <E> E one(String name, String value, List<E> offered, Function<E, String> label) {
        return offered.stream()
                .filter(one -> label.apply(one).equals(value))
                .findFirst()
                .orElseThrow(() -> invalid(
                        name, value, "use one of " + offered.stream().map(label).collect(Collectors.joining(", "))));
    }

    private ProblemException invalid(String name, String value, String fix) {
        var shown = value.length() > 64 ? value.substring(0, 64) + "…" : value;
        return new ProblemException(
                ErrorCode.INVALID_PARAMETER, "%s '%s' is '%s': %s".formatted(what, name, shown, fix));
    }
}
