package dev.fanfare.load.report;

import com.google.errorprone.annotations.FormatMethod;
import java.util.ArrayList;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/// The outcome for people.
public final class Table {

    private Table() {}

    public static String of(Outcome outcome) {
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
                    outcome.deliverySeconds(),
                    row.latency()));
        }
        outcome.particulars()
                .latencies()
                .forEach((name, micros) ->
                        text.append(line(name, "-", micros.getTotalCount(), outcome.deliverySeconds(), micros)));
        var published = outcome.published();
        if (published.acknowledged() > 0) {
            text.append(line("publish", "-", published.acknowledged(), published.seconds(), published.latency()));
        }
        if (!outcome.particulars().figures().isEmpty()) {
            text.append(format(
                    "%-8s %s%n", outcome.scenario(), outcome.particulars().figures()));
        }
        text.append(checks(outcome));
        text.append(self(outcome));
        return text.toString();
    }

    private static String checks(Outcome outcome) {
        var text = new StringBuilder();
        var failures = outcome.failures();
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
        outcome.server().ifPresent(server -> {
            double millions = outcome.total().receipts() / 1e6;
            text.append(format(
                    "server   %.2f CPU seconds, %.2f per million deliveries%n",
                    server.cpuSeconds(), server.cpuSeconds() / Math.max(millions, 1e-6)));
        });
        return text.toString();
    }

    private static String line(String name, String sessions, long count, double seconds, Histogram latency) {
        return format(
                "%-12s %9s %11d %11.0f %9s %9s %9s %9s %9s%n",
                name,
                sessions,
                count,
                count / seconds,
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
