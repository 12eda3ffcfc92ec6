package dev.fanfare.load.watch;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/// What can be seen of a server on this machine.
public interface Probe {
    /// Tells it from others, also of other machines.
    String name();

    /// All CPU time that it has taken.
    Duration cpu();

    /// Resident memory in kB of 1024 bytes; empty: nobody tells.
    OptionalLong residentKilobytes();

    /// A process, by its number. One that has gone takes nothing any more.
    static Probe process(long pid) {
        return new OfProcess(pid, "%d@%s".formatted(pid, host()));
    }

    /// A thread of this process, which has no memory of its own.
    static Probe thread(long id) {
        return new OfThread(
                id, "thread %d of %d@%s".formatted(id, ProcessHandle.current().pid(), host()));
    }

    /// A thread of this process.
    ///
    /// @param name tells it from others
    record OfThread(long id, String name) implements Probe {
        @Override
        public Duration cpu() {
            return Duration.ofNanos(
                    Math.max(0, ManagementFactory.getThreadMXBean().getThreadCpuTime(id)));
        }

        @Override
        public OptionalLong residentKilobytes() {
            return OptionalLong.empty();
        }
    }

    /// A process of this machine.
    ///
    /// @param name tells it from others
    record OfProcess(long pid, String name) implements Probe {
        @Override
        public Duration cpu() {
            return ProcessHandle.of(pid)
                    .flatMap(handle -> handle.info().totalCpuDuration())
                    .orElse(Duration.ZERO);
        }

        /// As Linux has it in `/proc/PID/status`: `VmRSS:     1234 kB`.
        @Override
        public OptionalLong residentKilobytes() {
            try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
                return lines.filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst();
            } catch (IOException gone) {
                return OptionalLong.empty();
            }
        }
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }
}
