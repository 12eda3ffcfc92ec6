package dev.fanfare.load.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/// Several runs at the same time, on one machine or several, as one: what is counted is added up, percentiles are of
/// all latencies together, and rates are by the time from the first start to the last receipt.
public final class Merge {
    private static final long SECOND_MICROS = 1_000_000;

    private final List<Outcome> runs;

    private Merge(Collection<Outcome> runs) {
        this.runs = List.copyOf(runs);
    }

    /// One report of them all.
    ///
    /// @param runs at least one, by name
    public static Report of(Map<String, Outcome> runs) {
        var parts = runs.entrySet().stream()
                .map(run -> Part.of(run.getKey(), run.getValue()))
                .toList();
        return new Report(new Merge(runs.values()).outcome(), parts, Optional.empty());
    }

    private Outcome outcome() {
        long from = runs.stream()
                .mapToLong(run -> run.timeLine().fromMicros())
                .min()
                .orElseThrow();
        long to =
                runs.stream().mapToLong(run -> run.timeLine().toMicros()).max().orElseThrow();
        double delivered = runs.stream()
                .mapToDouble(run -> (run.timeLine().fromMicros() - from) / 1e6 + run.deliverySeconds())
                .max()
                .orElseThrow();
        var reasons = new TreeMap<String, Integer>();
        runs.forEach(run -> run.reasons().forEach((why, count) -> reasons.merge(why, count, Integer::sum)));
        return new Outcome(
                runs.stream().map(Outcome::scenario).distinct().collect(Collectors.joining(" + ")),
                same(Outcome::settings),
                runs.stream().mapToInt(Outcome::sessions).sum(),
                (to - from) / 1e6,
                delivered,
                Row.sums(runs.stream().flatMap(run -> run.rows().stream()).toList()),
                published(),
                reasons,
                runs.stream().mapToInt(Outcome::notBack).sum(),
                particulars(),
                self(),
                server(),
                new TimeLine(from, to, seconds()));
    }

    /// What all have, once; where they differ, that of each.
    private Map<String, Object> same(Function<Outcome, Map<String, Object>> of) {
        var same = each(of);
        same.replaceAll((_, all) ->
                all instanceof List<?> list && list.stream().distinct().count() == 1
                        ? Objects.requireNonNull(list.getFirst())
                        : all);
        return same;
    }

    private Particulars particulars() {
        var first = runs.getFirst().particulars();
        var latencies = new LinkedHashMap<String, Histogram>();
        var faults = new ArrayList<String>();
        for (var run : runs) {
            run.particulars()
                    .latencies()
                    .forEach((name, latency) -> latencies
                            .computeIfAbsent(name, _ -> new Histogram(3))
                            .add(latency));
            faults.addAll(run.particulars().faults());
        }
        var figures = each(run -> run.particulars().figures());
        return new Particulars(first.who(), first.passed(), figures, latencies, faults);
    }

    private Map<String, Object> each(Function<Outcome, Map<String, Object>> of) {
        var values = new LinkedHashMap<String, List<Object>>();
        for (var run : runs) {
            of.apply(run)
                    .forEach((name, value) ->
                            values.computeIfAbsent(name, _ -> new ArrayList<>()).add(value));
        }
        return new LinkedHashMap<>(values);
    }

    private Outcome.Published published() {
        var latency = new Histogram(3);
        runs.forEach(run -> latency.add(run.published().latency()));
        return new Outcome.Published(
                runs.stream()
                        .mapToDouble(run -> run.published().seconds())
                        .max()
                        .orElseThrow(),
                runs.stream().mapToLong(run -> run.published().acknowledged()).sum(),
                runs.stream().mapToLong(run -> run.published().failed()).sum(),
                runs.stream()
                        .flatMap(run -> run.published().firstFailure().stream())
                        .findFirst(),
                latency);
    }

    /// Of the busiest loop and the latest timers, so that one that is saturated shows.
    private Outcome.Self self() {
        var worst = runs.stream()
                .map(run -> run.self().delay())
                .reduce((one, other) -> one.getValueAtPercentile(99) >= other.getValueAtPercentile(99) ? one : other)
                .orElseThrow();
        double cpuSeconds = 0;
        long receipts = 0;
        for (var run : runs) {
            long count = run.total().receipts();
            receipts += count;
            cpuSeconds += count / Math.max(run.self().receiptsPerCpuSecond(), 1e-9);
        }
        return new Outcome.Self(
                runs.stream().mapToDouble(run -> run.self().loopCpu()).max().orElseThrow(),
                runs.stream().mapToDouble(run -> run.self().processCpu()).sum(),
                receipts / Math.max(cpuSeconds, 1e-9),
                worst);
    }

    /// A process that several have looked at counts once, and what it holds is from before the first session until all
    /// of them are open.
    private Optional<Server> server() {
        var processes = new LinkedHashMap<String, Server.Taken>();
        runs.stream()
                .flatMap(run -> run.server().flatMap(Server::process).stream())
                .forEach(process -> processes.merge(process.name(), process, Merge::same));
        var process = processes.values().stream().reduce(Merge::both);
        var metrics = runs.stream()
                .flatMap(run -> run.server().flatMap(Server::metrics).stream())
                .findFirst();
        return process.isPresent() || metrics.isPresent()
                ? Optional.of(new Server(process, metrics))
                : Optional.empty();
    }

    private static Server.Taken same(Server.Taken one, Server.Taken other) {
        return new Server.Taken(
                one.name(),
                Math.max(one.cpuSeconds(), other.cpuSeconds()),
                one.memory()
                        .flatMap(a -> other.memory()
                                .map(b -> new Server.Memory(
                                        Math.min(a.before(), b.before()),
                                        Math.max(a.open(), b.open()),
                                        Math.max(a.end(), b.end())))));
    }

    private static Server.Taken both(Server.Taken one, Server.Taken other) {
        return new Server.Taken(
                one.name() + " + " + other.name(),
                one.cpuSeconds() + other.cpuSeconds(),
                one.memory()
                        .flatMap(a -> other.memory()
                                .map(b -> new Server.Memory(
                                        a.before() + b.before(), a.open() + b.open(), a.end() + b.end()))));
    }

    /// All have looked at the ends of the same seconds; a server that several have looked at counts once.
    private List<Second> seconds() {
        var all = new TreeMap<Long, List<Second>>();
        var seen = new HashSet<String>();
        for (var run : runs) {
            var own = new TreeMap<Long, Second>();
            boolean counts = run.server()
                    .flatMap(Server::process)
                    .filter(process -> seen.add(process.name()))
                    .isPresent();
            for (var each : run.timeLine().seconds()) {
                var second = counts ? each : each.withoutServer();
                own.merge(Math.round((double) second.endMicros() / SECOND_MICROS), second, Second::then);
            }
            own.forEach((number, second) ->
                    all.computeIfAbsent(number, _ -> new ArrayList<>()).add(second));
        }
        return all.values().stream().map(Merge::second).toList();
    }

    private static Second second(List<Second> same) {
        return new Second(
                same.stream().mapToLong(Second::endMicros).max().orElseThrow(),
                same.stream().mapToDouble(Second::seconds).max().orElseThrow(),
                same.stream().mapToLong(Second::deliveries).sum(),
                same.stream().mapToLong(Second::published).sum(),
                same.stream().mapToInt(Second::open).sum(),
                same.stream().mapToLong(Second::errors).sum(),
                same.stream().map(Second::latency).reduce(Latency::plus).orElseThrow(),
                same.stream().mapToDouble(Second::loopCpu).max().orElseThrow(),
                same.stream().mapToDouble(Second::processCpu).sum(),
                same.stream()
                        .flatMapToDouble(second -> second.serverCpu().stream())
                        .reduce(Double::sum),
                same.stream()
                        .flatMapToLong(second -> second.serverKilobytes().stream())
                        .reduce(Long::sum));
    }
}
