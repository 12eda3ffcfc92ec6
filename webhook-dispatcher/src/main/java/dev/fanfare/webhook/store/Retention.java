package dev.fanfare.webhook.store;

import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Removes what has been kept for long enough, a bounded number of rows to a transaction, so that nobody waits for it.
/// Each method says how many rows went; a thread at a time.
public final class Retention {
    private static final int ROWS_MAX = 1000;

    private final Database database;

    public Retention(Database database) {
        this.database = database;
    }

    /// Attempts that were begun before. An event that Kafka may hand out again must not be that old.
    public long attempts(Instant before) {
        return sweep("attempt", "started_at", before, "");
    }

    /// Deliveries that have ended before, dead letters too.
    public long ended(Instant before) {
        return sweep("ended", "ended_at", before, "");
    }

    /// Events that were stored before, and that no parked delivery and no dead letter refers to. Those of the last hour
    /// stay in any case.
    public long payloads(Instant before) {
        var latest = database.now().minus(Payloads.FRESH);
        return sweep("payload", "created_at", before.isBefore(latest) ? before : latest, """
            and not exists (
             select 1 from parked p
             where p.topic_id = payload.topic_id and p.partition_n = payload.partition_n
               and p.offset_n = payload.offset_n and p.message_id = payload.message_id)
            and not exists (
             select 1 from ended e
             where e.topic_id = payload.topic_id and e.partition_n = payload.partition_n
               and e.offset_n = payload.offset_n and e.message_id = payload.message_id and e.dead_letter)\
            """);
    }

    /// Answers to requests that carried an `Idempotency-Key`.
    public long idempotency(Instant before) {
        return sweep("idempotency", "created_at", before, "");
    }

    /// Replays that have ended before.
    public long replays(Instant before) {
        return sweep("replay", "updated_at", before, " and state <> 'running'");
    }

    /// Links to pages, and sessions of these, that are over.
    public long pages(Instant now) {
        return sweep("page_link", "expires_at", now, "") + sweep("page_session", "expires_at", now, "");
    }

    /// Endpoints that were deleted before, with their secrets.
    public long tombstones(Instant before) {
        return database.jdbi().inTransaction(handle -> {
            handle.execute(
                    "delete from endpoint_secret where endpoint_id in "
                            + "(select id from endpoint where deleted = true and updated_at < ?)",
                    before);
            return (long) handle.execute("delete from endpoint where deleted = true and updated_at < ?", before);
        });
    }

    /// Goes through the rows by age, a window of some rows at a time.
    ///
    /// @param condition of those that go, beside their age
    private long sweep(String table, String column, Instant before, String condition) {
        long removed = 0;
        var from = Instant.EPOCH;
        while (true) {
            var start = from;
            var end = database.jdbi().withHandle(handle -> windowEnd(handle, table, column, start, before));
            // within one instant there may be more: they go with the next window
            var to = end.filter(found -> found.isAfter(start)).orElse(before);
            removed += database.jdbi()
                    .withHandle(handle -> handle.execute(
                            "delete from %1$s where %2$s >= ? and %2$s < ?%3$s".formatted(table, column, condition),
                            start,
                            to));
            if (!to.isBefore(before)) {
                return removed;
            }
            from = to;
        }
    }

    private static Optional<Instant> windowEnd(
            Handle handle, String table, String column, Instant from, Instant before) {
        return handle.createQuery("select %2$s from %1$s where %2$s >= ? and %2$s < ? order by %2$s limit 1 offset ?"
                        .formatted(table, column))
                .bind(0, from)
                .bind(1, before)
                .bind(2, ROWS_MAX)
                .mapTo(Instant.class)
                .findOne();
    }
}
