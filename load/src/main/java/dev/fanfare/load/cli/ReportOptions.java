package dev.fanfare.load.cli;

import dev.fanfare.load.report.JsonLine;
import dev.fanfare.load.report.Outcome;
import dev.fanfare.load.report.Table;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What is told of the outcome.
final class ReportOptions {
    @Option(names = "--json", description = "print the outcome as one line of JSON, too")
    private boolean json;

    @Option(names = "--profile", description = "a YAML file with options, without their dashes")
    private @Nullable Path profile; // read before the others: see Main

    Optional<Path> profile() {
        return Optional.ofNullable(profile);
    }

    /// Prints it, and returns the status to exit with.
    int print(Outcome outcome, PrintWriter out) {
        out.print(Table.of(outcome));
        if (json) {
            out.println(JsonLine.of(outcome));
        }
        out.flush();
        return outcome.failures().isEmpty() ? 0 : 1;
    }
}
