package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/// The events that new rows refer to, each stored once.
final class Payloads {
    /// Younger ones are never removed, older ones become younger when they are referred to again: retention never takes
    /// what a transaction is about to refer to.
    static final Duration FRESH = Duration.ofHours(1);

    /// H2 takes 1 MiB. What is larger has been dead-lettered for its size, and is still in Kafka.
    static final int DATA_MAX = 1_000_000;

    private static final int TOUCHED_MAX = 100;

    private final Map<String, Message> messages = new LinkedHashMap<>();
    private final Instant now;

    Payloads(Instant now) {
        this.now = now;
    }

    void add(Message message) {
        messages.put(message.id().toString(), message);
    }

    /// Executes them, and answers with the number of statements.
    int execute(Handle handle) {
        var ids = List.copyOf(messages.keySet());
        int statements = 0;
        for (int from = 0; from < ids.size(); from += TOUCHED_MAX) {
            // first: of a row that is just being removed it waits for the end, and the insert finds none
            handle.createUpdate("""
                update payload set created_at = :now
                where message_id in (<ids>) and created_at < :stale\
                """)
                    .bind("now", now)
                    .bind("stale", now.minus(FRESH))
                    .bindList("ids", ids.subList(from, Math.min(ids.size(), from + TOUCHED_MAX)))
                    .execute();
            statements++;
        }
        var rows = new MultiInsert(
                "payload", "message_id", "topic_id", "partition_n", "offset_n", "envelope", "data", "created_at");
        messages.forEach((id, message) -> rows.add(
                id,
                message.id().topicId().toString(),
                message.id().partition(),
                message.id().offset(),
                Envelope.write(message),
                message.event().dataLength() > DATA_MAX ? null : message.event().data(),
                now));
        return statements + rows.execute(handle);
    }
}
