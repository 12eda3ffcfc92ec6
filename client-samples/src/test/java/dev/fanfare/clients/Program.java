package dev.fanfare.clients;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// A process, seen through the lines that it prints.
final class Program implements AutoCloseable {
    private static final Duration READING = Duration.ofSeconds(5);

    private final Process process;
    private final List<Thread> readers;
    private final List<String> output = new CopyOnWriteArrayList<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();

    private Program(Process process) {
        this.process = process;
        this.readers = List.of(
                Thread.ofVirtual().start(() -> copy(process.inputReader(), output)),
                Thread.ofVirtual().start(() -> copy(process.errorReader(), errors)));
    }

    private static void copy(BufferedReader from, List<String> to) {
        try {
            from.lines().forEach(to::add);
        } catch (UncheckedIOException closed) {
            to.add("(closed: " + closed.getMessage() + ")");
        }
    }

    static Program start(Path dir, Map<String, String> environment, List<String> command) throws IOException {
        var builder = new ProcessBuilder(command).directory(dir.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("FANFARE_"));
        builder.environment().putAll(environment);
        return new Program(builder.start());
    }

    List<String> output() {
        return List.copyOf(output);
    }

    List<String> errors() {
        return List.copyOf(errors);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// Waits for its end, and until its last line is here.
    int exit(int seconds) throws InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            throw new AssertionError("still runs: " + this);
        }
        for (var reader : readers) {
            reader.join(READING); // a child of it may still have the pipe
        }
        return process.exitValue();
    }

    void terminate() throws InterruptedException {
        process.toHandle().destroy();
        exit(30);
    }

    void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        exit(30);
    }

    @Override
    public String toString() {
        return "%s, which said %s and %s".formatted(process.info().commandLine().orElse("a process"), output, errors);
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
