package dev.fanfare.load.page;

import dev.fanfare.load.chart.Markup;
import dev.fanfare.load.report.Outcome;
import dev.fanfare.load.report.Part;
import dev.fanfare.load.report.Ratio;
import dev.fanfare.load.report.Report;
import dev.fanfare.load.report.Server;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The tables below the charts.
final class Details {
    private Details() {}

    static String of(Report report) {
        var outcome = report.outcome();
        var text = new StringBuilder();
        if (!report.parts().isEmpty()) {
            text.append(parts(report.parts()));
        }
        report.ratio().ifPresent(ratio -> text.append(table("In parts of the bare loop", ratio(ratio))));
        text.append(table("Settings", outcome.settings()));
        if (!outcome.particulars().figures().isEmpty()) {
            text.append(table(
                    "What was done to " + outcome.particulars().who(),
                    outcome.particulars().figures()));
        }
        var server = server(outcome);
        if (!server.isEmpty()) {
            text.append(table("Server", server));
        }
        outcome.server().flatMap(Server::metrics).ifPresent(metrics -> text.append(metrics(metrics)));
        text.append(table("This tool", self(outcome)));
        return text.toString();
    }

    private static Map<String, Object> ratio(Ratio ratio) {
        var values = new LinkedHashMap<String, Object>();
        values.put("deliveries per second", Page.format("%.2f", ratio.deliveriesPerSecond()));
        ratio.cpuSecondsPerMillion()
                .ifPresent(cpu -> values.put("CPU per million deliveries", Page.format("%.2f", cpu)));
        values.put("p99", Page.format("%.2f", ratio.p99()));
        values.put("its result", ratio.file());
        if (!ratio.differences().isEmpty()) {
            values.put("it had another shape", String.join("; ", ratio.differences()));
        }
        return values;
    }

    private static String parts(List<Part> parts) {
        var text = new StringBuilder("""
                <h2>Put together from</h2>
                <div class="scroll"><table><thead><tr><th></th><th>sessions</th><th>deliveries</th><th>per second</th>\
                <th>p99 ms</th><th></th></tr></thead><tbody>
                """);
        for (var part : parts) {
            text.append(Page.format(
                    "<tr><th>%s</th><td>%,d</td><td>%,d</td><td>%,.0f</td><td>%,.2f</td><td class=\"long\">%s</td></tr>%n",
                    Markup.escaped(part.name()),
                    part.sessions(),
                    part.deliveries(),
                    part.perSecond(),
                    part.p99Micros() / 1e3,
                    Markup.escaped(
                            part.failures().isEmpty() ? "✓ passed" : "✗ " + String.join(", ", part.failures()))));
        }
        return text.append("</tbody></table></div>\n").toString();
    }

    private static Map<String, Object> server(Outcome outcome) {
        var values = new LinkedHashMap<String, Object>();
        outcome.server().flatMap(Server::process).ifPresent(process -> {
            values.put("process", process.name());
            values.put("CPU seconds", Page.format("%.2f", process.cpuSeconds()));
            process.memory().ifPresent(memory -> {
                values.put("resident before the first session", megabytes(memory.before()));
                values.put("resident with all sessions open, before the first event", megabytes(memory.open()));
                values.put("resident at the end", megabytes(memory.end()));
            });
        });
        return values;
    }

    private static Map<String, Object> self(Outcome outcome) {
        var self = outcome.self();
        var values = new LinkedHashMap<String, Object>();
        values.put("CPU of the busiest loop", Page.format("%.0f %%", self.loopCpu() * 100));
        values.put("CPUs in all", Page.format("%.2f", self.processCpu()));
        values.put("receipts per CPU second", Page.format("%,.0f", self.receiptsPerCpuSecond()));
        values.put(
                "its own timers were late by (p99)",
                Page.format("%.2f ms", self.delay().getValueAtPercentile(99) / 1e3));
        return values;
    }

    private static String table(String title, Map<String, Object> values) {
        var text = new StringBuilder(
                "<h2>%s</h2>%n<div class=\"scroll\"><table class=\"pairs\"><tbody>%n".formatted(title));
        values.forEach((name, value) -> text.append("<tr><th>%s</th><td class=\"long\">%s</td></tr>%n"
                .formatted(Markup.escaped(name), Markup.escaped(String.valueOf(value)))));
        return text.append("</tbody></table></div>\n").toString();
    }

    private static String metrics(Server.Metrics metrics) {
        var text =
                new StringBuilder("<h2>What the server says</h2>%n<p class=\"when\">%s: %d answers, %d failures</p>%n"
                                .formatted(Markup.escaped(metrics.url()), metrics.answers(), metrics.failures())
                        + "<div class=\"scroll\"><table><thead><tr><th>in the measured time</th><th>from</th><th>to</th>"
                        + "<th>more by</th><th>at most</th></tr></thead><tbody>\n");
        metrics.figures()
                .forEach((name, figure) -> text.append(Page.format(
                        "<tr><th>%s</th><td>%,.0f</td><td>%,.0f</td><td>%,.0f</td><td>%,.0f</td></tr>%n",
                        Markup.escaped(name), figure.from(), figure.to(), figure.to() - figure.from(), figure.max())));
        return text.append("</tbody></table></div>\n").toString();
    }

    private static String megabytes(long kilobytes) {
        return Page.format("%,.1f MB", kilobytes / 1024.0);
    }
}
