package dev.fanfare.load.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fanfare.load.ctl.Api.Target;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `node list`, `node show`, `node config`, `node record`, `node drain …`.
@Command(name = "node", mixinStandardHelpOptions = true, description = "The gateway as a whole, and the others.")
final class NodeCommands extends Group {
    private static final long LOOK_MILLIS = 500;
    private static final List<String> COLUMNS = List.of(
            "node",
            "self",
            "ready",
            "overloadLevel",
            "version",
            "sessions.ws",
            "sessions.sse",
            "sessions.poll",
            "deliveriesPerSecond",
            "eventsPerSecond",
            "feedLag",
            "toldMsAgo");

    @Command(name = "show", mixinStandardHelpOptions = true, description = "How it is doing.")
    int show() {
        return print(gateway().get(new Target("node")));
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "All nodes, as far as they tell each other (cluster.presence.topic).")
    int list() {
        var answer = gateway().get(new Target("nodes"));
        return print(answer, output -> {
            output.table(answer.path("nodes"), COLUMNS);
            if (answer.has("doubt")) {
                output.line(answer.path("doubt").asText());
            }
        });
    }

    @Command(
            name = "config",
            mixinStandardHelpOptions = true,
            description = "The configuration that is in force, without secrets.")
    int config() {
        return print(gateway().get(new Target("config")));
    }

    @Command(
            name = "record",
            mixinStandardHelpOptions = true,
            description = "Of so many events what becomes of one is recorded, in all sessions.")
    int record(@Parameters(paramLabel = "ONE-IN", description = "0: none; 1: each") int oneIn) {
        return print(
                gateway().ask("PUT", new Target("decisions").with("one-in", Optional.of(oneIn)), Optional.empty()));
    }

    @Command(
            name = "drain",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Sends all clients to the other nodes; the process stays.")
    int drain(
            @Option(names = "--over", paramLabel = "SECONDS", description = "how long it takes to send them away")
                    Optional<Integer> over,
            @Option(
                            names = "--notice",
                            paramLabel = "SECONDS",
                            description = "how long it is not ready before, and lets clients in")
                    Optional<Integer> notice,
            @Option(names = "--wait", description = "until all are gone; ending the command does not end the drain")
                    boolean wait)
            throws InterruptedException {
        var api = gateway();
        var target = new Target("node", "drain").with("over", over).with("notice", notice);
        var progress = api.ask("POST", target, Optional.empty());
        print(progress);
        while (wait && (is(progress, "notice") || is(progress, "draining"))) {
            Thread.sleep(LOOK_MILLIS);
            var before = progress;
            progress = api.get(new Target("node", "drain"));
            if (!progress.equals(before)) {
                print(progress);
            }
        }
        return wait && !is(progress, "done") ? 1 : 0;
    }

    private static boolean is(JsonNode progress, String state) {
        return progress.path("state").asText().equals(state);
    }

    @Command(name = "drain-status", mixinStandardHelpOptions = true, description = "How far a drain has come.")
    int status() {
        return print(gateway().get(new Target("node", "drain")));
    }

    @Command(
            name = "drain-cancel",
            mixinStandardHelpOptions = true,
            description = "Stops a drain, also one that is done: clients are let in again.")
    int cancel() {
        return print(gateway().ask("DELETE", new Target("node", "drain"), Optional.empty()));
    }

    private int print(JsonNode answer) {
        if (!answer.has("state") || !answer.has("left")) {
            return one(answer);
        }
        return print(
                answer,
                output -> output.line("%s: %d of %d sessions left"
                        .formatted(
                                answer.path("state").asText(),
                                answer.path("left").asLong(),
                                answer.path("total").asLong())));
    }
}
