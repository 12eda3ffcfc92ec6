package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Trigger;
import dev.fanfare.webhook.endpoint.Endpoint;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jspecify.annotations.Nullable;

/// Deliveries that somebody asks for: they are parked, due at once, under their old `webhook-id`, and the endpoint's
/// lane takes them like any other. Any thread.
public final class Requests {
    private static final int ROWS_MAX = 500;
    private static final int FIRST_VERSION_MAX = 1 << 30;

    private final Database database;

    /// What came of asking for one delivery.
    public enum Resend {
        QUEUED,
        /// It was delivered or has ended, and its event is not stored any more: only Kafka may have it.
        NOT_KEPT,
        /// Nothing is on record of it.
        MISSING
    }

    /// What came of asking for all that failed.
    ///
    /// @param deadLetters that are parked again
    /// @param parked that are due now
    /// @param notKept dead letters whose event is gone
    public record Recovery(long deadLetters, long parked, long notKept) {
        Recovery plus(Recovery other) {
            return new Recovery(deadLetters + other.deadLetters, parked + other.parked, notKept + other.notKept);
        }
    }

    /// How far a recovery has come: through what is parked first, then through dead letters, by their ids.
    ///
    /// @param message the last one that was looked at
    public record Progress(boolean deadLetters, String message) {
        public static final Progress BEGIN = new Progress(false, "");
    }

    /// A part of a recovery.
    ///
    /// @param next where it goes on; empty if all is done
    public record Step(Recovery recovery, Optional<Progress> next) {}

    public Requests(Database database) {
        this.database = database;
    }

    /// Makes a parked delivery due now, and parks again what has ended or was delivered, from its first attempt on.
    ///
    /// @param read the event, if it was read from Kafka: it need not be stored any more
    public Resend resend(Unit unit, Endpoint endpoint, MessageId id, Optional<Message> read) {
        var handle = unit.handle;
        int due = handle.execute(
                """
                update parked set due = ?, trigger_by = ?, why = ?, version = version + 1
                where endpoint_id = ? and message_id = ?\
                """,
                unit.now(),
                Trigger.RESEND.code(),
                ParkReason.REQUESTED.code(),
                endpoint.id().value(),
                id.toString());
        if (due > 0) {
            return Resend.QUEUED;
        }
        if (!isOnRecord(handle, endpoint, id)) {
            return Resend.MISSING;
        }
        touch(handle, List.of(id.toString()), unit.now());
        var message = Deliveries.message(handle, id).or(() -> read);
        if (message.isEmpty()) {
            return Resend.NOT_KEPT;
        }
        park(unit, endpoint, message.get(), Trigger.RESEND);
        return Resend.QUEUED;
    }

    /// Parks an event, for one endpoint.
    public void park(Unit unit, Endpoint endpoint, Message message, Trigger trigger) {
        var payloads = new Payloads(unit.now());
        payloads.add(message);
        payloads.execute(unit.handle);
        park(unit.handle, endpoint, List.of(message), trigger, unit.now());
    }

    /// Parks again an endpoint's dead letters since a time, and makes due what has been parked for it since,
    /// each of them once. Some of them to a transaction: what was done stays, if the store goes away, and the
    /// same again does the rest. What is too large stays a dead letter.
    public Recovery recover(Endpoint endpoint, Instant since) {
        var sum = new Recovery(0, 0, 0);
        for (var after = Optional.of(Progress.BEGIN); after.isPresent(); ) {
            var step = recover(endpoint, since, after.get());
            sum = sum.plus(step.recovery);
            after = step.next;
        }
        return sum;
    }

    /// The same, but only the next few hundred of them.
    ///
    /// @param after how far it has come
    public Step recover(Endpoint endpoint, Instant since, Progress after) {
        var now = database.now();
        if (!after.deadLetters) {
            var some = parked(endpoint, since, now, after.message);
            return some.isEmpty()
                    ? recover(endpoint, since, new Progress(true, ""))
                    : new Step(
                            transaction(handle -> hurry(handle, endpoint, some, now)),
                            Optional.of(new Progress(false, some.getLast())));
        }
        var some = deadLetters(endpoint, since, after.message);
        return some.isEmpty()
                ? new Step(new Recovery(0, 0, 0), Optional.empty())
                : new Step(
                        transaction(handle -> revive(handle, endpoint, some, now)),
                        Optional.of(new Progress(true, some.getLast())));
    }

    private <T> T transaction(HandleCallback<T, RuntimeException> work) {
        return Writes.retrying(() -> database.jdbi().inTransaction(work));
    }

    private List<String> parked(Endpoint endpoint, Instant since, Instant now, String after) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("""
                    select message_id from parked
                    where endpoint_id = ? and parked_at >= ? and due > ? and message_id > ?
                    order by message_id limit ?\
                    """)
                        .bind(0, endpoint.id().value())
                        .bind(1, since)
                        .bind(2, now)
                        .bind(3, after)
                        .bind(4, ROWS_MAX)
                        .mapTo(String.class)
                        .list());
    }

    private static Recovery hurry(Handle handle, Endpoint endpoint, List<String> parked, Instant now) {
        int hurried = handle.createUpdate("""
            update parked set due = :now, trigger_by = :trigger, why = :why, version = version + 1
            where endpoint_id = :endpoint and message_id in (<ids>) and due > :now\
            """)
                .bind("now", now)
                .bind("trigger", Trigger.RECOVER.code())
                .bind("why", ParkReason.REQUESTED.code())
                .bind("endpoint", endpoint.id().value())
                .bindList("ids", parked)
                .execute();
        return new Recovery(0, hurried, 0);
    }

    private List<String> deadLetters(Endpoint endpoint, Instant since, String after) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("""
                    select message_id from ended
                    where endpoint_id = ? and ended_at >= ? and dead_letter = true and reason <> ? and message_id > ?
                    order by message_id limit ?\
                    """)
                        .bind(0, endpoint.id().value())
                        .bind(1, since)
                        .bind(2, Reason.TOO_LARGE.code())
                        .bind(3, after)
                        .bind(4, ROWS_MAX)
                        .mapTo(String.class)
                        .list());
    }

    private static Recovery revive(Handle handle, Endpoint endpoint, List<String> dead, Instant now) {
        touch(handle, dead, now);
        var kept = handle.createQuery("select message_id, envelope from payload where message_id in (<ids>)")
                .bindList("ids", dead)
                .map((row, _) -> Envelope.read(
                        MessageId.parse(row.getString("message_id")).orElseThrow(), row.getString("envelope"), null))
                .list();
        park(handle, endpoint, kept, Trigger.RECOVER, now);
        return new Recovery(kept.size(), 0, dead.size() - kept.size());
    }

    /// First of all: retention never takes what was touched.
    private static void touch(Handle handle, List<String> messages, Instant now) {
        handle.createUpdate("update payload set created_at = :now where message_id in (<ids>)")
                .bind("now", now)
                .bindList("ids", messages)
                .execute();
    }

    private static boolean isOnRecord(Handle handle, Endpoint endpoint, MessageId message) {
        return handle.createQuery("""
            select 1 from ended where endpoint_id = :endpoint and message_id = :message
            union all select 1 from attempt where endpoint_id = :endpoint and message_id = :message\
            """)
                .bind("endpoint", endpoint.id().value())
                .bind("message", message.toString())
                .mapTo(Integer.class)
                .findFirst()
                .isPresent();
    }

    private static void park(Handle handle, Endpoint endpoint, List<Message> messages, Trigger trigger, Instant now) {
        if (messages.isEmpty()) {
            return;
        }
        var rows = new MultiInsert(
                "parked",
                "endpoint_id",
                "message_id",
                "shard",
                "topic_id",
                "partition_n",
                "offset_n",
                "order_key",
                "attempt",
                "trigger_by",
                "why",
                "due",
                "event_at",
                "parked_at",
                "version");
        for (var message : messages) {
            var id = message.id();
            @Nullable
            String key = OrderKey.of(endpoint, message).map(OrderKey::key).orElse(null);
            rows.add(
                    endpoint.id().value(),
                    id.toString(),
                    Shards.of(endpoint.id()),
                    id.topicId().toString(),
                    id.partition(),
                    id.offset(),
                    key,
                    1,
                    trigger.code(),
                    ParkReason.REQUESTED.code(),
                    now,
                    message.event().time(),
                    now,
                    ThreadLocalRandom.current().nextInt(FIRST_VERSION_MAX));
        }
        rows.execute(handle);
        handle.createUpdate("delete from ended where endpoint_id = :endpoint and message_id in (<ids>)")
                .bind("endpoint", endpoint.id().value())
                .bindList(
                        "ids", messages.stream().map(one -> one.id().toString()).toList())
                .execute();
    }
}
