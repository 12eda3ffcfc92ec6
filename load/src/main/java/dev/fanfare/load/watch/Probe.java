package dev.fanfare.load.watch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;

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
        return new OfProcess(pid, "%d@%s".formatted(pid, host()), new ConcurrentHashMap<>());
    }

    /// A process of this machine with its children: a process each is how some servers work.
    ///
    /// @param name tells it from others
    /// @param known the CPU time of each, when it was last looked at
    record OfProcess(long pid, String name, Map<Long, Duration> known) implements Probe {
        /// Of those that have gone, what they had taken when this was last asked: it never goes back.
        @Override
        public Duration cpu() {
            all().forEach(handle ->
                    handle.info().totalCpuDuration().ifPresent(taken -> known.put(handle.pid(), taken)));
            return known.values().stream().reduce(Duration.ZERO, Duration::plus);
        }

        @Override
        public OptionalLong residentKilobytes() {
            var known = all().map(handle -> residentKilobytes(handle.pid()))
                    .flatMapToLong(OptionalLong::stream)
                    .toArray();
            return known.length == 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(LongStream.of(known).sum());
        }

        private Stream<ProcessHandle> all() {
            return ProcessHandle.of(pid).stream()
                    .flatMap(handle -> Stream.concat(Stream.of(handle), handle.descendants()));
        }

        /// As Linux has it in `/proc/PID/status`: `VmRSS:     1234 kB`.
        private static OptionalLong residentKilobytes(long pid) {
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
