package dev.fanfare.webhook.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// That the tests which the table of threats rests on are there.
class SecurityDocTest {
    private static final Path ROOT = Path.of("..");
    private static final Map<String, String> FOLDERS = Map.of(
            "gateway", "gateway/src/test/java/dev/fanfare/gateway",
            "webhook", "webhook-dispatcher/src/test/java/dev/fanfare/webhook",
            "service", "service/src/test/java/dev/fanfare/service");
    private static final Pattern NAME = Pattern.compile("(gateway|webhook|service) `|`([a-z0-9.]+\\.[A-Z]\\w+Test)`");

    @Test
    void namesTestsThatAreThere() throws IOException {
        var page = Files.readString(ROOT.resolve("docs/security.md"));
        var rows = page.substring(page.indexOf("## Threats"), page.indexOf("## What is in it"))
                .lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| Who, "))
                .toList();
        assertThat(rows).hasSizeGreaterThan(20);
        for (var row : rows) {
            var cell = row.split("\\|", -1)[4].strip();
            assertThat(cell).as(row).matches("(gateway|webhook|service) `.*`|(no test: |not tested).*");
            if (!cell.startsWith("no")) {
                assertThat(files(cell)).as(row).isNotEmpty().allMatch(Files::exists);
            }
        }
    }

    private static Iterable<Path> files(String cell) {
        var files = new ArrayList<Path>();
        var folder = "";
        var parts = NAME.matcher(cell);
        int at = 0;
        while (parts.find(at)) {
            if (parts.group(1) == null) {
                files.add(ROOT.resolve(folder).resolve(parts.group(2).replace('.', '/') + ".java"));
                at = parts.end();
            } else {
                folder = FOLDERS.getOrDefault(parts.group(1), "");
                at = parts.end() - 1;
            }
        }
        return files;
    }
}
