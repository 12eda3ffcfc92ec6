package dev.fanfare.load.ctl;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// `fanfare ctl`: what operators ask of a gateway's management port, and of a webhook dispatcher.
@Command(
        name = "fanfare ctl",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        subcommands = {NodeCommands.class, SessionCommands.class, ChannelCommands.class, WebhookCommands.class},
        description = "What a gateway does, and sending its clients elsewhere; a webhook dispatcher's endpoints and"
                + " deliveries. Exits with 1 if a request is refused, 2 for misuse.",
        footer = {
            "",
            "Tokens are in files, or in the environment, never arguments, as those are seen by all on the machine:",
            "  FANFARE_CTL_URL, FANFARE_CTL_TOKEN                     of the gateway's management port",
            "  FANFARE_CTL_WEBHOOKS_URL, FANFARE_CTL_WEBHOOKS_TOKEN   of the dispatcher"
        })
public final class Ctl {
    private static final String GATEWAY = "http://127.0.0.1:8081";
    private static final String WEBHOOKS = "http://127.0.0.1:8090";

    private final Map<String, String> environment;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--url", paramLabel = "URL", scope = ScopeType.INHERIT, description = "default: " + GATEWAY)
    private Optional<String> url = Optional.empty();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "holds the token for the gateway")
    private Optional<Path> tokenFile = Optional.empty();

    @Option(
            names = "--webhooks-url",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "default: " + WEBHOOKS)
    private Optional<String> webhooksUrl = Optional.empty();

    @Option(
            names = "--webhooks-token-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "holds the token for the dispatcher")
    private Optional<Path> webhooksTokenFile = Optional.empty();

    @Option(
            names = "--trust-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "PEM: certificates of those who issued the servers', instead of those that Java trusts")
    private Optional<Path> trustFile = Optional.empty();

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "answers as they come, on one line each")
    private boolean json;

    private Ctl(Map<String, String> environment) {
        this.environment = environment;
    }

    public static void main(String[] arguments) {
        var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, System.getenv(), arguments));
    }

    /// The status to exit with: 0, 1 if a request is refused, 2 for misuse.
    public static int run(PrintWriter out, PrintWriter err, Map<String, String> environment, String... arguments) {
        var line = new CommandLine(new Ctl(environment)).setOut(out).setErr(err);
        line.setParameterExceptionHandler((wrong, _) -> {
            err.println("fanfare ctl: " + message(wrong));
            return 2;
        });
        line.setExecutionExceptionHandler((failure, _, _) -> {
            err.println("fanfare ctl: " + (failure instanceof Refused ? failure.getMessage() : failure.toString()));
            return 1;
        });
        if (arguments.length == 0) {
            line.usage(err);
            return 2;
        }
        return line.execute(arguments);
    }

    private static String message(ParameterException wrong) {
        var nearest = wrong instanceof UnmatchedArgumentException unknown
                        && !unknown.getSuggestions().isEmpty()
                ? ": did you mean '%s'?".formatted(unknown.getSuggestions().getFirst())
                : "";
        return "%s%s; all options: %s --help"
                .formatted(
                        wrong.getMessage(),
                        nearest,
                        wrong.getCommandLine().getCommandSpec().qualifiedName());
    }

    Api gateway() {
        return Server.api("the gateway", "FANFARE_CTL", GATEWAY, url, tokenFile, trustFile, environment);
    }

    Api webhooks() {
        return Server.api(
                "the dispatcher",
                "FANFARE_CTL_WEBHOOKS",
                WEBHOOKS,
                webhooksUrl,
                webhooksTokenFile,
                trustFile,
                environment);
    }

    Output output() {
        return new Output(Objects.requireNonNull(spec).commandLine().getOut(), json);
    }
}
