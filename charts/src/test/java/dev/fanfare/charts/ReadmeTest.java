package dev.fanfare.charts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The table of values in the chart's README is made of `values.yaml`: its keys, defaults and comments. With
/// `-Dfanfare.write=true` this writes it.
class ReadmeTest {
    private static final Path README = Chart.FOLDER.resolve("README.md");
    private static final Path VALUES = Chart.FOLDER.resolve("values.yaml");
    private static final Pattern LINE = Pattern.compile("( *)([\\w-]+):.*");
    private static final Pattern COMMENT = Pattern.compile(" *# ?(.*)");
    private static final Pattern TABLE = Pattern.compile("(?s)(?<=<!-- values -->\n).*(?=<!-- end of values -->)");

    @Test
    void hasAllValues() throws Exception {
        var readme = Files.readString(README);
        assertThat(readme).containsPattern(TABLE);
        var table = new StringBuilder("\n| Value | Default | Is |\n|---|---|---|\n");
        rows("", Chart.yaml(VALUES), comments(Files.readAllLines(VALUES)), table);
        var expected = TABLE.matcher(readme)
                .replaceFirst(Matcher.quoteReplacement(table.append("\n").toString()));
        if (Boolean.getBoolean("fanfare.write")) {
            Files.writeString(README, expected);
        }
        assertThat(Files.readString(README)).isEqualTo(expected);
    }

    private static void rows(String path, JsonNode node, Map<String, String> comments, StringBuilder table) {
        node.properties().forEach(entry -> {
            var key = path + entry.getKey();
            var value = entry.getValue();
            // a map that is described as a whole is shown as one
            boolean open = value.isObject()
                    && !value.isEmpty()
                    && value.properties().stream()
                            .anyMatch(each -> comments.containsKey(key + "." + each.getKey())
                                    || (each.getValue().isValueNode() && !comments.containsKey(key)));
            if (open) {
                if (comments.containsKey(key)) {
                    table.append("| **`%s`** | | %s |\n".formatted(key, comments.get(key)));
                }
                rows(key + ".", value, comments, table);
            } else {
                table.append("| `%s` | `%s` | %s |\n".formatted(key, value, comments.getOrDefault(key, "")));
            }
        });
    }

    /// Of each key the comment right above it.
    private static Map<String, String> comments(List<String> lines) {
        var comments = new HashMap<String, String>();
        var path = new ArrayList<String>();
        var comment = new ArrayList<String>();
        for (var line : lines) {
            var text = COMMENT.matcher(line);
            var key = LINE.matcher(line);
            if (text.matches()) {
                comment.add(text.group(1));
                continue;
            }
            if (key.matches()) {
                int depth = key.group(1).length() / 2;
                path.subList(Math.min(depth, path.size()), path.size()).clear();
                path.add(key.group(2));
                if (!comment.isEmpty()) {
                    comments.put(String.join(".", path), String.join(" ", comment));
                }
            }
            comment.clear();
        }
        return comments;
    }
}
