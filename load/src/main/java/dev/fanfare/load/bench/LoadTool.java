package dev.fanfare.load.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fanfare.load.cli.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Runs the load tool as a process of its own, so that its CPU time is not the server's, nor ours.
final class LoadTool {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(4); // beyond what was asked for

    private final Processes processes;
    private final Consumer<String> progress;
    private int runs;

    /// @param progress is told of each run
    LoadTool(Processes processes, Consumer<String> progress) {
        this.processes = processes;
        this.progress = progress;
    }

    /// Sessions that are open until this is closed.
    interface Open extends AutoCloseable {
        @Override
        void close();
    }

    /// Tells those who watch.
    void say(String text) {
        progress.accept(text);
    }

    Figures run(Contender contender, Load load) throws InterruptedException {
        var process = start(contender, load);
        long limit = load.warmUp().plus(load.duration()).plus(PATIENCE).toMillis();
        var watch = CompletableFuture.runAsync(
                process::destroyForcibly, CompletableFuture.delayedExecutor(limit, TimeUnit.MILLISECONDS));
        try {
            var errors = Collections.synchronizedList(new ArrayList<String>());
            double seconds = awaitOpen(process.errorReader(), errors);
            Thread.ofVirtual().start(() -> drain(process.errorReader(), errors));
            var last = "";
            try (var out = process.inputReader(StandardCharsets.UTF_8)) {
                for (var line = out.readLine(); line != null; line = out.readLine()) {
                    last = line;
                }
            }
            process.waitFor();
            if (!last.startsWith("{")) {
                throw processes.failure(process, "the load tool failed: " + String.join("; ", errors));
            }
            var figures = Figures.of(load, json(last), seconds);
            progress.accept(said(contender, figures));
            return figures;
        } catch (IOException failure) {
            throw processes.failure(process, "the load tool failed: " + failure.getMessage());
        } finally {
            watch.cancel(false);
            process.destroyForcibly();
        }
    }

    /// Returns when all sessions are open. They get no events.
    Open open(Contender contender, Load load) throws InterruptedException {
        var process = start(contender, load);
        var errors = Collections.synchronizedList(new ArrayList<String>());
        try {
            awaitOpen(process.errorReader(), errors);
            var expected = "%d of %d sessions are open".formatted(load.sessions(), load.sessions());
            if (!errors.contains(expected)) {
                throw processes.failure(process, "not all sessions are open: " + String.join("; ", errors));
            }
        } catch (IOException failure) {
            process.destroyForcibly();
            throw processes.failure(process, "the load tool failed: " + failure.getMessage());
        } catch (RuntimeException failure) {
            process.destroyForcibly();
            throw failure;
        }
        return () -> process.destroyForcibly().onExit().join();
    }

    private Process start(Contender contender, Load load) throws InterruptedException {
        contender.start();
        var command = Java.command(
                "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path", ""), Main.class.getName());
        command.addAll(contender.command(load, "run%d.{n}".formatted(++runs)));
        try {
            return processes.start(new ProcessBuilder(command));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// From the first connect, in seconds; the tool looks 50 times a second.
    private static double awaitOpen(BufferedReader errors, List<String> seen) throws IOException {
        long start = System.nanoTime();
        for (var line = errors.readLine(); line != null; line = errors.readLine()) {
            seen.add(line);
            if (line.startsWith("connecting")) {
                start = System.nanoTime();
            } else if (line.endsWith("sessions are open")) {
                break;
            }
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static void drain(BufferedReader errors, List<String> seen) {
        try {
            for (var line = errors.readLine(); line != null; line = errors.readLine()) {
                seen.add(line);
            }
        } catch (IOException closed) {
            // the process has ended
        }
    }

    private static JsonNode json(String line) throws IOException {
        return MAPPER.readTree(line);
    }

    private static String said(Contender contender, Figures figures) {
        return "%-9s %,10.0f of %,10.0f deliveries/s  p50 %7.1f  p99 %7.1f ms  %6.2f CPU s per million %s"
                .formatted(
                        contender.name(),
                        figures.perSecond(),
                        figures.load().deliveriesPerSecond(),
                        figures.p50(),
                        figures.p99(),
                        figures.cpuPerMillion(),
                        figures.failure());
    }
}
