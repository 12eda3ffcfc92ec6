package dev.fanfare.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Prometheus's own checker. Where it is missing, tests are skipped, but not under CI.
final class Promtool {
    private Promtool() {}

    static void run(Path folder, String... arguments) throws Exception {
        var found = Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(path -> Path.of(path, "promtool"))
                .filter(Files::isExecutable)
                .findFirst();
        if (!"true".equals(System.getenv("CI"))) {
            assumeThat(found).as("promtool, of Debian's package prometheus").isPresent();
        }
        var command = new ArrayList<>(List.of(found.orElseThrow().toString()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
