package dev.fanfare.load.page;

import dev.fanfare.load.chart.Chart;
import dev.fanfare.load.chart.Scale;
import dev.fanfare.load.chart.Series;
import dev.fanfare.load.report.Outcome;
import dev.fanfare.load.report.Row;
import dev.fanfare.load.report.Second;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// What is drawn of an outcome.
final class Charts {
    private static final int POINTS_MAX = 150;
    private static final int NINES_MAX = 7;
    private static final double HOLE_SECONDS = 1; // between runs that were put together
    private static final int ROWS_MAX = 6; // as many colours as there are

    private final Outcome outcome;
    private final List<Second> seconds;
    private final Scale time;
    private final Chart.Range measured;
    private final String note;

    private Charts(Outcome outcome) {
        this.outcome = outcome;
        var line = outcome.timeLine();
        int each = Math.max(1, (line.seconds().size() + POINTS_MAX - 1) / POINTS_MAX);
        seconds = joined(line.seconds(), each);
        double start = line.seconds().isEmpty()
                ? 0
                : at(line.seconds().getFirst()) - line.seconds().getFirst().seconds();
        time = Scale.time(
                start, line.seconds().isEmpty() ? 1 : at(line.seconds().getLast()));
        measured = new Chart.Range(0, (line.toMicros() - line.fromMicros()) / 1e6);
        note = each == 1 ? "" : "each point is of %d s".formatted(each);
    }

    static String of(Outcome outcome) {
        var charts = new Charts(outcome);
        var text = new StringBuilder();
        charts.all().forEach(chart -> text.append(chart.html()));
        return text.toString();
    }

    private List<Chart> all() {
        var charts = new ArrayList<Chart>();
        charts.add(latency());
        charts.add(percentiles());
        charts.add(overTime("Deliveries per second", line("deliveries", "%,.0f/s", Second::deliveriesPerSecond)));
        charts.add(overTime("Events published per second", line("published", "%,.1f/s", Second::publishedPerSecond)));
        charts.add(overTime(outcome.particulars().titled() + " open", line("open", "%,.0f", Second::open)));
        if (seconds.stream().anyMatch(second -> second.errors() > 0)) {
            charts.add(overTime("Errors so far", line("errors", "%,.0f", Second::errors)));
        }
        boolean process = seconds.stream().anyMatch(second -> second.serverCpu().isPresent());
        if (process) {
            charts.add(overTime(
                    "CPUs that the server takes",
                    line("server", "%.2f CPUs", second -> second.serverCpu().orElse(Double.NaN))));
        }
        if (seconds.stream().anyMatch(second -> second.serverKilobytes().isPresent())) {
            charts.add(overTime("Resident memory of the server, MB", line("server", "%,.1f MB", Charts::megabytes)));
        }
        charts.add(overTime(
                "CPUs that this tool takes",
                line("all of it", "%.2f CPUs in all", Second::processCpu),
                line("busiest loop", "%.2f in the busiest loop", Second::loopCpu)));
        return charts;
    }

    private Chart latency() {
        var lines = List.of(
                line(
                        "p50",
                        "p50 %.2f ms",
                        second -> millis(second, second.latency().p50())),
                line(
                        "p99",
                        "p99 %.2f ms",
                        second -> millis(second, second.latency().p99())),
                line(
                        "max",
                        "max %.2f ms",
                        second -> millis(second, second.latency().max())));
        return new Chart("Latency over time, ms", note, time, logarithmic(lines), measured, lines);
    }

    /// Of each row, on an axis on which 90, 99 and 99.9 % are equally far from each other.
    private Chart percentiles() {
        var rows = new ArrayList<>(outcome.rows());
        rows.sort((one, other) -> Long.compare(other.receipts(), one.receipts()));
        var shown =
                rows.stream().filter(row -> row.receipts() > 0).limit(ROWS_MAX).toList();
        int nines = shown.stream()
                .mapToInt(row -> (int) Math.ceil(Math.log10((double) row.receipts())))
                .max()
                .orElse(1);
        var scale = Scale.percentiles(Math.clamp(nines, 1, NINES_MAX));
        var lines = shown.stream()
                .map(row -> new Series(row.transport(), percentiles(row, scale.to())))
                .toList();
        return new Chart(
                "Latency by percentile, ms",
                "measured time only",
                scale,
                logarithmic(lines),
                new Chart.Range(0, 0),
                lines);
    }

    private static List<Series.Point> percentiles(Row row, double end) {
        var points = new ArrayList<Series.Point>();
        double last = Math.min(end, Math.log10((double) row.receipts()));
        for (double place = 0.1; place <= last + 1e-9; place += 0.1) {
            double percentile = 100 * (1 - Math.pow(10, -place));
            double millis = Math.max(1, row.latency().getValueAtPercentile(percentile)) / 1e3;
            points.add(new Series.Point(
                    place,
                    millis,
                    String.format(Locale.ROOT, "%s p%.7s: %.2f ms", row.transport(), percentile, millis)));
        }
        return points;
    }

    private Chart overTime(String title, Series... lines) {
        double max = 0;
        for (var line : lines) {
            max = Math.max(
                    max,
                    line.points().stream()
                            .mapToDouble(Series.Point::y)
                            .filter(Double::isFinite)
                            .max()
                            .orElse(0));
        }
        return new Chart(title, note, time, Scale.linear(max), measured, List.of(lines));
    }

    private Series line(String name, String format, ToDoubleFunction<Second> value) {
        var points = new ArrayList<Series.Point>();
        double end = Double.POSITIVE_INFINITY;
        for (var second : seconds) {
            if (at(second) - second.seconds() > end + HOLE_SECONDS) {
                points.add(new Series.Point(end, Double.NaN, ""));
            }
            end = at(second);
            double y = value.applyAsDouble(second);
            points.add(new Series.Point(end, y, String.format(Locale.ROOT, "%.0f s: " + format, end, y)));
        }
        return new Series(name, points);
    }

    private static Scale logarithmic(List<Series> lines) {
        var values = lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(Series.Point::y)
                .filter(value -> value > 0)
                .summaryStatistics();
        return values.getCount() == 0 ? Scale.logarithmic(1, 10) : Scale.logarithmic(values.getMin(), values.getMax());
    }

    /// None where nothing was delivered; a microsecond at least, which is as fine as it is measured.
    private static double millis(Second second, long micros) {
        return second.deliveries() == 0 ? Double.NaN : Math.max(1, micros) / 1e3;
    }

    private static double megabytes(Second second) {
        return second.serverKilobytes().isPresent() ? second.serverKilobytes().getAsLong() / 1024.0 : Double.NaN;
    }

    /// When it ended, in seconds from the measured time's start on.
    private double at(Second second) {
        return (second.endMicros() - outcome.timeLine().fromMicros()) / 1e6;
    }

    private static List<Second> joined(List<Second> seconds, int each) {
        var joined = new ArrayList<Second>();
        for (int i = 0; i < seconds.size(); i += each) {
            joined.add(seconds.subList(i, Math.min(seconds.size(), i + each)).stream()
                    .reduce(Second::then)
                    .orElseThrow());
        }
        return joined;
    }
}
