package dev.fanfare.load.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Runs the load tool: `fanfare-load SCENARIO [options]`.
@Command(
        name = "fanfare load",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Load for gateways, with every delivery checked. Exits with 1 if one is wrong, 2 for misuse.",
        subcommands = {
            Fanout.class,
            StormCommand.class,
            ChurnCommand.class,
            SlowCommand.class,
            ReplayCommand.class,
            SoakCommand.class,
            WebhookCommand.class,
            Raw.class,
            MergeCommand.class,
            PlanCommand.class,
            RawServerCommand.class
        })
public final class Main {
    // held, or it would lose its level
    private static final Logger KAFKA = Logger.getLogger("org.apache.kafka");

    private Main() {}

    public static void main(String[] arguments) {
        KAFKA.setLevel(Level.WARNING);
        var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, arguments));
    }

    /// The status to exit with: 0 if all deliveries were right, 1 if some were not, 2 for misuse.
    public static int run(PrintWriter out, PrintWriter err, String... arguments) {
        var line = new CommandLine(new Main()).setOut(out).setErr(err).setCaseInsensitiveEnumValuesAllowed(true);
        line.registerConverter(Duration.class, new Conversions.Time());
        line.registerConverter(Shares.class, new Conversions.Mix());
        line.setParameterExceptionHandler((wrong, _) -> misuse(err, message(wrong)));
        line.setExecutionExceptionHandler((failure, _, _) -> {
            if (failure instanceof Misuse) {
                return misuse(err, failure.getMessage());
            }
            err.println("fanfare load: " + failure);
            return 1;
        });
        try {
            takeProfile(line, arguments);
        } catch (Misuse wrong) {
            return misuse(err, wrong.getMessage());
        }
        if (arguments.length == 0) {
            line.usage(err);
            return 2;
        }
        return line.execute(arguments);
    }

    /// Before the other options are read, as they go before it.
    private static void takeProfile(CommandLine line, String... arguments) {
        var command = arguments.length == 0 ? null : line.getSubcommands().get(arguments[0]);
        var file = profile(arguments);
        if (command != null && file.isPresent()) {
            command.setDefaultValueProvider(Profile.read(file.get(), command.getCommandSpec()));
        }
    }

    private static Optional<Path> profile(String... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].startsWith("--profile=")) {
                return Optional.of(Path.of(arguments[i].substring("--profile=".length())));
            }
            if (arguments[i].equals("--profile") && i + 1 < arguments.length) {
                return Optional.of(Path.of(arguments[i + 1]));
            }
        }
        return Optional.empty();
    }

    private static String message(ParameterException wrong) {
        var nearest =
                wrong instanceof UnmatchedArgumentException unknown ? unknown.getSuggestions() : List.<String>of();
        return wrong.getMessage()
                + (nearest.isEmpty() ? "" : ": did you mean '%s'?".formatted(nearest.getFirst()))
                + "; all options: "
                + wrong.getCommandLine().getCommandSpec().qualifiedName()
                + " --help";
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            var version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"fanfare load " + (version == null ? "(not packaged)" : version)};
        }
    }

    private static int misuse(PrintWriter err, @Nullable String message) {
        err.println("fanfare load: " + message);
        return 2;
    }
}
