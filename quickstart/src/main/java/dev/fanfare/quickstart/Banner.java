package dev.fanfare.quickstart;

import java.nio.file.Path;
import java.time.Duration;

/// What is printed once everything runs: where to look, and commands that work as they are printed.
final class Banner {
    private Banner() {}

    static String text(Options options, Path state, Duration took) {
        var url = "http://localhost:" + options.port();
        return """

                Fanfare is up after %.1f s.

                  Page     %2$s/
                  Kafka    %3$s
                  State    %4$s

                Orders as they come, over SSE:
                  curl -N '%2$s/v1/events?channel=orders.**' -H 'Accept: text/event-stream'

                The next prices, by long-poll:
                  curl '%2$s/v1/events?channel=prices.*'

                Publish to everybody on the channel notices:
                  curl -X POST '%2$s/v1/events?channel=notices' -H 'Content-Type: text/plain' -d 'Hello'

                Ctrl-C stops everything.
                """.formatted(took.toMillis() / 1000.0, url, options.bootstrapServers(), state);
    }
}
