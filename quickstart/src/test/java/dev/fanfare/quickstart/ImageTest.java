package dev.fanfare.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fanfare.quickstart.broker.EmbeddedKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The images without Docker: the files that a Dockerfile puts into one, where nobody may write, and its start command,
/// as a user without rights.
@Timeout(180)
class ImageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String NOBODY = "65534";
    private static final Pattern COPY = Pattern.compile("COPY (?:--chmod=(\\d+) )?(\\S+) (\\S+)");

    @TempDir
    Path dir;

    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void setUp() throws IOException {
        KafkaLog.limit(Level.SEVERE);
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void tearDown() throws Exception {
        for (var process : started) {
            process.destroyForcibly().waitFor();
        }
        run(List.of("chmod", "-R", "u+w", dir.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway", "webhooks"})
    void holdsAllThatTheStartCommandNeeds(String app) throws Exception {
        var command = new ArrayList<>(install(app));
        command.add("--version");
        assertThat(run(command)).startsWith("fanfare " + app + " ");
    }

    @Test
    void servesAsAUserWithoutRightsWhereNobodyMayWrite() throws Exception {
        try (var kafka = EmbeddedKafka.start(dir.resolve("kafka"))) {
            var config = Files.writeString(dir.resolve("gateway.yaml"), """
                    server.port: 0
                    kafka.bootstrap.servers: %s
                    routes: [{topics: orders, channels: 'orders.{key}'}]
                    shutdown.notice: 0s
                    shutdown.drain: 0s
                    """.formatted(kafka.bootstrapServers()));
            var command = new ArrayList<>(install("gateway"));
            command.addAll(List.of("--config", config.toString()));
            var log = dir.resolve("log");
            var gateway = builder(command).redirectOutput(log.toFile()).start();
            started.add(gateway);
            await().atMost(PATIENCE)
                    .failFast("ended", () -> !gateway.isAlive())
                    .until(() -> Files.readString(log).contains("listens on http://"));
            gateway.destroy();
            assertThat(gateway.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(gateway.exitValue()).as(Files.readString(log)).isEqualTo(143);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway", "webhooks"})
    void isLetInByTheIgnoreFile(String app) throws Exception {
        var allowed = Files.readAllLines(Repository.ROOT.resolve(".dockerignore")).stream()
                .filter(line -> line.startsWith("!"))
                .map(line -> line.substring(1))
                .toList();
        assertThat(copies(app))
                .isNotEmpty()
                .allSatisfy(copy -> assertThat(allowed).anyMatch(copy.source()::startsWith));
    }

    private record Copy(int mode, String source, String target) {}

    /// What the image's own stages take from the repository.
    private static List<Copy> copies(String app) throws IOException {
        return instructions(app).stream()
                .map(COPY::matcher)
                .filter(copy -> copy.matches() && !copy.group(2).equals("images/train"))
                .map(copy -> new Copy(
                        copy.group(1) == null ? 0 : Integer.parseInt(copy.group(1), 8), copy.group(2), copy.group(3)))
                .toList();
    }

    private static List<String> instructions(String app) throws IOException {
        return Files.readAllLines(Repository.ROOT.resolve("images/%s.Dockerfile".formatted(app)));
    }

    /// Makes the image's tree.
    ///
    /// @return its start command
    private List<String> install(String app) throws Exception {
        var instructions = instructions(app);
        assertThat(instructions).as("not root").anyMatch(line -> line.matches("USER [1-9]\\d*:[1-9]\\d*"));
        var work = value(instructions, "WORKDIR ");
        var root = dir.resolve("root");
        for (var copy : copies(app)) {
            copy(copy, root.resolve("." + work).normalize());
        }
        run(List.of("chmod", "-R", "a-w", root.toString()));
        return new ObjectMapper()
                .readerForListOf(String.class).<List<String>>readValue(value(instructions, "ENTRYPOINT ")).stream()
                        .map(each -> each.startsWith(work) ? root + each : each)
                        .toList();
    }

    private static void copy(Copy copy, Path work) throws IOException {
        int slash = copy.source().lastIndexOf('/');
        var folder = Repository.ROOT.resolve(copy.source().substring(0, slash + 1));
        var name = FileSystems.getDefault()
                .getPathMatcher("glob:" + copy.source().substring(slash + 1).replace("[^", "[!"));
        var target = work.resolve(copy.target()).normalize();
        Files.createDirectories(target);
        try (var files = Files.list(folder)) {
            var found = files.filter(file -> name.matches(file.getFileName())).toList();
            assertThat(found).as(copy.source()).isNotEmpty();
            for (var file : found) {
                var copied = Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                if (copy.mode() == 0755) {
                    Files.setPosixFilePermissions(copied, PosixFilePermissions.fromString("rwxr-xr-x"));
                }
            }
        }
    }

    private static String value(List<String> instructions, String name) {
        return instructions.stream()
                .filter(line -> line.startsWith(name))
                .reduce((first, last) -> last)
                .orElseThrow(() -> new AssertionError("no " + name))
                .substring(name.length());
    }

    /// As nobody, where these tests run as root.
    private static ProcessBuilder builder(List<String> command) {
        var whole = new ArrayList<String>();
        if (System.getProperty("user.name").equals("root")
                && !command.getFirst().equals("chmod")) {
            whole.addAll(Arrays.asList("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"));
        }
        whole.addAll(command);
        var builder = new ProcessBuilder(whole).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder;
    }

    private static String run(List<String> command) {
        try {
            var process = builder(command).start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
