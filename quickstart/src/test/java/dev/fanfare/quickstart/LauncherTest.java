package dev.fanfare.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class LauncherTest {
    private record Outcome(int status, String output) {}

    @TempDir
    Path dir;

    @Test
    void tellsItsVersionFromAnyFolderAndThroughALink() throws Exception {
        Files.createSymbolicLink(dir.resolve("link"), Repository.ROOT.resolve("fanfare"));
        var second = Files.createSymbolicLink(dir.resolve("second"), Path.of("link"));
        var version = "fanfare " + Objects.requireNonNull(System.getProperty("fanfare.version")) + "\n";
        assertThat(run(Map.of(), second.toString(), "--version")).isEqualTo(new Outcome(0, version));
        assertThat(run(Map.of(), second.toString(), "version")).isEqualTo(new Outcome(0, version));
    }

    @ParameterizedTest
    @CsvSource({
        "upp, up",
        "tset, test",
        "gatway, gateway",
        "webhook, webhooks",
        "laod, load",
        "bnech, bench",
        "jhm, jmh",
        "verison, version",
        "--hepl, help"
    })
    void namesTheNearestOfAnUnknownCommand(String given, String nearest) throws Exception {
        assertThat(fanfare(Map.of(), given))
                .isEqualTo(new Outcome(
                        2,
                        "fanfare: unknown command '%s': did you mean '%s'? All commands: fanfare help\n"
                                .formatted(given, nearest)));
    }

    @Test
    void itsHelpNamesEveryCommand() throws Exception {
        var help = fanfare(Map.of(), "help");
        assertThat(help.status()).isZero();
        assertThat(help.output())
                .contains(
                        "  up ",
                        "  test ",
                        "  gateway ",
                        "  webhooks ",
                        "  load ",
                        "  bench ",
                        "  jmh ",
                        "  version ",
                        "  help ",
                        "--no-demo");
        assertThat(fanfare(Map.of())).isEqualTo(help);
    }

    @Test
    void saysWhatToInstallWhereThereIsNoJdk25() throws Exception {
        var old = jdk("jdk-21", "21.0.9");
        var none = fanfare(Map.of("JAVA_HOME", old.toString(), "FANFARE_JDK_FOLDERS", dir.toString()), "up");
        assertThat(none.status()).isEqualTo(1);
        assertThat(none.output())
                .startsWith("fanfare: no JDK 25 found")
                .contains("sudo apt-get install", "brew install openjdk@25", "sdk install java 25-tem");
    }

    @Test
    void findsAJdk25InJavaHomeAndInTheUsualFolders() throws Exception {
        var jdk = jdk("somewhere/jdk-25", "25.0.1");
        var elsewhere = Map.of("FANFARE_JDK_FOLDERS", dir.resolve("somewhere").toString());
        assertThat(fanfare(Map.of("JAVA_HOME", jdk.toString(), "FANFARE_JDK_FOLDERS", "/none"), "test", "--seed", "1"))
                .isEqualTo(fanfare(elsewhere, "test", "--seed", "1"))
                .extracting(Outcome::output)
                .asString()
                .startsWith("fanfare: Maven is needed to build");
    }

    @ParameterizedTest
    @CsvSource({"--seed x, --seed takes a number", "--lnog 1, unknown option '--lnog'"})
    void testRefusesWhatItDoesNotKnow(String options, String message) throws Exception {
        var command = new ArrayList<>(List.of("test"));
        command.addAll(List.of(options.split(" ", -1)));
        var refused = fanfare(Map.of(), command.toArray(String[]::new));
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.output()).startsWith("fanfare: " + message);
    }

    @Test
    void jmhCompilesTheBenchmarksAndHandsItsOptionsOn() throws Exception {
        var jdk = jdk("jdk-25", "25.0.1");
        Files.writeString(jdk.resolve("bin/java"), "#!/usr/bin/env bash\nprintf '%s\\n' \"$@\"\n");
        var maven = Files.createDirectories(dir.resolve("tools")).resolve("mvn");
        // as quick as one that finds everything compiled
        Files.writeString(maven, "#!/usr/bin/env bash\necho libraries.jar > gateway/target/jmh.classpath\n");
        Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));

        var run = fanfare(Map.of("JAVA_HOME", jdk.toString()), "jmh", "Cursor", "-prof", "gc", "-p", "a=b c");
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output().lines().toList())
                .startsWith(
                        "fanfare: compiling the benchmarks; all of the output: " + Repository.ROOT + "/target/jmh.log")
                .contains(Repository.ROOT + "/gateway/target/classes:" + Repository.ROOT
                        + "/gateway/target/test-classes:libraries.jar")
                .endsWith("org.openjdk.jmh.Main", "Cursor", "-prof", "gc", "-p", "a=b c");
    }

    @Test
    void jmhSaysWhereToLookIfItCannotCompile() throws Exception {
        var maven = Files.createDirectories(dir.resolve("tools")).resolve("mvn");
        Files.writeString(maven, "#!/usr/bin/env bash\nexit 1\n");
        Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));
        var failed = fanfare(Map.of("JAVA_HOME", jdk("jdk-25", "25.0.1").toString()), "jmh");
        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.output()).endsWith("fanfare: the build failed: see " + Repository.ROOT + "/target/jmh.log\n");
    }

    private Path jdk(String name, String version) throws Exception {
        var bin = Files.createDirectories(dir.resolve(name).resolve("bin"));
        var executable = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createFile(bin.resolve("java"), executable);
        Files.createFile(bin.resolve("javac"), executable);
        Files.writeString(dir.resolve(name).resolve("release"), "JAVA_VERSION=\"%s\"\n".formatted(version));
        return dir.resolve(name);
    }

    private Outcome fanfare(Map<String, String> environment, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(Repository.ROOT.resolve("fanfare").toString()));
        command.addAll(List.of(arguments));
        return run(environment, command.toArray(String[]::new));
    }

    /// With the tools of a bare system in PATH: no JDK and no Maven.
    private Outcome run(Map<String, String> environment, String... command) throws Exception {
        var tools = Files.createDirectories(dir.resolve("tools"));
        for (var tool : List.of(
                "bash", "cat", "dirname", "env", "find", "grep", "head", "id", "mkdir", "readlink", "sed", "uname")) {
            if (!Files.exists(tools.resolve(tool), LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(tools.resolve(tool), where(tool));
            }
        }
        var builder = new ProcessBuilder(command).redirectErrorStream(true).directory(dir.toFile());
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", tools.toString(), "HOME", dir.toString()));
        builder.environment().putAll(environment);
        var process = builder.start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), output);
    }

    private static Path where(String tool) {
        return List.of(Path.of("/usr/bin", tool), Path.of("/bin", tool)).stream()
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
    }
}
