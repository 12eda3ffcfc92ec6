package dev.fanfare.load.bench;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// All processes that a bench starts, and the folder that servers write to. Once it is closed none is left, and none
/// can be started, whoever is about to do so: it is closed by the hook that runs when the bench is told to end.
final class Processes implements AutoCloseable {
    private static final Duration STOP = Duration.ofSeconds(10);

    private final Path folder;

    @GuardedBy("this")
    private final List<Process> running = new ArrayList<>();

    @GuardedBy("this")
    private boolean closed;

    /// @param folder need not be there yet
    Processes(Path folder) {
        this.folder = folder;
    }

    /// A server.
    ///
    /// @param name its output is kept as `NAME.log`
    Child start(String name, List<String> command) {
        try {
            Files.createDirectories(folder);
            var log = folder.resolve(name + ".log");
            var builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            // the gateway takes its settings from its file alone
            builder.environment().keySet().removeIf(variable -> variable.startsWith("FANFARE_"));
            return new Child(name, log, start(builder), this);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure.getMessage(), failure);
        }
    }

    /// Starting and closing exclude each other, so that none is overlooked.
    ///
    /// @throws Ended if this is closed
    synchronized Process start(ProcessBuilder builder) throws IOException {
        if (closed) {
            throw new Ended();
        }
        running.removeIf(process -> !process.isAlive());
        var process = builder.start();
        running.add(process);
        return process;
    }

    /// Why a process has ended: for that reason, unless all were told to.
    RuntimeException failure(Process process, String reason) {
        return isClosed() || wasToldToEnd(process) ? new Ended() : new IllegalStateException(reason);
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /// By SIGINT or SIGTERM, which a terminal, and `timeout`, send to a whole group: it may be the first to notice.
    private static boolean wasToldToEnd(Process process) {
        return !process.isAlive() && (process.exitValue() == 128 + 2 || process.exitValue() == 128 + 15);
    }

    /// Where `NAME` and what belongs to it may write.
    Path folder(String name) {
        try {
            return Files.createDirectories(folder.resolve(name));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// A file in the folder of that name.
    Path write(String name, String file, String text) {
        try {
            return Files.writeString(folder(name).resolve(file), text);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// The last one first, as it may need those before it.
    @Override
    public void close() {
        List<Process> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(running).reversed();
        }
        all.forEach(Processes::end);
    }

    /// With all that it has started.
    static void end(Process process) {
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
