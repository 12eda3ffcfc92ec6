package dev.fanfare.quickstart;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One process that is kept running: when it ends without having been asked to, it is started again, alone, after a
/// pause that doubles from half a second to ten as long as it keeps failing.
///
/// Threads: one platform thread per child starts it, copies its output and waits for its end; [#stop] may come from
/// any thread and returns when the process is gone.
final class Child {
    private static final Duration PAUSE_MIN = Duration.ofMillis(500);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(10);
    /// After so long a life the next failure counts as the first.
    private static final Duration SETTLED = Duration.ofSeconds(30);

    private final String name;
    private final List<String> command;
    private final LogFile log;
    private final Consumer<String> say;

    @GuardedBy("this")
    private @Nullable Process process;

    @GuardedBy("this")
    private boolean stopping;

    /// @param command a JVM's, with [Leash] as its main class
    Child(String name, List<String> command, LogFile log, Consumer<String> say) {
        this.name = name;
        this.command = shielded(command);
        this.log = log;
        this.say = say;
    }

    /// Ctrl-C goes to every process of the terminal; the children must not end before the supervisor says so. What a
    /// shell ignores stays ignored in what it becomes.
    private static List<String> shielded(List<String> command) {
        var all = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh"));
        all.addAll(command);
        return List.copyOf(all);
    }

    String name() {
        return name;
    }

    void start() {
        Thread.ofPlatform().daemon().name("child-" + name).start(this::keepRunning);
    }

    private void keepRunning() {
        var pause = PAUSE_MIN;
        try {
            while (true) {
                long started = System.nanoTime();
                var running = launch();
                if (running == null) {
                    return;
                }
                keepLog(running.getInputStream());
                int status = running.waitFor();
                if (isStopping()) {
                    return;
                }
                boolean settled = System.nanoTime() - started > SETTLED.toNanos();
                pause = settled ? PAUSE_MIN : pause;
                say.accept("%s (pid %d) ended with %d; starting it again in %.1f s. Its output: %s"
                        .formatted(name, running.pid(), status, pause.toMillis() / 1000.0, log.file()));
                Thread.sleep(pause);
                pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : pause.multipliedBy(2);
            }
        } catch (IOException failure) {
            say.accept(name + " cannot be started: " + failure.getMessage());
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized @Nullable Process launch() throws IOException {
        if (stopping) {
            return null;
        }
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        // the gateway takes its settings from the generated file alone, and would refuse FANFARE_STATE
        builder.environment().keySet().removeIf(variable -> variable.startsWith("FANFARE_"));
        var launched = builder.start();
        process = launched;
        say.accept("%s runs, pid %d".formatted(name, launched.pid()));
        return launched;
    }

    private void keepLog(InputStream output) {
        try (output) {
            log.copy(output);
        } catch (IOException failure) {
            say.accept("the output of " + name + " can no longer be kept: " + failure.getMessage());
        }
    }

    private synchronized boolean isStopping() {
        return stopping;
    }

    /// Asks the process to end, and ends it by force after `grace`.
    void stop(Duration grace) {
        Process running;
        synchronized (this) {
            stopping = true;
            running = process;
        }
        if (running == null) {
            return;
        }
        running.toHandle().destroy(); // Process.destroy would close its output, and its last words would be lost
        try {
            if (!running.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                say.accept("%s did not end within %d s: killing it".formatted(name, grace.toSeconds()));
                running.destroyForcibly().waitFor();
            }
        } catch (InterruptedException hurry) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
