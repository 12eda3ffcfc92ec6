package dev.fanfare.load.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `fanfare bench`: measures row after row, prints each line when it is known, and writes the table, the figures and a
/// chart. Exits with 2 for misuse, 1 if a server or the load tool fails.
///
/// System properties: `fanfare.home`, the repository; `fanfare.gateway.jar` and `fanfare.broker.jar`, what is run.
@Command(
        name = "fanfare bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Compares push gateways on this machine: docs/performance.md says how to read it.")
public final class Bench implements Callable<Integer> {
    // held, or it would lose its level
    private static final Logger KAFKA = Logger.getLogger("org.apache.kafka");

    @Option(names = "--rows", split = ",", description = "which of them (all); --list names them")
    private List<String> rows = new ArrayList<>();

    @Option(names = "--servers", split = ",", description = "which of gateway, raw, nchan, nchan2, pushpin (all)")
    private List<String> servers = new ArrayList<>();

    @Option(names = "--scale", defaultValue = "1", description = "of sessions and channels (${DEFAULT-VALUE})")
    private double scale;

    @Option(
            names = "--windows",
            defaultValue = "3",
            description = "of each figure; the median counts (${DEFAULT-VALUE})")
    private int windows;

    @Option(names = "--window", defaultValue = "5", description = "seconds that each takes (${DEFAULT-VALUE})")
    private double window;

    @Option(
            names = "--settle",
            defaultValue = "20",
            description = "seconds of each kind of load before it is measured for the first time (${DEFAULT-VALUE})")
    private double settle;

    @Option(
            names = "--steps",
            defaultValue = "24",
            description = "of the search for the highest rate, at most, for each server (${DEFAULT-VALUE})")
    private int steps;

    @Option(names = "--gateway-jvm", split = " ", description = "more flags for the gateway's JVM")
    private List<String> gatewayJvm = new ArrayList<>();

    @Option(names = "--out", paramLabel = "FOLDER", description = "a folder for table.md, bench.json and bench.svg")
    private @Nullable Path folder;

    @Option(names = "--list", description = "print the rows, and measure nothing")
    private boolean list;

    private final PrintWriter out;
    private final PrintWriter err;

    private Bench(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] arguments) {
        KAFKA.setLevel(Level.WARNING);
        var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, arguments));
    }

    /// The status to exit with.
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        var line = new CommandLine(new Bench(out, err)).setOut(out).setErr(err);
        line.setParameterExceptionHandler((wrong, _) -> misuse(err, wrong.getMessage()));
        line.setExecutionExceptionHandler((failure, _, _) -> {
            if (failure instanceof Misuse) {
                return misuse(err, failure.getMessage());
            }
            err.println("fanfare bench: " + failure.getMessage());
            return 1;
        });
        return line.execute(arguments);
    }

    private static int misuse(PrintWriter err, @Nullable String message) {
        err.println("fanfare bench: " + message + "; all options: fanfare bench --help");
        return 2;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var all = Catalogue.rows();
        if (list) {
            all.forEach(row -> out.printf("%-14s %s%n", row.name(), row.about()));
            return 0;
        }
        var chosen = Names.choose("--rows", rows, all, Row::name);
        var options = options();
        var home = Path.of(System.getProperty("fanfare.home", ".")).toAbsolutePath();
        var serverFolder = Path.of(
                System.getProperty("java.io.tmpdir"),
                "fanfare-bench-" + ProcessHandle.current().pid());
        boolean failed = false;
        try (var processes = new Processes(serverFolder);
                var parts = new Servers(processes, gatewayJvm)) {
            Runtime.getRuntime().addShutdownHook(new Thread(processes::close, "stop-processes"));
            var tool = new LoadTool(processes, text -> err.println("  " + text));
            var contenders = present(Names.choose("--servers", servers, parts.all(), Contender::name));
            Files.createDirectories(serverFolder);
            var ground = new Ground(contenders, tool, options);
            var lines = new ArrayList<Line>();
            for (var row : chosen) {
                err.printf("%s: %s%n", row.name(), row.about());
                failed |= !measure(row, ground, lines);
                write(lines, Machine.here(home, contenders, options), options.out());
            }
            failed |= ground.hasFailed();
            out.println();
            out.print(MarkdownTable.of(lines, Machine.here(home, contenders, options)));
            out.flush();
        }
        if (failed) {
            return 1; // what the servers have said is kept
        }
        delete(serverFolder);
        return 0;
    }

    /// False: something does not work; the other rows may.
    private boolean measure(Row row, Ground ground, List<Line> lines) throws InterruptedException {
        try {
            for (var line : row.measure(ground)) {
                lines.add(line);
                out.println(MarkdownTable.line(line));
            }
            return true;
        } catch (IllegalStateException | UncheckedIOException failure) {
            err.printf("fanfare bench: %s failed: %s%n", row.name(), failure.getMessage());
            return false;
        }
    }

    private Options options() {
        if (!(scale > 0 && scale <= 10)) {
            throw new Misuse("--scale %s: use more than 0, and 10 at most".formatted(scale));
        }
        if (windows < 1) {
            throw new Misuse("--windows %d: use at least 1".formatted(windows));
        }
        if (!(window >= 0.1)) {
            throw new Misuse("--window %s: use at least 0.1 seconds".formatted(window));
        }
        if (!(settle >= 0)) {
            throw new Misuse("--settle %s: use at least 0 seconds".formatted(settle));
        }
        if (steps < 1) {
            throw new Misuse("--steps %d: use at least 1".formatted(steps));
        }
        var into = folder == null ? Path.of(System.getProperty("fanfare.home", "."), "target", "bench") : folder;
        return new Options(scale, windows, millis(window), millis(settle), steps, into);
    }

    private static Duration millis(double seconds) {
        return Duration.ofMillis((long) (seconds * 1000));
    }

    /// Those that are installed; what is missing is said.
    private List<Contender> present(List<Contender> chosen) {
        chosen.forEach(contender ->
                contender.missing().ifPresent(how -> out.printf("skipping %s: %s%n", contender.name(), how)));
        var present = chosen.stream()
                .filter(contender -> contender.missing().isEmpty())
                .toList();
        if (present.isEmpty()) {
            throw new IllegalStateException("none of these servers is there: "
                    + chosen.stream().map(Contender::name).collect(Collectors.joining(", ")));
        }
        return present;
    }

    private static void write(List<Line> lines, Machine machine, Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("table.md"), MarkdownTable.of(lines, machine));
        Files.writeString(folder.resolve("bench.svg"), Chart.of(lines));
        Files.writeString(folder.resolve("bench.json"), BenchJson.of(lines, machine) + "\n");
    }

    private static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
