package dev.fanfare.load.ctl;

import dev.fanfare.load.ctl.Api.Target;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// `channels top`, `channels show`.
@Command(name = "channels", mixinStandardHelpOptions = true, description = "The gateway's channels.")
final class ChannelCommands {
    @ParentCommand
    private @Nullable Ctl ctl;

    private Ctl ctl() {
        return Objects.requireNonNull(ctl);
    }

    @Command(name = "top", mixinStandardHelpOptions = true, description = "Where most is going on.")
    int top(
            @Option(names = "--sort", paramLabel = "subscribers|rate") Optional<String> sort,
            @Option(names = "--limit", description = "1 to 1000; 20 if it is left out") Optional<Integer> limit) {
        var answer =
                ctl().gateway().get(new Target("channels").with("sort", sort).with("limit", limit));
        var output = ctl().output();
        if (output.isJson()) {
            output.raw(answer);
        } else {
            output.table(answer.path("channels"), List.of("channel", "subscribers", "events", "eventsPerSecond"));
        }
        return 0;
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "One channel or pattern: subscribers, and what is kept of it.")
    int show(@Parameters(paramLabel = "CHANNEL") String channel) {
        var answer = ctl().gateway().get(new Target("channels", channel));
        var output = ctl().output();
        if (output.isJson()) {
            output.raw(answer);
        } else {
            output.object(answer);
        }
        return 0;
    }
}
