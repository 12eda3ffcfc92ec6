package dev.fanfare.load.cli;

import dev.fanfare.load.report.Outcome;
import dev.fanfare.load.report.Report;
import dev.fanfare.load.view.LatencyLog;
import dev.fanfare.load.view.Lines;
import dev.fanfare.load.view.Live;
import dev.fanfare.load.view.Quiet;
import dev.fanfare.load.watch.Listener;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What is told of a run and of its outcome.
final class ReportOptions {
    enum Progress {
        none,
        lines,
        live
    }

    @Option(
            names = "--progress",
            description = "what the error stream shows of each second: lines; live: a few lines that change; none"
                    + " (live on a terminal)")
    private @Nullable Progress progress;

    @Option(names = "--hlog", description = "a file for the latencies of each second, as an HdrHistogram log")
    private @Nullable Path log;

    @Mixin
    private final OutcomeOptions outcomes = new OutcomeOptions();

    @Option(names = "--profile", description = "a YAML file with options, without their dashes")
    private @Nullable Path profile; // read before the others: see Main

    private @Nullable Listener listener;

    Optional<Path> profile() {
        return Optional.ofNullable(profile);
    }

    /// Who tells how the run goes on.
    Listener listener(PrintWriter err) {
        if (listener != null) {
            return listener;
        }
        outcomes.check();
        OutcomeOptions.checkFile("--hlog", log);
        try {
            listener = log == null ? view(err) : new LatencyLog(log, view(err));
        } catch (IOException failure) {
            throw new Misuse("--hlog %s cannot be written: %s".formatted(log, failure));
        }
        return listener;
    }

    /// Prints it, and returns the status to exit with.
    int print(Outcome outcome, PrintWriter out) {
        if (listener != null) {
            listener.close();
        }
        return outcomes.print(Report.of(outcome), out);
    }

    private Listener view(PrintWriter err) {
        var chosen = progress == null ? Live.fits() ? Progress.live : Progress.none : progress;
        return switch (chosen) {
            case none -> new Quiet(err::println);
            case lines -> new Lines(err::println);
            case live -> new Live(err);
        };
    }
}
