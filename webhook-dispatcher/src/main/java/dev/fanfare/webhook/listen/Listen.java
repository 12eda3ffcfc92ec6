package dev.fanfare.webhook.listen;

import dev.fanfare.service.log.Logging;
import dev.fanfare.webhook.endpoint.PayloadForm;
import dev.fanfare.webhook.payload.CustomHeaders;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Runs `fanfare listen`. Exits with 1 if the gateway refuses for good, 2 for misuse.
@Command(
        name = "fanfare listen",
        mixinStandardHelpOptions = true,
        description = "Posts a gateway's events to a URL as signed webhooks, one after the other, in their order.")
public final class Listen implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--channel",
            required = true,
            description = "a channel or a pattern, such as 'orders.*'; repeatable")
    private List<String> channels = new ArrayList<>();

    @Option(names = "--forward-to", required = true, description = "URL of the server that you develop")
    private String target = "";

    @Option(
            names = "--gateway",
            defaultValue = "http://localhost:8080",
            description = "where the events come from (${DEFAULT-VALUE})")
    private String gateway = "";

    @Option(
            names = "--token",
            defaultValue = "${env:FANFARE_TOKEN}",
            description = "for the gateway; FANFARE_TOKEN in the environment is not seen by others on this machine")
    private @Nullable String token;

    @Option(
            names = "--secret",
            defaultValue = "${env:FANFARE_LISTEN_SECRET}",
            description = "to sign with, whsec_ and base64; or FANFARE_LISTEN_SECRET in the environment."
                    + " Without: a new one each time, which is printed")
    private @Nullable String secret;

    @Option(
            names = "--payload",
            defaultValue = "data",
            description = "data, binary, structured: an endpoint's payload (${DEFAULT-VALUE})")
    private PayloadForm form = PayloadForm.DATA;

    @Option(names = "--header", description = "'Name: value' to add to each request; repeatable")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = "--timeout",
            defaultValue = "15",
            paramLabel = "SECONDS",
            description = "of a request (${DEFAULT-VALUE})")
    private int timeout;

    @Option(
            names = "--cursor-file",
            description = "keeps the cursor, so that the next run goes on where this one was ended")
    private @Nullable Path cursorFile;

    @Option(names = "--since", description = "where to start if there is no cursor: 10m ago, or at a time")
    private @Nullable String since;

    private Listen() {}

    public static void main(String[] arguments) {
        Logging.configure();
        System.exit(run(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                arguments));
    }

    /// Runs until it is interrupted or refused.
    ///
    /// @return the status to exit with
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        return new CommandLine(new Listen())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((wrong, _) -> {
                    err.println("fanfare listen: " + wrong.getMessage());
                    return 2;
                })
                .setExecutionExceptionHandler((failure, _, _) -> {
                    err.println("fanfare listen: " + failure.getMessage());
                    return 1;
                })
                .execute(arguments);
    }

    @Override
    public Integer call() throws InterruptedException, RefusedException {
        var out = spec().commandLine().getOut();
        var err = spec().commandLine().getErr();
        if (form == PayloadForm.BATCH) {
            throw misuse("--payload", "batch", "give data, binary or structured: events are posted one by one");
        }
        if (timeout < 1 || timeout > 30) {
            throw misuse("--timeout", Integer.toString(timeout), "give 1 to 30 seconds, as an endpoint has it");
        }
        var forwarder = forwarder(out, err);
        var subscription = new Subscription(
                url("--gateway", gateway),
                channels,
                Optional.ofNullable(token).filter(given -> !given.isEmpty()),
                Optional.ofNullable(since),
                new CursorFile(Optional.ofNullable(cursorFile)),
                err);
        out.printf("%s of %s to %s%n", String.join(", ", channels), gateway, target);
        out.printf("signed with %s%n", forwarder.secret());
        subscription.run(forwarder);
        return 0;
    }

    private Forwarder forwarder(PrintWriter out, PrintWriter err) {
        try {
            return new Forwarder(
                    new Signature(Optional.ofNullable(secret).filter(given -> !given.isEmpty())),
                    url("--forward-to", target),
                    form,
                    headers(),
                    Duration.ofSeconds(timeout),
                    out,
                    err);
        } catch (IllegalArgumentException wrong) { // never with the secret
            throw new ParameterException(spec().commandLine(), "--secret " + wrong.getMessage());
        }
    }

    private Map<String, String> headers() {
        var added = new LinkedHashMap<String, String>();
        for (var header : headers) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                throw misuse("--header", header, "write 'Name: value'");
            }
            added.put(
                    header.substring(0, colon).strip(),
                    header.substring(colon + 1).strip());
        }
        try {
            CustomHeaders.check(added);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec().commandLine(), "--header " + wrong.getMessage());
        }
        return added;
    }

    private URI url(String option, String text) {
        try {
            var url = URI.create(text);
            var scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
            if ((scheme.equals("http") || scheme.equals("https")) && url.getHost() != null) {
                return url;
            }
        } catch (IllegalArgumentException noUrl) {
            // told below
        }
        throw misuse(option, text, "give a URL such as http://localhost:3000/hook");
    }

    private ParameterException misuse(String option, String value, String fix) {
        return new ParameterException(spec().commandLine(), "%s '%s': %s".formatted(option, value, fix));
    }

    private CommandSpec spec() {
        return Objects.requireNonNull(spec);
    }
}
