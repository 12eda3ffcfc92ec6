package dev.fanfare.load.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fanfare.load.ctl.Api.Target;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `webhooks endpoints`, `webhooks deliveries`, `webhooks resend`, `webhooks why`.
@Command(name = "webhooks", mixinStandardHelpOptions = true, description = "A webhook dispatcher.")
final class WebhookCommands extends Group {
    @Command(name = "endpoints", mixinStandardHelpOptions = true, description = "Its endpoints.")
    int endpoints(
            @Option(names = "--tenant") Optional<String> tenant,
            @Option(names = "--limit", description = "1 to 500; 50 if it is left out") Optional<Integer> limit,
            @Option(names = "--cursor", description = "what the page before says") Optional<String> cursor) {
        var answer = webhooks()
                .get(new Target("endpoints")
                        .with("tenant", tenant)
                        .with("limit", limit)
                        .with("cursor", cursor));
        return page(answer, List.of("id", "tenant", "url", "channels", "enabled", "disabledReason"));
    }

    @Command(name = "deliveries", mixinStandardHelpOptions = true, description = "What became of events.")
    int deliveries(
            @Option(names = "--endpoint") Optional<String> endpoint,
            @Option(names = "--event", description = "the webhook-id") Optional<String> event,
            @Option(names = "--state", paramLabel = "parked|delivered|dead-letter|ended") Optional<String> state,
            @Option(names = "--since", description = "a time") Optional<String> since,
            @Option(names = "--until", description = "a time") Optional<String> until,
            @Option(names = "--limit", description = "1 to 500; 50 if it is left out") Optional<Integer> limit,
            @Option(names = "--cursor", description = "what the page before says") Optional<String> cursor) {
        var answer = webhooks()
                .get(new Target("deliveries")
                        .with("endpoint", endpoint)
                        .with("event", event)
                        .with("state", state)
                        .with("since", since)
                        .with("until", until)
                        .with("limit", limit)
                        .with("cursor", cursor));
        return page(answer, List.of("id", "endpoint", "messageId", "state", "reason", "attempts"));
    }

    @Command(name = "resend", mixinStandardHelpOptions = true, description = "Sends a delivery again.")
    int resend(@Parameters(paramLabel = "DELIVERY") String id) {
        return one(webhooks().ask("POST", new Target("deliveries", id, "resend"), Optional.empty()));
    }

    @Command(
            name = "why",
            mixinStandardHelpOptions = true,
            description = "Why an endpoint did not get an event, or that it did.")
    int why(
            @Parameters(paramLabel = "ENDPOINT") String endpoint,
            @Parameters(paramLabel = "EVENT", description = "the webhook-id") String event) {
        return one(webhooks().get(new Target("endpoints", endpoint, "why").with("event", Optional.of(event))));
    }

    private int page(JsonNode answer, List<String> columns) {
        return print(answer, output -> {
            output.table(answer.path("items"), columns);
            if (answer.hasNonNull("next")) {
                output.line("more: --cursor=" + answer.path("next").asText());
            }
        });
    }
}
