package dev.fanfare.load.page;

import com.google.errorprone.annotations.FormatMethod;
import dev.fanfare.load.chart.Markup;
import dev.fanfare.load.report.Outcome;
import dev.fanfare.load.report.Report;
import dev.fanfare.load.report.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.HdrHistogram.Histogram;

/// The outcome for people who were not there: settings, verdict, table and charts. It asks for nothing else, has no
/// scripts, and follows the reader's choice of light or dark.
public final class Page {
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT);

    private Page() {}

    public static String of(Report report) {
        var outcome = report.outcome();
        var title = "Load: " + outcome.scenario();
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <title>%s</title>
                <style>
                %s</style>
                </head>
                <body>
                <main>
                <h1>%s</h1>
                <p class="when">%s</p>
                %s%s<h2>Deliveries</h2>
                %s<h2>Charts</h2>
                <p class="when">Shaded is the measured time, which begins at 0 s.</p>
                <div class="charts">
                %s</div>
                %s</main>
                </body>
                </html>
                """.formatted(
                        Markup.escaped(title),
                        style(),
                        Markup.escaped(title),
                        when(outcome),
                        verdict(report),
                        tiles(outcome),
                        table(outcome),
                        Charts.of(outcome),
                        Details.of(report));
    }

    private static String when(Outcome outcome) {
        var from = Instant.ofEpochMilli(outcome.timeLine().fromMicros() / 1000).atOffset(ZoneOffset.UTC);
        return format("%,.0f s measured from %s", outcome.seconds(), MINUTE.format(from));
    }

    private static String verdict(Report report) {
        var outcome = report.outcome();
        var failures = new ArrayList<>(report.failures());
        outcome.reasons().forEach((reason, count) -> failures.add(count + " lost: " + reason));
        outcome.published().firstFailure().ifPresent(failure -> failures.add("publishing: " + failure));
        var text = new StringBuilder(
                report.failures().isEmpty()
                        ? "<div class=\"verdict\"><strong>✓ Passed</strong>: "
                                + Markup.escaped(outcome.particulars().passed())
                        : "<div class=\"verdict failed\"><strong>✗ Failed</strong>");
        if (!failures.isEmpty()) {
            text.append("<ul>");
            failures.forEach(failure ->
                    text.append("<li>").append(Markup.escaped(failure)).append("</li>"));
            text.append("</ul>");
        }
        text.append("</div>\n");
        outcome.self()
                .saturation()
                .ifPresent(why -> text.append(format(
                        "<div class=\"verdict saturated\"><strong>! Saturated</strong>: the times are rather those of the tool"
                                + " or the machine than the server's; %s</div>%n",
                        Markup.escaped(why))));
        return text.toString();
    }

    private static String tiles(Outcome outcome) {
        var total = outcome.total();
        var text = new StringBuilder("<div class=\"tiles\">");
        tile(text, outcome.particulars().titled(), format("%,d", total.sessions()));
        tile(text, "Deliveries", format("%,d", total.receipts()));
        tile(text, "Deliveries per second", format("%,.0f", outcome.deliveriesPerSecond()));
        tile(text, "Latency p50", brief(total.latency(), 50));
        tile(text, "Latency p99", brief(total.latency(), 99));
        tile(text, "Latency max", brief(total.latency(), 100));
        outcome.cpuSecondsPerMillion()
                .ifPresent(seconds -> tile(text, "Server, CPU s per million", format("%.2f", seconds)));
        outcome.bytesPerConnection()
                .ifPresent(bytes -> tile(text, "Server, bytes per connection", format("%,.0f", bytes)));
        return text.append("</div>\n").toString();
    }

    private static void tile(StringBuilder text, String name, String value) {
        text.append(format("<div><span>%s</span><b>%s</b></div>", name, value));
    }

    private static String table(Outcome outcome) {
        var text = new StringBuilder(format("""
                <div class="scroll"><table><thead><tr><th></th><th>%s</th><th>deliveries</th><th>per second</th>\
                <th>p50 ms</th><th>p90 ms</th><th>p99 ms</th><th>p99.9 ms</th><th>max ms</th><th>wrong</th></tr></thead><tbody>
                """, outcome.particulars().who()));
        var rows = new ArrayList<>(outcome.rows());
        if (rows.size() > 1) {
            rows.add(outcome.total());
        }
        for (var row : rows) {
            text.append(line(
                    row.transport(),
                    format("%,d", row.sessions()),
                    row.receipts(),
                    perSecond(row.receipts(), outcome.deliverySeconds()),
                    row.latency(),
                    wrong(row)));
        }
        outcome.particulars()
                .latencies()
                .forEach((name, micros) -> text.append(line(name, "-", micros.getTotalCount(), "-", micros, "-")));
        var published = outcome.published();
        if (published.acknowledged() > 0) {
            text.append(line(
                    "publish",
                    "-",
                    published.acknowledged(),
                    perSecond(published.acknowledged(), published.seconds()),
                    published.latency(),
                    format("%,d", published.failed())));
        }
        return text.append("</tbody></table></div>\n").toString();
    }

    private static String wrong(Row row) {
        return format("%,d", row.wrong());
    }

    private static String perSecond(long count, double seconds) {
        return format("%,.0f", count / seconds);
    }

    private static String line(
            String name, String sessions, long count, String perSecond, Histogram latency, String wrong) {
        var text = new StringBuilder(format(
                "<tr><th>%s</th><td>%s</td><td>%,d</td><td>%s</td>", Markup.escaped(name), sessions, count, perSecond));
        for (double percentile : List.of(50.0, 90.0, 99.0, 99.9, 100.0)) {
            text.append("<td>").append(millis(latency, percentile)).append("</td>");
        }
        return text.append("<td>").append(wrong).append("</td></tr>\n").toString();
    }

    private static String millis(Histogram micros, double percentile) {
        return micros.getTotalCount() == 0 ? "-" : format("%,.2f", micros.getValueAtPercentile(percentile) / 1e3);
    }

    private static String brief(Histogram micros, double percentile) {
        double millis = micros.getValueAtPercentile(percentile) / 1e3;
        return micros.getTotalCount() == 0 ? "-" : format(millis < 100 ? "%.2f ms" : "%,.0f ms", millis);
    }

    private static String style() {
        try (var css = Objects.requireNonNull(Page.class.getResourceAsStream("page.css"))) {
            return new String(css.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @FormatMethod
    static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
