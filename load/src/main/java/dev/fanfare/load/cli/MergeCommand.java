package dev.fanfare.load.cli;

import dev.fanfare.load.report.Merge;
import dev.fanfare.load.report.Outcome;
import dev.fanfare.load.report.TimeLine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Several processes load one server.
@Command(
        name = "merge",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description = "Puts together what several runs at the same time have written with --out. Exits with 1 if one"
                + " of them has failed.")
final class MergeCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "RUN.json", description = "files of --out")
    private List<Path> files = new ArrayList<>();

    @Mixin
    private final OutcomeOptions outcomes = new OutcomeOptions();

    @Override
    public Integer call() {
        outcomes.check();
        Map<String, Outcome> runs = new LinkedHashMap<>();
        for (var file : files) {
            if (runs.put(file.toString(), OutcomeOptions.read("", file)) != null) {
                throw new Misuse("%s is named twice: a run counts once".formatted(file));
            }
        }
        var line = Objects.requireNonNull(spec).commandLine();
        if (!overlap(runs.values())) {
            line.getErr()
                    .println("not all of these runs were measured at the same time: what is per second is by the"
                            + " time from the first start to the last receipt");
        }
        return outcomes.print(Merge.of(runs), line.getOut());
    }

    private static boolean overlap(Collection<Outcome> runs) {
        var lines = runs.stream().map(Outcome::timeLine).toList();
        return lines.stream().mapToLong(TimeLine::fromMicros).max().orElse(0)
                < lines.stream().mapToLong(TimeLine::toMicros).min().orElse(1);
    }
}
