package dev.fanfare.load.cli;

import dev.fanfare.load.page.Page;
import dev.fanfare.load.report.JsonLine;
import dev.fanfare.load.report.Outcome;
import dev.fanfare.load.report.Report;
import dev.fanfare.load.report.ResultFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How an outcome is told.
final class OutcomeOptions {
    @Option(names = "--json", description = "print the outcome as one line of JSON, too")
    private boolean json;

    @Option(
            names = "--out",
            description = "a file for the outcome with its time line and histograms, as JSON: for merge")
    private @Nullable Path result;

    @Option(names = "--html", description = "a file for the outcome as a page with charts")
    private @Nullable Path page;

    @Option(names = "--raw", description = "what 'raw --out' has written here in the same shape: to show ratios to it")
    private @Nullable Path raw;

    /// Refuses what cannot be written or compared with, before there is something to tell.
    void check() {
        checkFile("--out", result);
        checkFile("--html", page);
        var _ = bare();
    }

    /// Of a run without a gateway.
    private Optional<Outcome> bare() {
        if (raw == null) {
            return Optional.empty();
        }
        var bare = read("--raw ", raw);
        if (!bare.scenario().equals("raw") || bare.total().receipts() == 0) {
            throw new Misuse("--raw %s is of a run of '%s' with %d deliveries: use one of 'raw --out'"
                    .formatted(raw, bare.scenario(), bare.total().receipts()));
        }
        return Optional.of(bare);
    }

    static Outcome read(String option, Path file) {
        try {
            return ResultFile.read(file);
        } catch (IOException failure) {
            throw new Misuse("%s%s cannot be read: %s; use files that --out has written"
                    .formatted(option, file, failure.getMessage()));
        }
    }

    static void checkFile(String option, @Nullable Path file) {
        if (file != null && (Files.isDirectory(file) || !Files.isDirectory(folder(file)))) {
            throw new Misuse("%s %s is no file in a folder that exists".formatted(option, file));
        }
    }

    /// Prints it, and returns the status to exit with.
    int print(Report told, PrintWriter out) {
        var report = bare().map(it -> told.against(String.valueOf(raw), it)).orElse(told);
        out.print(report.table());
        if (json) {
            out.println(JsonLine.of(report));
        }
        out.flush();
        try {
            if (result != null) {
                ResultFile.write(result, report);
            }
            if (page != null) {
                Files.writeString(page, Page.of(report));
            }
        } catch (IOException failure) {
            throw new Misuse("the outcome cannot be written: " + failure);
        }
        return report.failures().isEmpty() ? 0 : 1;
    }

    private static Path folder(Path file) {
        var folder = file.toAbsolutePath().getParent();
        return folder == null ? file : folder;
    }
}
