package dev.fanfare.load.watch;

import dev.fanfare.load.report.Server;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// A server from before the first session until the end of a run. For one thread, but for [#cpu] and
/// [#residentKilobytes].
public final class ServerWatch implements AutoCloseable {
    private final Optional<Probe> probe;
    private final Optional<MetricsReader> metrics;
    private final OptionalLong before;
    private OptionalLong open = OptionalLong.empty();
    private OptionalLong end = OptionalLong.empty();
    private Duration cpuFrom = Duration.ZERO;
    private Duration cpuTo = Duration.ZERO;

    /// Begins, as long as no session has connected.
    ///
    /// @param news is told what could not be read, once
    public ServerWatch(Watched what, Consumer<String> news) {
        probe = what.probe();
        before = residentKilobytes();
        metrics = what.metrics().map(source -> MetricsReader.start(source, news));
    }

    /// All sessions are open, and nothing is sent yet.
    public void opened() {
        open = residentKilobytes();
    }

    /// In which stretch of time its own figures are reported.
    public void measure(long fromMicros, long toMicros) {
        metrics.ifPresent(reader -> reader.measure(fromMicros, toMicros));
    }

    /// The measured time begins.
    public void begin() {
        cpuFrom = cpu();
    }

    /// It is over.
    public void end() {
        cpuTo = cpu();
        end = residentKilobytes();
    }

    public boolean seesProcess() {
        return probe.isPresent();
    }

    public Duration cpu() {
        return probe.map(Probe::cpu).orElse(Duration.ZERO);
    }

    public OptionalLong residentKilobytes() {
        return probe.map(Probe::residentKilobytes).orElse(OptionalLong.empty());
    }

    /// What the report says of it; empty: it was not to be looked at.
    public Optional<Server> server() {
        var process =
                probe.map(it -> new Server.Taken(it.name(), cpuTo.minus(cpuFrom).toNanos() / 1e9, memory()));
        return process.isPresent() || metrics.isPresent()
                ? Optional.of(new Server(process, metrics.map(MetricsReader::metrics)))
                : Optional.empty();
    }

    private Optional<Server.Memory> memory() {
        return before.isPresent() && open.isPresent() && end.isPresent()
                ? Optional.of(new Server.Memory(before.getAsLong(), open.getAsLong(), end.getAsLong()))
                : Optional.empty();
    }

    @Override
    public void close() {
        metrics.ifPresent(MetricsReader::close);
    }
}
