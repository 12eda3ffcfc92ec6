package dev.fanfare.load.ctl;

import dev.fanfare.load.ctl.Api.Target;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `channels top`, `channels show`.
@Command(name = "channels", mixinStandardHelpOptions = true, description = "The gateway's channels.")
final class ChannelCommands extends Group {
    @Command(name = "top", mixinStandardHelpOptions = true, description = "Where most is going on.")
    int top(
            @Option(names = "--sort", paramLabel = "subscribers|rate") Optional<String> sort,
            @Option(names = "--limit", description = "1 to 1000; 20 if it is left out") Optional<Integer> limit) {
        var answer = gateway().get(new Target("channels").with("sort", sort).with("limit", limit));
        return print(
                answer,
                output -> output.table(
                        answer.path("channels"), List.of("channel", "subscribers", "events", "eventsPerSecond")));
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "One channel or pattern: subscribers, and what is kept of it.")
    int show(@Parameters(paramLabel = "CHANNEL") String channel) {
        return one(gateway().get(new Target("channels", channel)));
    }
}
