package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.Attempt;

/// Calls that were made.
final class AttemptRows {
    private static final int DETAIL_MAX = 1000;
    private static final int RESPONSE_HEAD_MAX = 4096;

    private AttemptRows() {}

    static MultiInsert insert() {
        return new MultiInsert(
                "attempt",
                "endpoint_id",
                "message_id",
                "id",
                "topic_id",
                "partition_n",
                "offset_n",
                "number_n",
                "trigger_by",
                "started_at",
                "reason",
                "status",
                "detail",
                "response_head",
                "dns_ms",
                "connect_ms",
                "tls_ms",
                "first_byte_ms",
                "total_ms");
    }

    static void add(MultiInsert rows, Attempt attempt, long id) {
        var message = attempt.delivery().message();
        var result = attempt.result();
        var timings = result.timings();
        rows.add(
                attempt.delivery().endpoint().value(),
                message.toString(),
                id,
                message.topicId().toString(),
                message.partition(),
                message.offset(),
                attempt.number(),
                attempt.trigger().code(),
                attempt.at(),
                result.reason().code(),
                result.status(),
                Texts.storable(result.detail(), DETAIL_MAX),
                Texts.storable(result.responseHead(), RESPONSE_HEAD_MAX),
                timings.dns(),
                timings.connect(),
                timings.tls(),
                timings.firstByte(),
                timings.total());
    }
}
