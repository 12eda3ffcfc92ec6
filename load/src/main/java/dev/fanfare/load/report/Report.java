package dev.fanfare.load.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An outcome, and where it comes from.
///
/// @param parts the runs that it was put together from; none: it is of one run
/// @param ratio to what the machine can do, if that is known
public record Report(Outcome outcome, List<Part> parts, Optional<Ratio> ratio) {
    public Report {
        parts = List.copyOf(parts);
    }

    public static Report of(Outcome outcome) {
        return new Report(outcome, List.of(), Optional.empty());
    }

    /// The same, held against what `raw` has written to a file.
    public Report against(String file, Outcome raw) {
        return new Report(outcome, parts, Optional.of(Ratio.of(outcome, file, raw)));
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
        ratio.ifPresent(it -> text.append(Table.ratio(it)));
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
        ratio.ifPresent(it -> {
            var members = new LinkedHashMap<String, Object>();
            members.put("file", it.file());
            members.put("deliveriesPerSecond", it.deliveriesPerSecond());
            it.cpuSecondsPerMillion().ifPresent(cpu -> members.put("cpuSecondsPerMillion", cpu));
            members.put("p99", it.p99());
            members.put("differences", it.differences());
            json.put("ratioToRaw", members);
        });
        return json;
    }
}
