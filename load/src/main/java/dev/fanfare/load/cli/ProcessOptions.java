package dev.fanfare.load.cli;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The server's process, if it is on this machine.
final class ProcessOptions {
    @Option(names = "--server-pid", description = "the server's process on this machine: its CPU time is reported")
    private @Nullable Long process;

    OptionalLong id() {
        if (process == null) {
            return OptionalLong.empty();
        }
        long pid = process;
        if (ProcessHandle.of(pid).isEmpty()) {
            throw new Misuse("--server-pid %d is no process on this machine".formatted(pid));
        }
        return OptionalLong.of(pid);
    }
}
