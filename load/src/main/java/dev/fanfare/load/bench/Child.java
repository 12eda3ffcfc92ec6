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
import java.util.function.BooleanSupplier;

/// A server's process, started by [Processes]. What it prints goes to a file.
final class Child implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(50);

    private final String name;
    private final Path log;
    private final Process process;
    private final Processes all;

    /// @param log holds what it prints
    Child(String name, Path log, Process process, Processes all) {
        this.name = name;
        this.log = log;
        this.process = process;
        this.all = all;
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
                var failure = all.failure(process, "%s does not come up: %s".formatted(name, said()));
                close();
                throw failure;
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

    @Override
    public void close() {
        Processes.end(process);
    }
}
