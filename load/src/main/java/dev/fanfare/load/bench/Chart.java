package dev.fanfare.load.bench;

import com.google.errorprone.annotations.FormatMethod;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/// The table as bars: one group a line, each bar as long as its figure is of the group's largest. An SVG that needs
/// nothing else, light or dark as its reader has it.
final class Chart {
    private static final int WIDTH = 860;
    private static final int LEFT = 90;
    private static final int RIGHT = 90;
    private static final int BAR = 16;
    private static final int TITLE = 24;
    private static final int GAP = 16;
    private static final int TOP = 16;
    private static final int COLOURS = 6;

    private final StringBuilder text = new StringBuilder();
    private final List<String> servers;
    private int y = TOP;

    private Chart(List<Line> lines) {
        var names = new LinkedHashSet<String>();
        lines.forEach(line -> names.addAll(line.cells().keySet()));
        servers = new ArrayList<>(names);
    }

    static String of(List<Line> lines) {
        var chart = new Chart(lines);
        lines.forEach(chart::group);
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="Push gateways compared">
                <style>
                  svg { font: 12px system-ui, sans-serif; background: #fff; }
                  text { fill: #1f2328; }
                  .title { font-weight: 600; }
                  .c0 { fill: #c2410c; } .c1 { fill: #8b949e; } .c2 { fill: #2563eb; }
                  .c3 { fill: #60a5fa; } .c4 { fill: #7c3aed; } .c5 { fill: #059669; }
                  @media (prefers-color-scheme: dark) {
                    svg { background: #0d1117; }
                    text { fill: #e6edf3; }
                    .c0 { fill: #fb923c; }
                  }
                </style>
                %s</svg>
                """.formatted(WIDTH, chart.y, chart.text);
    }

    private void group(Line line) {
        double largest = line.cells().values().stream()
                .mapToDouble(cell -> cell.median().orElse(0))
                .max()
                .orElse(0);
        add(
                "<text class=\"title\" x=\"0\" y=\"%d\">%s, %s (%s is better)</text>%n",
                y + BAR - 4, escaped(line.title()), escaped(line.unit()), line.moreIsBetter() ? "more" : "less");
        y += TITLE;
        for (var entry : line.cells().entrySet()) {
            bar(entry.getKey(), entry.getValue(), largest);
        }
        y += GAP;
    }

    private void bar(String server, Cell cell, double largest) {
        var median = cell.median();
        add("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n", LEFT - 8, y + BAR - 4, escaped(server));
        double width = median.isPresent() && largest > 0
                ? Math.max(1, median.getAsDouble() / largest * (WIDTH - LEFT - RIGHT))
                : 0;
        if (width > 0) {
            add(
                    "<rect class=\"c%d\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>%n",
                    servers.indexOf(server) % COLOURS, LEFT, y, width, BAR - 3);
        }
        var value = median.isPresent() ? Figure.text(median.getAsDouble()) : cell.why();
        add("<text x=\"%.1f\" y=\"%d\">%s</text>%n", LEFT + width + 6, y + BAR - 4, escaped(value));
        y += BAR;
    }

    @FormatMethod
    private void add(String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments));
    }

    private static String escaped(String plain) {
        return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
