package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.Reason;
import java.time.Instant;

/// Deliveries that ended without success.
final class EndedRows {
    private EndedRows() {}

    static MultiInsert insert() {
        return new MultiInsert(
                "ended",
                "endpoint_id",
                "message_id",
                "topic_id",
                "partition_n",
                "offset_n",
                "reason",
                "dead_letter",
                "attempts",
                "ended_at");
    }

    static void add(MultiInsert rows, DeliveryId id, Reason reason, boolean deadLetter, int attempts, Instant at) {
        rows.add(
                id.endpoint().value(),
                id.message().toString(),
                id.message().topicId().toString(),
                id.message().partition(),
                id.message().offset(),
                reason.code(),
                deadLetter,
                attempts,
                at);
    }
}
