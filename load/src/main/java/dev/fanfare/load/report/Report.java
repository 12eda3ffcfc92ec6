package dev.fanfare.load.report;

import java.util.List;
import java.util.Map;

/// An outcome, and where it comes from.
///
/// @param parts the runs that it was put together from; none: it is of one run
public record Report(Outcome outcome, List<Part> parts) {
    public Report {
        parts = List.copyOf(parts);
    }

    public static Report of(Outcome outcome) {
        return new Report(outcome, List.of());
    }

    /// What is wrong; nothing: all was right, in each part too. One that has received nothing does not show in a sum.
    public List<String> failures() {
        var failures = outcome.failures();
        return failures.isEmpty()
                ? parts.stream()
                        .flatMap(part -> part.failures().stream().map(failure -> part.name() + ": " + failure))
                        .toList()
                : failures;
    }

    /// For people.
    public String table() {
        var text = new StringBuilder(Table.of(outcome, failures()));
        parts.forEach(part -> text.append(Table.part(part)));
        return text.toString();
    }

    /// For programs.
    public Map<String, Object> json() {
        var json = JsonLine.members(outcome);
        if (!parts.isEmpty()) {
            json.put("passed", failures().isEmpty());
            json.put("failures", failures());
            json.put("parts", parts);
        }
        return json;
    }
}
