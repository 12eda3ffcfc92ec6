package dev.fanfare.load.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// A server's process. What it prints goes to a file.
final class Child implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofMillis(50);

    private final String name;
    private final Path log;
    private final Process process;

    private Child(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /// @param folder where it runs and its output is kept, as `NAME.log`
    static Child start(String name, Path folder, List<String> command) {
        try {
            Files.createDirectories(folder);
            var log = folder.resolve(name + ".log");
            var builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            // the gateway takes its settings from its file alone
            builder.environment().keySet().removeIf(variable -> variable.startsWith("FANFARE_"));
            return new Child(name, log, builder.start());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure.getMessage(), failure);
        }
    }

    static int freePort() {
        try (var probe = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return probe.getLocalPort();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    long pid() {
        return process.pid();
    }

    /// Until somebody listens on the port.
    Child awaitPort(int port) throws InterruptedException {
        return await(() -> {
            try (var probe = new Socket()) {
                probe.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 500);
                return true;
            } catch (IOException notYet) {
                return false;
            }
        });
    }

    /// @throws IllegalStateException if that does not come, with the end of what the process has said
    Child await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        while (!condition.getAsBoolean()) {
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                close();
                throw new IllegalStateException("%s does not come up: %s".formatted(name, said()));
            }
            Thread.sleep(LOOK);
        }
        return this;
    }

    private String said() {
        try {
            var lines = Files.readAllLines(log);
            return String.join("; ", lines.subList(Math.max(0, lines.size() - 5), lines.size())) + " (" + log + ")";
        } catch (IOException gone) {
            return "see " + log;
        }
    }

    /// With all that it has started.
    @Override
    public void close() {
        var others = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException hurry) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        others.forEach(ProcessHandle::destroyForcibly);
    }
}
