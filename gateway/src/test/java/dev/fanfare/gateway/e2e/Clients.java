package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Steps of directed tests: read until something has come, and hand it all back.
final class Clients {
    private Clients() {}

    /// Reads up to and including the first message that fits.
    static List<Message> until(Stream stream, Predicate<Message> fits) throws IOException {
        var read = new ArrayList<Message>();
        while (true) {
            var message = stream.next();
            assertThat(message).as("the stream has ended after %s", read).isNotNull();
            assertThat(Thread.interrupted()).as("out of time after %s", read).isFalse(); // heartbeats go on
            if (message != null) {
                read.add(message);
                if (fits.test(message)) {
                    return read;
                }
            }
        }
    }

    /// Reads up to and including the n-th event from now on.
    static List<Message> events(Stream stream, int n) throws IOException {
        var read = new ArrayList<Message>();
        for (int left = n; left > 0; left--) {
            read.addAll(until(stream, Message.Event.class::isInstance));
        }
        return read;
    }

    /// Reads up to and including one event: those of other partitions may come later.
    static List<Message> until(Stream stream, Published.Entry last) throws IOException {
        return until(stream, is(last));
    }

    static Predicate<Message> is(Published.Entry entry) {
        return message -> message instanceof Message.Event event
                && event.source().equals(entry.place().toString())
                && event.number() == entry.number();
    }

    /// The cursor of a client that has just come, with nothing but the first word it gets.
    static String cursor(Stream.Kind kind, int port, String query) throws IOException {
        try (var stream = kind.open(port, query, null)) {
            return lastCursor(until(stream, message -> message.cursor() != null));
        }
    }

    static String lastCursor(List<Message> messages) {
        String last = null;
        for (var message : messages) {
            last = orElse(message.cursor(), last);
        }
        assertThat(last).as("a cursor in %s", messages).isNotNull();
        return last == null ? "" : last;
    }

    private static @Nullable String orElse(@Nullable String first, @Nullable String second) {
        return first == null ? second : first;
    }

    static List<Message.Gap> gaps(List<Message> messages) {
        return messages.stream()
                .filter(Message.Gap.class::isInstance)
                .map(Message.Gap.class::cast)
                .toList();
    }

    static List<String> ranges(List<Message> messages) {
        return gaps(messages).stream().map(Message.Gap::range).toList();
    }

    /// The events' numbers.
    static List<Long> numbers(List<Message> messages) {
        return messages.stream()
                .filter(Message.Event.class::isInstance)
                .map(message -> ((Message.Event) message).number())
                .toList();
    }
}
