package dev.fanfare.load.ctl;

import dev.fanfare.load.ctl.Api.Target;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sessions list`, `show`, `disconnect`, `move`, `record`, `why`.
@Command(name = "sessions", mixinStandardHelpOptions = true, description = "The gateway's clients.")
final class SessionCommands extends Group {
    private static final List<String> COLUMNS = List.of(
            "id",
            "transport",
            "state",
            "subject",
            "address",
            "channels",
            "unwrittenBytes",
            "stalledMs",
            "waitingEvents");

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Those that match all that is asked for.")
    int list(
            @Option(names = "--transport", paramLabel = "ws|sse|poll") Optional<String> transport,
            @Option(names = "--subject", description = "of the client's token") Optional<String> subject,
            @Option(names = "--address", description = "as shown") Optional<String> address,
            @Option(names = "--channel", description = "whose events they get, or a pattern that they subscribe to")
                    Optional<String> channel,
            @Option(names = "--state", paramLabel = "live|replaying|unread|away|ending") Optional<String> state,
            @Option(names = "--slowest", description = "those that keep something waiting, the longest stall first")
                    boolean slowest,
            @Option(names = "--limit", description = "1 to 1000; 50 if it is left out") Optional<Integer> limit,
            @Option(names = "--after", description = "the id behind which a page begins") Optional<String> after) {
        var answer = gateway()
                .get(new Target("sessions")
                        .with("transport", transport)
                        .with("subject", subject)
                        .with("address", address)
                        .with("channel", channel)
                        .with("state", state)
                        .with("sort", slowest ? Optional.of("slowest") : Optional.empty())
                        .with("limit", limit)
                        .with("after", after));
        return print(answer, output -> {
            output.table(answer.path("sessions"), COLUMNS);
            output.line("%d of %d"
                    .formatted(
                            answer.path("sessions").size(), answer.path("total").asLong()));
            if (answer.has("next")) {
                output.line("more: --after=" + answer.path("next").asText());
            }
        });
    }

    @Command(
            name = "disconnect",
            mixinStandardHelpOptions = true,
            description = "Ends one, and tells its client not to come back.")
    int disconnect(@Parameters(paramLabel = "ID") String id) {
        return one(gateway().ask("POST", new Target("sessions", id, "disconnect"), Optional.empty()));
    }

    @Command(
            name = "move",
            mixinStandardHelpOptions = true,
            description = "Ends one, and has its client come back, to another node where there is one.")
    int move(@Parameters(paramLabel = "ID") String id) {
        return one(gateway().ask("POST", new Target("sessions", id, "move"), Optional.empty()));
    }

    @Command(
            name = "record",
            mixinStandardHelpOptions = true,
            description = "Has everything recorded that becomes of events in one.")
    int record(
            @Parameters(paramLabel = "ID") String id, @Option(names = "--off", description = "no longer") boolean off) {
        return one(gateway().ask(off ? "DELETE" : "PUT", new Target("sessions", id, "recording"), Optional.empty()));
    }

    @Command(
            name = "why",
            mixinStandardHelpOptions = true,
            description = "Why its client did not get an event, or that it did, as far as that was recorded.")
    int why(@Parameters(paramLabel = "ID") String id, @Parameters(paramLabel = "EVENT") String event) {
        var answer = gateway()
                .get(new Target("decisions").with("session", Optional.of(id)).with("event", Optional.of(event)));
        return print(answer, output -> {
            output.table(answer.path("decisions"), List.of("at", "what", "detail", "topic", "partition", "offset"));
            output.line(answer.path("verdict").asText());
        });
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "One, with its channels and cursor.")
    int show(@Parameters(paramLabel = "ID") String id) {
        return one(gateway().get(new Target("sessions", id)));
    }
}
