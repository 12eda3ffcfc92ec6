package dev.fanfare.load.cli;

import dev.fanfare.load.watch.Probe;
import dev.fanfare.load.watch.Watched;
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

    Watched watched(TlsOptions tls) {
        return new Watched(Optional.ofNullable(process).map(ServerOptions::probe), metrics(tls));
    }

    OptionalLong process() {
        return process == null ? OptionalLong.empty() : OptionalLong.of(process);
    }

    Optional<Watched.Metrics> metrics(TlsOptions tls) {
        return Optional.ofNullable(metrics)
                .map(url -> new Watched.Metrics(Urls.web("--server-metrics", url), prefix, tls.context()));
    }

    private static Probe probe(long pid) {
        if (ProcessHandle.of(pid).isEmpty()) {
            throw new Misuse("--server-pid %d is no process on this machine".formatted(pid));
        }
        return Probe.process(pid);
    }
}
