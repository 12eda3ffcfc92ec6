package dev.fanfare.load.report;

import com.google.errorprone.annotations.FormatMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/// The outcome for people.
final class Table {

    private Table() {}

    static String of(Outcome outcome, List<String> failures) {
        var text = new StringBuilder();
        text.append(format("%s: %s%n", outcome.scenario(), outcome.settings()));
        text.append(format(
                "%-12s %9s %11s %11s %9s %9s %9s %9s %9s%n",
                "",
                outcome.particulars().who(),
                "deliveries",
                "per second",
                "p50 ms",
                "p90 ms",
                "p99 ms",
                "p99.9 ms",
                "max ms"));
        var rows = new ArrayList<>(outcome.rows());
        if (rows.size() > 1) {
            rows.add(outcome.total());
        }
        for (var row : rows) {
            text.append(line(
                    row.transport(),
                    Integer.toString(row.sessions()),
                    row.receipts(),
                    perSecond(row.receipts(), outcome.deliverySeconds()),
                    row.latency()));
        }
        outcome.particulars()
                .latencies()
                .forEach((name, micros) -> text.append(line(name, "-", micros.getTotalCount(), "-", micros)));
        var published = outcome.published();
        if (published.acknowledged() > 0) {
            long count = published.acknowledged();
            text.append(line("publish", "-", count, perSecond(count, published.seconds()), published.latency()));
        }
        if (!outcome.particulars().figures().isEmpty()) {
            text.append(format(
                    "%-8s %s%n", outcome.scenario(), outcome.particulars().figures()));
        }
        text.append(checks(outcome, failures));
        text.append(self(outcome));
        return text.toString();
    }

    private static String checks(Outcome outcome, List<String> failures) {
        var text = new StringBuilder();
        text.append(
                failures.isEmpty() ? "checks   passed: " + outcome.particulars().passed() : "checks   FAILED");
        failures.forEach(failure -> text.append(format("%n  %s", failure)));
        outcome.reasons().forEach((reason, count) -> text.append(format("%n  %d lost: %s", count, reason)));
        outcome.published().firstFailure().ifPresent(failure -> text.append(format("%n  publishing: %s", failure)));
        var total = outcome.total();
        if (total.unmarked() > 0) {
            text.append(format("%n  %d events without a marker, not checked", total.unmarked()));
        }
        if (total.early() > 0) {
            text.append(format("%n  %d events came before they were sent: the clocks differ", total.early()));
        }
        return text.append(format("%n")).toString();
    }

    private static String self(Outcome outcome) {
        var self = outcome.self();
        var text = new StringBuilder(format(
                "self     %.0f %% of a CPU in the busiest loop, %.2f CPUs in all, %.2f million receipts per CPU second,"
                        + " timer p99 %s ms late%n",
                self.loopCpu() * 100, self.processCpu(), self.receiptsPerCpuSecond() / 1e6, millis(self.delay(), 99)));
        self.saturation().ifPresent(why -> text.append(format("SATURATED  %s%n", why)));
        outcome.server().ifPresent(server -> text.append(server(outcome, server)));
        return text.toString();
    }

    private static String server(Outcome outcome, Server server) {
        var text = new StringBuilder();
        server.process().ifPresent(process -> {
            text.append(format("server   %.2f CPU seconds", process.cpuSeconds()));
            outcome.cpuSecondsPerMillion()
                    .ifPresent(seconds -> text.append(format(", %.2f per million deliveries", seconds)));
            process.memory()
                    .ifPresent(memory -> text.append(format(
                            "; resident %.1f MB before, %.1f MB with all sessions open, %.1f MB at the end",
                            memory.before() / 1024.0, memory.open() / 1024.0, memory.end() / 1024.0)));
            outcome.bytesPerConnection().ifPresent(bytes -> text.append(format(": %.0f bytes per connection", bytes)));
            text.append(format("%n"));
        });
        server.metrics().ifPresent(metrics -> {
            text.append(format("metrics  %d answers, %d failures%n", metrics.answers(), metrics.failures()));
            metrics.figures().forEach((name, figure) -> text.append(figure(name, figure)));
        });
        return text.toString();
    }

    /// Only of one that has changed, or is not 0.
    private static String figure(String name, Server.Figure figure) {
        if (figure.max() == 0 && figure.to() == 0) {
            return "";
        }
        return name.endsWith("_total")
                ? figure.to() == figure.from() ? "" : format("  %-40s +%.0f%n", name, figure.to() - figure.from())
                : format("  %-40s %.0f, at most %.0f%n", name, figure.to(), figure.max());
    }

    static String ratio(Ratio ratio) {
        var text = new StringBuilder(format("to raw   %.2f of the deliveries per second", ratio.deliveriesPerSecond()));
        ratio.cpuSecondsPerMillion().ifPresent(cpu -> text.append(format(", %.2f times the CPU per million", cpu)));
        text.append(format(", %.2f times the p99, of %s%n", ratio.p99(), ratio.file()));
        if (!ratio.differences().isEmpty()) {
            text.append(format("  which had another shape: %s%n", String.join("; ", ratio.differences())));
        }
        return text.toString();
    }

    /// A line of a run among others.
    static String part(Part part) {
        return format(
                "part     %s: %d sessions, %d deliveries, %.0f per second, p99 %.2f ms, %s%n",
                part.name(),
                part.sessions(),
                part.deliveries(),
                part.perSecond(),
                part.p99Micros() / 1e3,
                part.failures().isEmpty() ? "passed" : "FAILED: " + String.join(", ", part.failures()));
    }

    private static String perSecond(long count, double seconds) {
        return format("%.0f", count / seconds);
    }

    private static String line(String name, String sessions, long count, String perSecond, Histogram latency) {
        return format(
                "%-12s %9s %11d %11s %9s %9s %9s %9s %9s%n",
                name,
                sessions,
                count,
                perSecond,
                millis(latency, 50),
                millis(latency, 90),
                millis(latency, 99),
                millis(latency, 99.9),
                millis(latency, 100));
    }

    private static String millis(Histogram micros, double percentile) {
        return micros.getTotalCount() == 0 ? "-" : format("%.2f", micros.getValueAtPercentile(percentile) / 1e3);
    }

    @FormatMethod
    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
