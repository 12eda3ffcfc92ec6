package dev.fanfare.load.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;

/// What a run has reached in parts of what the bare loop of `raw` has on the same machine: 1 is as good.
///
/// @param file of the bare loop's result
/// @param deliveriesPerSecond more is better
/// @param cpuSecondsPerMillion less is better; empty: one of both has not been measured
/// @param p99 of the latency; less is better
/// @param differences of the two runs' shapes, which make the figures worth less
public record Ratio(
        String file,
        double deliveriesPerSecond,
        OptionalDouble cpuSecondsPerMillion,
        double p99,
        List<String> differences) {
    private static final List<String> SHAPE = List.of("channels", "rate", "bytes");

    public Ratio {
        differences = List.copyOf(differences);
    }

    public static Ratio of(Outcome outcome, String file, Outcome raw) {
        var cpu = outcome.cpuSecondsPerMillion();
        var rawCpu = raw.cpuSecondsPerMillion();
        return new Ratio(
                file,
                outcome.deliveriesPerSecond() / raw.deliveriesPerSecond(),
                cpu.isPresent() && rawCpu.orElse(0) > 0
                        ? OptionalDouble.of(cpu.getAsDouble() / rawCpu.getAsDouble())
                        : OptionalDouble.empty(),
                (double) p99(outcome) / Math.max(1, p99(raw)),
                differences(outcome, raw));
    }

    private static long p99(Outcome outcome) {
        return outcome.total().latency().getValueAtPercentile(99);
    }

    private static List<String> differences(Outcome outcome, Outcome raw) {
        var differences = new ArrayList<String>();
        if (outcome.sessions() != raw.sessions()) {
            differences.add("sessions %d, not %d".formatted(raw.sessions(), outcome.sessions()));
        }
        for (var name : SHAPE) {
            var own = outcome.settings().get(name);
            var other = raw.settings().get(name);
            if (!Objects.equals(String.valueOf(own), String.valueOf(other))) {
                differences.add("%s %s, not %s".formatted(name, other, own));
            }
        }
        return differences;
    }
}
