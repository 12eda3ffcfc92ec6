package dev.fanfare.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The apps as they are delivered: one archive each, and nothing of the broker in it.
class ArchiveTest {
    private static final String VERSION = Objects.requireNonNull(System.getProperty("fanfare.version"));

    enum App {
        GATEWAY("gateway/target", "gateway", "fanfare-gateway.jar"),
        WEBHOOKS("webhook-dispatcher/target", "webhooks", "fanfare-webhook-dispatcher.jar");

        private final Path target;
        private final String name;
        private final String jar;

        App(String target, String name, String jar) {
            this.target = Repository.ROOT.resolve(target);
            this.name = name;
            this.jar = jar;
        }

        /// The archive's folder.
        String folder() {
            return "fanfare-" + name + "-" + VERSION;
        }

        /// What the archive holds, or what else `tar` says of it.
        List<String> tar(String... options) throws Exception {
            var archive = target.resolve(folder() + ".tar.gz");
            assumeThat(archive).as("packaged by mvn verify").exists();
            var command = Stream.concat(Stream.of("tar", "-f", archive.toString()), Stream.of(options));
            return output(command.toList());
        }
    }

    @TempDir
    Path dir;

    @ParameterizedTest
    @EnumSource
    void holdsAllThatTheAppNeeds(App app) throws Exception {
        assertThat(app.tar("-tz"))
                .contains(
                        app.folder() + "/" + app.jar,
                        app.folder() + "/LICENSE",
                        app.folder() + "/" + app.name + ".yaml",
                        app.folder() + "/bin/fanfare-" + app.name);
        try (var jar = new JarFile(app.target.resolve(app.jar).toFile())) {
            var needed =
                    jar.getManifest().getMainAttributes().getValue("Class-Path").split(" ", -1);
            assertThat(app.tar("-tz"))
                    .contains(List.of(needed).stream()
                            .map(entry -> app.folder() + "/" + entry)
                            .toArray(String[]::new));
        }
    }

    @ParameterizedTest
    @EnumSource
    void runs(App app) throws Exception {
        app.tar("-xzC" + dir);
        var command = dir.resolve(app.folder()).resolve("bin/fanfare-" + app.name);
        assertThat(Files.isExecutable(command)).isTrue();
        assertThat(output(List.of(command.toString(), "--version")))
                .containsExactly("fanfare %s %s".formatted(app.name, VERSION));
    }

    @ParameterizedTest
    @EnumSource
    void holdsNoBroker(App app) throws Exception {
        assertThat(app.tar("-tz"))
                .anyMatch(entry -> entry.contains("/kafka-clients-"))
                .noneMatch(entry -> entry.contains("kafka_2.13") || entry.contains("scala-library"))
                .noneMatch(entry -> entry.contains("quickstart") || entry.contains("junit"));
    }

    private static List<String> output(List<String> command) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        var process = builder.start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }
}
