package dev.fanfare.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `fanfare bench` with the packaged jars, at a size that says nothing about speed.
@Timeout(180)
class BenchTest {
    /// A figure, or what a machine that has too much to do makes of it.
    private static final Pattern CELL = Pattern.compile("[\\d,.]+( \\([\\d,.]+×\\))?|less than [\\d,]+|not kept up");

    private record Outcome(int status, List<String> lines, Set<ProcessHandle> children) {}

    @TempDir
    Path dir;

    @Test
    void measuresTheGatewayBesideTheBareLoop() throws Exception {
        var outcome = bench(
                Map.of(),
                "--rows=keepup-sse,cost-ws,idle-sse",
                "--servers=gateway,raw",
                "--scale=0.02",
                "--windows=1",
                "--window=0.5",
                "--settle=0.6",
                "--steps=1");

        assertThat(outcome.status()).as(String.join("\n", outcome.lines())).isZero();
        var known = outcome.lines().stream()
                .filter(line -> line.contains(":  gateway "))
                .toList();
        assertThat(known).hasSize(5);
        assertThat(known.getFirst()).startsWith("keepup-sse  ");
        var table = Files.readAllLines(dir.resolve("out/table.md"));
        assertThat(outcome.lines()).containsAll(table);
        assertThat(table).startsWith("| | | gateway | raw |", "|---|---|--:|--:|");
        assertThat(table.subList(2, 6)).allSatisfy(line -> {
            var cells = line.split("\\|", -1);
            assertThat(cells).hasSize(6);
            assertThat(cells[3].strip()).matches(CELL);
            assertThat(cells[4].strip()).matches(CELL);
        });
        assertThat(table.get(6))
                .matches("\\| memory per idle session, sse \\| KiB per session \\| -?[\\d,.]+ \\| – \\|");
        assertThat(String.join("\n", table)).contains("- commit: ", "- JDK: ", "- kernel: ");
        var json = new ObjectMapper().readTree(dir.resolve("out/bench.json").toFile());
        assertThat(json.get("lines").size()).isEqualTo(5);
        assertThat(json.at("/lines/4/servers/gateway/windows").size()).isEqualTo(1);
        assertThat(dir.resolve("out/bench.svg")).exists();
        assertThat(dir.resolve("tmp")).isEmptyDirectory();
        assertThat(outcome.children()).isNotEmpty().noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void skipsWhatIsNotInstalledAndSaysHowToInstallIt() throws Exception {
        var outcome = bench(Map.of("PATH", dir.toString()), "--servers=nchan,pushpin");
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.lines())
                .containsExactly(
                        "skipping nchan: on Debian, apt-get install nginx-core libnginx-mod-nchan",
                        "skipping pushpin: on Debian, apt-get install pushpin",
                        "fanfare bench: none of these servers is there: nchan, pushpin");
    }

    private Outcome bench(Map<String, String> environment, String... options) throws Exception {
        var load = Repository.ROOT.resolve("load/target/fanfare-load.jar");
        var broker = Repository.ROOT.resolve("quickstart/broker/target/fanfare-quickstart-broker.jar");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-Djava.io.tmpdir=" + Files.createDirectories(dir.resolve("tmp")),
                "-Dfanfare.home=" + Repository.ROOT,
                "-Dfanfare.gateway.jar=" + Apps.packaged().gateway(),
                "-Dfanfare.broker.jar=" + broker,
                "-cp",
                load.toString(),
                "dev.fanfare.load.bench.Bench",
                "--out=" + dir.resolve("out")));
        command.addAll(List.of(options));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        var process = builder.start();
        var lines = new ArrayList<String>();
        var children = new HashSet<ProcessHandle>();
        try (var output = process.inputReader(StandardCharsets.UTF_8)) {
            for (var line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
                process.descendants().forEach(children::add);
            }
        } finally {
            process.destroy();
        }
        return new Outcome(process.waitFor(), lines, children);
    }
}
