package dev.fanfare.gateway.protocol;

import java.util.Locale;

/// Why events can no longer be delivered.
public enum GapReason {
    /// Kafka has deleted them, by time or size.
    RETENTION,
    /// They are gone from the end of the partition: it is shorter than the cursor says, or its history diverged.
    TRUNCATED,
    /// The topic was deleted and created anew.
    TOPIC_RECREATED,
    /// The topic was deleted, and what had not been delivered with it.
    TOPIC_DELETED,
    /// The event is larger than `session.event-max`.
    TOO_LARGE,
    /// Kafka could not read the records.
    CORRUPT,
    /// The cursor is further behind than `replay.events-max`.
    REPLAY_LIMIT,
    /// The client was too slow, and would rather do without them: [Policy#DROP_OLDEST].
    SLOW;

    /// As it goes over the wire: `topic-recreated`.
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
