package dev.fanfare.load.bench;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The table for a page of the documentation, and its lines as they come.
final class MarkdownTable {
    private static final String OURS = "gateway";

    private MarkdownTable() {}

    static String of(List<Line> lines, Machine machine) {
        Set<String> servers = new LinkedHashSet<>();
        lines.forEach(line -> servers.addAll(line.cells().keySet()));
        var text = new StringBuilder("| | ");
        servers.forEach(server -> text.append("| ").append(server).append(' '));
        text.append("|\n|---|---");
        servers.forEach(_ -> text.append("|--:"));
        text.append("|\n");
        for (var line : lines) {
            text.append("| ")
                    .append(line.title())
                    .append(" | ")
                    .append(line.unit())
                    .append(' ');
            servers.forEach(
                    server -> text.append("| ").append(cell(line, server)).append(' '));
            text.append("|\n");
        }
        text.append("\nIn brackets: the gateway's figure as a multiple of this one.\n\n");
        machine.facts()
                .forEach((name, value) -> text.append("- ")
                        .append(name)
                        .append(": ")
                        .append(value)
                        .append('\n'));
        return text.toString();
    }

    /// One line for people who wait for it.
    static String line(Line line) {
        var text = new StringBuilder("%s  %s, %s:".formatted(line.row(), line.title(), line.unit()));
        line.cells()
                .forEach((server, _) ->
                        text.append("  ").append(server).append(' ').append(cell(line, server)));
        return text.toString();
    }

    private static String cell(Line line, String server) {
        var cell = line.cells().get(server);
        if (cell == null) {
            return "–";
        }
        var median = cell.median();
        if (median.isEmpty()) {
            return cell.why();
        }
        return Figure.text(median.getAsDouble()) + ratio(line, server, median.getAsDouble());
    }

    private static String ratio(Line line, String server, double value) {
        var ours = line.cells().getOrDefault(OURS, Cell.none("")).median();
        return server.equals(OURS) || ours.isEmpty() || value <= 0
                ? ""
                : " (%s×)".formatted(Figure.text(ours.getAsDouble() / value));
    }
}
