package dev.fanfare.load.cli;

import dev.fanfare.load.page.Page;
import dev.fanfare.load.report.JsonLine;
import dev.fanfare.load.report.Outcome;
import dev.fanfare.load.report.ResultFile;
import dev.fanfare.load.report.Table;
import dev.fanfare.load.view.Lines;
import dev.fanfare.load.view.Live;
import dev.fanfare.load.view.Quiet;
import dev.fanfare.load.watch.Listener;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What is told of the outcome.
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

    private @Nullable Listener listener;

    @Option(names = "--json", description = "print the outcome as one line of JSON, too")
    private boolean json;

    @Option(names = "--out", description = "a file for the outcome with its time line and histograms, as JSON")
    private @Nullable Path result;

    @Option(names = "--html", description = "a file for the outcome as a page with charts")
    private @Nullable Path page;

    @Option(names = "--profile", description = "a YAML file with options, without their dashes")
    private @Nullable Path profile; // read before the others: see Main

    Optional<Path> profile() {
        return Optional.ofNullable(profile);
    }

    /// Who tells how the run goes on.
    Listener listener(PrintWriter err) {
        checkFile("--out", result);
        checkFile("--html", page);
        listener = view(err);
        return listener;
    }

    private Listener view(PrintWriter err) {
        var chosen = progress == null ? Live.fits() ? Progress.live : Progress.none : progress;
        return switch (chosen) {
            case none -> new Quiet(err::println);
            case lines -> new Lines(err::println);
            case live -> new Live(err);
        };
    }

    /// Before a run, not behind it.
    private static void checkFile(String option, @Nullable Path file) {
        if (file != null && (Files.isDirectory(file) || !Files.isDirectory(folder(file)))) {
            throw new Misuse("%s %s is no file in a folder that exists".formatted(option, file));
        }
    }

    private static Path folder(Path file) {
        var folder = file.toAbsolutePath().getParent();
        return folder == null ? file : folder;
    }

    /// Prints it, and returns the status to exit with.
    int print(Outcome outcome, PrintWriter out) {
        if (listener != null) {
            listener.close();
        }
        out.print(Table.of(outcome));
        if (json) {
            out.println(JsonLine.of(outcome));
        }
        out.flush();
        try {
            if (result != null) {
                ResultFile.write(result, outcome);
            }
            if (page != null) {
                Files.writeString(page, Page.of(outcome));
            }
        } catch (IOException failure) {
            throw new Misuse("the outcome cannot be written: " + failure);
        }
        return outcome.failures().isEmpty() ? 0 : 1;
    }
}
