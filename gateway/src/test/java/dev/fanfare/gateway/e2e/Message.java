package dev.fanfare.gateway.e2e;

import org.jspecify.annotations.Nullable;

/// Something that a client was told, whole, and the cursor that it would come back with after it (null: unchanged).
public sealed interface Message {
    @Nullable
    String cursor();

    /// An event, published by [Publisher].
    ///
    /// @param source the partition it was published to, as in its data
    /// @param number its number there, as in its data
    record Event(String cursor, String channel, String source, long number) implements Message {}

    /// Data that is lost.
    record Gap(
            @Nullable String cursor,
            String topic,
            int partition,
            long from,
            long to,
            String reason,
            boolean approximate)
            implements Message {
        String range() {
            return "%s-%d[%d,%d) %s%s".formatted(topic, partition, from, to, reason, approximate ? " approx." : "");
        }
    }

    record Ready(String cursor, String from, boolean complete) implements Message {}

    /// A cursor without an event.
    record Moved(String cursor) implements Message {}

    record Heartbeat() implements Message {
        @Override
        public @Nullable String cursor() {
            return null;
        }
    }

    record Retry(long millis) implements Message {
        @Override
        public @Nullable String cursor() {
            return null;
        }
    }

    /// A state is told.
    ///
    /// @param id of the message that asked for it; empty: the URL did
    record StateEnd(String cursor, String id) implements Message {}

    /// Anything else.
    record Other(String text) implements Message {
        @Override
        public @Nullable String cursor() {
            return null;
        }
    }

    /// From the members that events and notices have on all transports.
    static Message of(String type, String cursor, Json body) {
        return switch (type) {
            case "event" -> {
                var data = body.object("data");
                yield new Event(cursor, body.text("channel"), data.text("p"), data.number("n"));
            }
            case "gap" ->
                new Gap(
                        cursor,
                        body.text("topic"),
                        (int) body.number("partition"),
                        body.number("from"),
                        body.number("to"),
                        body.text("reason"),
                        body.isTrue("approximate"));
            case "ready" -> new Ready(cursor, body.text("from"), body.isTrue("complete"));
            case "state-end" -> new StateEnd(cursor, body.text("id"));
            case "cursor" -> new Moved(cursor);
            default -> new Other(type + " " + body);
        };
    }
}
