package dev.fanfare.load.cli;

import dev.fanfare.load.watch.Probe;
import dev.fanfare.load.watch.Watched;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What of the server is looked at.
final class ServerOptions {
    @Option(
            names = "--server-pid",
            description = "the server's process on this machine: its CPU time and memory are reported")
    private @Nullable Long process;

    @Option(
            names = "--server-metrics",
            description = "URL of the server's own figures, in the Prometheus text format: read each second")
    private @Nullable String metrics;

    @Option(
            names = "--server-metrics-prefix",
            defaultValue = "fanfare_",
            description = "which of them are reported: those whose names begin so (${DEFAULT-VALUE})")
    private String prefix = "";

    Watched watched() {
        return new Watched(Optional.ofNullable(process).map(ServerOptions::probe), metrics());
    }

    OptionalLong process() {
        return process == null ? OptionalLong.empty() : OptionalLong.of(process);
    }

    Optional<URI> url() {
        return Optional.ofNullable(metrics).map(url -> TargetOptions.uri("--server-metrics", url, "http"));
    }

    private Optional<Watched.Metrics> metrics() {
        return url().map(url -> new Watched.Metrics(url, prefix));
    }

    private static Probe probe(long pid) {
        if (ProcessHandle.of(pid).isEmpty()) {
            throw new Misuse("--server-pid %d is no process on this machine".formatted(pid));
        }
        return Probe.process(pid);
    }
}
