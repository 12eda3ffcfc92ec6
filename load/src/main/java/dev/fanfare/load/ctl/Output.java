package dev.fanfare.load.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Shows answers: as they come, or as tables for people.
final class Output {
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private final PrintWriter out;
    private final boolean json;

    /// @param json as they come
    Output(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /// Whether answers are shown as they come.
    boolean isJson() {
        return json;
    }

    void line(String text) {
        out.println(CONTROL.matcher(text).replaceAll(" "));
    }

    /// An answer as it came, on one line.
    void raw(JsonNode answer) {
        out.println(answer);
    }

    /// A table with a row for each; columns are pointers' names, with dots for members of members.
    void table(Iterable<JsonNode> rows, List<String> columns) {
        var cells = new ArrayList<List<String>>();
        cells.add(columns);
        for (var row : rows) {
            cells.add(columns.stream().map(column -> text(row, column)).toList());
        }
        var widths = new int[columns.size()];
        for (var line : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (var line : cells) {
            var text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                text.append(line.get(i))
                        .append(" ".repeat(widths[i] - line.get(i).length() + 2));
            }
            line(text.toString().stripTrailing());
        }
    }

    /// One object, a member a line; those in it are indented.
    void object(JsonNode object) {
        object(object, "");
    }

    private void object(JsonNode object, String indent) {
        object.properties().forEach(member -> {
            var value = member.getValue();
            if (value.isObject()) {
                line(indent + member.getKey());
                object(value, indent + "  ");
            } else if (value.isArray() && !value.isEmpty() && value.get(0).isObject()) {
                line(indent + member.getKey());
                for (var item : value) {
                    line(indent + "  -");
                    object(item, indent + "    ");
                }
            } else {
                line("%s%-16s %s".formatted(indent, member.getKey(), plain(value)));
            }
        });
    }

    private static String text(JsonNode row, String column) {
        return plain(row.at("/" + column.replace('.', '/')));
    }

    private static String plain(JsonNode value) {
        if (value.isArray()) {
            var items = new ArrayList<String>();
            value.forEach(item -> items.add(plain(item)));
            return String.join(", ", items);
        }
        return value.isMissingNode() || value.isNull() ? "-" : value.isTextual() ? value.textValue() : value.toString();
    }
}
