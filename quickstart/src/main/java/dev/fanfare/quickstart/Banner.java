package dev.fanfare.quickstart;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// What is printed once everything runs: where to look, and commands that work as they are printed.
final class Banner {
    private Banner() {}

    /// What there is to say of the dispatcher.
    ///
    /// @param token of its API
    /// @param portal opens the page of the demo's tenant, once
    /// @param console opens the page of operators, once
    record Webhooks(Options.Webhooks ports, String token, String portal, String console) {
        @Override
        public String toString() {
            return "Webhooks[" + ports + "]"; // what is left out opens something
        }
    }

    /// @param running the dispatcher, if it runs
    static String text(Options options, Optional<Webhooks> running, Path state, Duration took) {
        var url = "http://localhost:" + options.port();
        var webhooks = running.map(Banner::webhooks).orElse("");
        var receiver = running.map(Banner::pages).orElse("");
        var console = options.consolePort()
                .map(port -> "  Console  http://localhost:%d/ (its token: %s)%n"
                        .formatted(port, state.resolve("console.token")))
                .orElse("");
        return """

                Fanfare is up after %.1f s.

                  Page     %2$s/
                %3$s%7$s  Kafka    %4$s
                  State    %5$s

                Orders as they come, over SSE:
                  curl -N '%2$s/v1/events?channel=orders.**' -H 'Accept: text/event-stream'

                The next prices, by long-poll:
                  curl '%2$s/v1/events?channel=prices.*'

                Publish to everybody on the channel notices:
                  curl -X POST '%2$s/v1/events?channel=notices' -H 'Content-Type: text/plain' -d 'Hello'

                %6$sCtrl-C stops everything.
                """.formatted(
                        took.toMillis() / 1000.0, url, receiver, options.bootstrapServers(), state, webhooks, console);
    }

    private static String pages(Webhooks running) {
        return """
                  Receiver http://localhost:%d/ (of webhooks)
                  Webhooks %s (the console of the dispatcher; opens once)
                  Portal   %s (for a tenant of webhooks; opens once)
                """.formatted(running.ports.receiverPort(), running.console, running.portal);
    }

    private static String webhooks(Webhooks running) {
        return """
                Webhooks go to this machine too, over http and to any port. That is for trying out: without `up`, only
                public addresses are called, over https, unless the configuration allows more.

                The endpoints, of which the receiver is the first:
                  curl '%1$s' -H 'Authorization: Bearer %2$s'

                Another one, for notices to a receiver of yours on port 9000; the answer has its secret:
                  curl -X POST '%1$s' -H 'Authorization: Bearer %2$s' -H 'Content-Type: application/json' \
                -d '{"url":"http://127.0.0.1:9000/","channels":["notices"]}'

                """.formatted("http://localhost:%d/v1/endpoints".formatted(running.ports.port()), running.token);
    }
}
