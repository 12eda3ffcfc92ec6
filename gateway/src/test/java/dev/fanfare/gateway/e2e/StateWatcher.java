package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// A client that comes with `state=1`, is cut off now and then, and comes back with the same URL.
final class StateWatcher {
    private final Stream.Kind kind;
    private final TestGateway gateway;
    private final KeyedWriter.View view;
    private final String query;
    private final Random random;
    private @Nullable String cursor;
    private boolean stateEnded;

    StateWatcher(Stream.Kind kind, TestGateway gateway, KeyedWriter writer, String query, Random random) {
        this.kind = kind;
        this.gateway = gateway;
        this.view = writer.new View();
        this.query = "state=1&heartbeat=200ms&" + query;
        this.random = random;
    }

    /// Until each of the keys has its last value.
    void watch(Map<String, Long> atLeast, Map<String, Long> last) throws IOException {
        while (!view.values().entrySet().containsAll(last.entrySet()) || !stateEnded) {
            int cutAfter = random.nextInt(3) == 0 ? Integer.MAX_VALUE : random.nextInt(60);
            boolean inAnswer = false; // what a long-poll says of a state goes for its whole answer
            try (var stream = kind.open(gateway.port(), query, cursor)) {
                while ((!view.values().entrySet().containsAll(last.entrySet()) || !stateEnded)
                        && (cutAfter-- > 0 || inAnswer)) {
                    var message = stream.next();
                    if (message == null) {
                        throw new AssertionError("the stream has ended");
                    }
                    take(message, atLeast);
                    inAnswer = kind == Stream.Kind.POLL && !(message instanceof Message.Moved);
                }
                stream.cut();
            }
        }
    }

    private void take(Message message, Map<String, Long> atLeast) {
        view.take(message);
        assertThat(message).isNotInstanceOf(Message.Gap.class);
        if (message instanceof Message.StateEnd) {
            stateEnded = true;
            view.isAsNewAs(atLeast);
        }
        var moved = message.cursor();
        cursor = moved == null ? cursor : moved;
    }

    String query() {
        return query;
    }

    /// What the client has by now, by key.
    Map<String, Long> values() {
        return view.values();
    }
}
