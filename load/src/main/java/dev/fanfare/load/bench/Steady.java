package dev.fanfare.load.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The same load on each server, the servers in turn, so many windows: the median of each figure.
///
/// @param cases loads, each with lines of its own
record Steady(String name, String about, List<Case> cases, List<Metric> metrics) implements Row {
    /// @param title of the load; the metric's follows
    record Case(String title, Function<Ground, Load> load) {}

    @Override
    public List<Line> measure(Ground ground) throws InterruptedException {
        var lines = new ArrayList<Line>();
        for (var one : cases) {
            lines.addAll(measure(ground, one));
        }
        return lines;
    }

    private List<Line> measure(Ground ground, Case one) throws InterruptedException {
        var load = one.load.apply(ground);
        var runs = new LinkedHashMap<Contender, List<Figures>>();
        for (var contender : ground.contenders()) {
            if (contender.refuses(load).isEmpty()) {
                runs.put(contender, new ArrayList<>());
            }
        }
        for (int window = 0; window < ground.windows(); window++) {
            for (var entry : runs.entrySet()) {
                entry.getValue().add(ground.run(entry.getKey(), load));
            }
        }
        var lines = new ArrayList<Line>();
        for (var metric : metrics) {
            var cells = new LinkedHashMap<String, Cell>();
            for (var contender : ground.contenders()) {
                cells.put(contender.name(), cell(contender, load, runs, metric));
            }
            lines.add(new Line(name, one.title + ": " + metric.title(), metric.unit(), metric.moreIsBetter(), cells));
        }
        return lines;
    }

    private static Cell cell(Contender contender, Load load, Map<Contender, List<Figures>> runs, Metric metric) {
        var figures = runs.get(contender);
        if (figures == null) {
            return Cell.none(contender.refuses(load).orElse(""));
        }
        var valid = figures.stream().filter(Figures::valid).toList();
        if (valid.size() * 2 <= figures.size()) {
            var failed =
                    figures.stream().filter(run -> !run.valid()).findFirst().orElseThrow();
            return Cell.none(failed.passed() ? "not kept up" : failed.failure());
        }
        return Cell.of(valid.stream().map(metric.value()::applyAsDouble).toList());
    }
}
