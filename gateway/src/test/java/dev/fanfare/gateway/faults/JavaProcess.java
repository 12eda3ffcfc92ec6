package dev.fanfare.gateway.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/// A main class on this JVM's class path, as a process of its own. What it says goes to a file.
final class JavaProcess implements AutoCloseable {
    private final Process process;
    private final Path output;

    private JavaProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /// @param prefix a command that runs what follows it, or nothing
    static JavaProcess start(
            Path output, List<String> prefix, Map<String, String> environment, Class<?> main, String... arguments)
            throws IOException {
        var command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseCompactObjectHeaders",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        var process = builder.start();
        process.getOutputStream().close();
        return new JavaProcess(process, output);
    }

    /// Waits until it has said something that matches, and returns the pattern's first group.
    String await(String pattern) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> {
                            var match = Pattern.compile(pattern).matcher(said());
                            if (match.find()) {
                                return match.group(1);
                            }
                            if (!process.isAlive()) {
                                throw new AssertionError("it has ended, and said:\n" + said());
                            }
                            return "";
                        },
                        found -> !found.isEmpty());
    }

    String said() {
        try {
            return Files.readString(output);
        } catch (IOException unreadable) {
            return String.valueOf(unreadable.getMessage());
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// Ends it by SIGKILL, so that it can do nothing about it, and waits until it is gone.
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
