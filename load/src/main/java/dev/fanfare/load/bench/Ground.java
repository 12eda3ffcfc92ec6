package dev.fanfare.load.bench;

import dev.fanfare.load.client.Transport;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What rows are measured with.
final class Ground {
    private static final Duration WARM_UP = Duration.ofSeconds(2);

    private final List<Contender> contenders;
    private final LoadTool tool;
    private final Options options;
    private final Set<Warmed> warm = new HashSet<>();
    private final Set<Contender> broken = new HashSet<>();
    private boolean failed;

    /// What a server has settled under: code that another kind of load needs is not compiled yet.
    private record Warmed(Contender contender, boolean returns, Transport transport, int channels) {}

    Ground(List<Contender> contenders, LoadTool tool, Options options) {
        this.contenders = List.copyOf(contenders);
        this.tool = tool;
        this.options = options;
    }

    List<Contender> contenders() {
        return contenders;
    }

    int windows() {
        return options.windows();
    }

    /// The measured time of one window.
    Duration window() {
        return options.window();
    }

    Duration warmUp() {
        return window().compareTo(WARM_UP) < 0 ? window() : WARM_UP;
    }

    /// A number of sessions or channels, by `--scale`.
    int scaled(int number) {
        return Math.max(1, (int) Math.round(number * options.scale()));
    }

    /// How many steps a search may take.
    int steps() {
        return options.steps();
    }

    LoadTool tool() {
        return tool;
    }

    /// Whether something did not work at all.
    boolean hasFailed() {
        return failed;
    }

    /// Runs for nothing, the first time: the server's code is not compiled yet.
    void warm(Contender contender, Load load) throws InterruptedException {
        start(contender);
        var kind = new Warmed(contender, load.returns(), load.transport(), load.channels());
        if (contender.process().isPresent() && warm.add(kind)) {
            tool.run(contender, load.atLeast(options.settle()));
        }
    }

    /// As if it had never run.
    void restart(Contender contender) throws InterruptedException {
        contender.close();
        warm.removeIf(kind -> kind.contender.equals(contender));
        start(contender);
    }

    /// Whether it does not start.
    boolean isBroken(Contender contender) {
        return broken.contains(contender);
    }

    private void start(Contender contender) throws InterruptedException {
        try {
            contender.start();
        } catch (IllegalStateException | UncheckedIOException failure) {
            broken.add(contender);
            throw failure;
        }
    }

    /// One window. A server that does not start, or the tool that fails, has no figures; the others go on.
    Figures run(Contender contender, Load load) throws InterruptedException {
        return attempt(contender, () -> {
                    warm(contender, load);
                    return tool.run(contender, load);
                })
                .orElseGet(() -> Figures.none(load));
    }

    /// What is measured by itself, with a failure of the server or the tool told.
    interface Attempt<T> {
        T run() throws InterruptedException;
    }

    <T> Optional<T> attempt(Contender contender, Attempt<T> attempt) throws InterruptedException {
        try {
            return Optional.of(attempt.run());
        } catch (IllegalStateException | UncheckedIOException failure) {
            failed = true;
            tool.say("%s: %s".formatted(contender.name(), failure.getMessage()));
            return Optional.empty();
        }
    }
}
