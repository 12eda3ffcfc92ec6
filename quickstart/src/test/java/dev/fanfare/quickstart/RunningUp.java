package dev.fanfare.quickstart;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// `fanfare up` as a process, seen through what it prints.
final class RunningUp implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Thread reader;

    private RunningUp(Process process) {
        this.process = process;
        this.reader = Thread.ofPlatform().name("up-output").start(this::read);
    }

    static RunningUp start(Path state, Apps apps, String... options) throws IOException {
        var command = new ArrayList<String>();
        // a process group of its own with SIGINT as it is in a terminal, so that Ctrl-C can be sent to all of it
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.addAll(List.of("/usr/bin/setsid", "env", "--default-signal=INT"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-Dfanfare.state=" + state,
                "-Dfanfare.gateway.jar=" + apps.gateway(),
                "-Dfanfare.webhooks.jar=" + apps.webhooks(),
                "-Dfanfare.apps.flags=-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Up.class.getName()));
        command.addAll(List.of(options));
        return new RunningUp(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    static int freePort() throws IOException {
        try (var probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    private void read() {
        try (var output = process.inputReader()) {
            output.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException closed) {
            lines.add("(output lost: " + closed.getMessage() + ")");
        }
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    long pid() {
        return process.pid();
    }

    /// Stops it if it does not come up.
    RunningUp awaitReady() {
        try {
            await().atMost(PATIENCE)
                    .failFast("up ended", () -> !process.isAlive())
                    .until(() -> said("Fanfare is up after"));
        } catch (RuntimeException failure) {
            close();
            throw new AssertionError("up is not ready: " + lines, failure);
        }
        return this;
    }

    boolean said(String text) {
        return lines.stream().anyMatch(line -> line.contains(text));
    }

    /// The pids that a child has had, the present one last.
    List<Long> pids(String child) {
        var runs = Pattern.compile(child + " runs, pid (\\d+)");
        return lines.stream()
                .map(runs::matcher)
                .filter(matcher -> matcher.matches())
                .map(matcher -> Long.valueOf(matcher.group(1)))
                .toList();
    }

    long pid(String child) {
        return pids(child).getLast();
    }

    static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /// What a terminal does at Ctrl-C: SIGINT to the whole group.
    void ctrlC() throws Exception {
        new ProcessBuilder("/bin/kill", "-INT", "--", "-" + pid()).start().waitFor();
    }

    void terminate() {
        process.destroy();
    }

    /// Whether SIGINT, which Ctrl-C sends to children too, is ignored; where it cannot be told, it is taken to be.
    static boolean ignoresCtrlC(long pid) throws IOException {
        var status = Path.of("/proc", Long.toString(pid), "status");
        if (!Files.exists(status)) {
            return true;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 0b10) != 0);
    }

    static void kill9(long pid) throws Exception {
        new ProcessBuilder("/bin/kill", "-KILL", Long.toString(pid)).start().waitFor();
    }

    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("up still runs after " + PATIENCE + ": " + lines);
        }
        reader.join();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            reader.join(Duration.ofSeconds(5));
        } catch (InterruptedException hurry) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
