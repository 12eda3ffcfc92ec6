package dev.fanfare.load.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Where and with what the figures were measured.
///
/// @param facts by name, in the order of the report
record Machine(Map<String, String> facts) {
    /// @param home the repository
    static Machine here(Path home, List<Contender> contenders, Options options) {
        var facts = new LinkedHashMap<String, String>();
        facts.put("date", LocalDate.now(ZoneOffset.UTC).toString());
        facts.put("commit", commit(home));
        facts.put("machine", "%d CPUs (%s), %s".formatted(Runtime.getRuntime().availableProcessors(), cpu(), memory()));
        facts.put(
                "kernel",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        facts.put("JDK", System.getProperty("java.vendor.version") + " " + System.getProperty("java.runtime.version"));
        facts.put(
                "measured",
                "scale %s, %d windows of %s s each, the servers in turn; the median"
                        .formatted(
                                Figure.text(options.scale()),
                                options.windows(),
                                Figure.text(options.window().toMillis() / 1e3)));
        contenders.forEach(contender -> facts.put(contender.name(), contender.description()));
        return new Machine(facts);
    }

    private static String commit(Path home) {
        var commit = said(List.of("git", "-C", home.toString(), "rev-parse", "--short=10", "HEAD"));
        if (commit.isEmpty()) {
            return "unknown";
        }
        boolean changed = !said(List.of("git", "-C", home.toString(), "status", "--porcelain", "-uno"))
                .isEmpty();
        return commit + (changed ? " with local changes" : "");
    }

    private static String cpu() {
        return fact("/proc/cpuinfo", "model name");
    }

    private static String memory() {
        var kib = fact("/proc/meminfo", "MemTotal").replaceAll("\\D", "");
        return kib.isEmpty() ? "memory unknown" : "%.0f GiB".formatted(Long.parseLong(kib) / 1024.0 / 1024.0);
    }

    private static String fact(String file, String name) {
        try (var lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException elsewhere) {
            return "unknown";
        }
    }

    /// What a command prints on either stream, its first line; empty: there is no such command, or it failed.
    static String said(List<String> command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? text.lines().findFirst().orElse("") : "";
        } catch (IOException none) {
            return "";
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
