package dev.fanfare.webhook.api;

import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;

/// Single events, read from Kafka again.
@FunctionalInterface
public interface Events {
    /// What there is at a position.
    sealed interface Found {}

    /// An event that is on channels.
    record Routed(Message message) implements Found {}

    /// An event that no rule puts on a channel, or a record that is no event.
    ///
    /// @param detail a sentence for people
    record Unrouted(MessageId id, String detail) implements Found {}

    /// Nothing: no such topic or partition, not written yet, or no longer kept.
    ///
    /// @param detail a sentence for people
    record Absent(String detail) implements Found {}

    /// Blocks for a few seconds at most.
    ///
    /// @throws dev.fanfare.service.http.ProblemException [ApiCode#KAFKA_AWAY] if Kafka does not answer
    Found find(String topic, int partition, long offset);
}
