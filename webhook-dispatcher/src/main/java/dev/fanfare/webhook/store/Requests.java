package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Trigger;
import dev.fanfare.webhook.endpoint.Endpoint;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jdbi.v3.core.Handle;
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

    public Requests(Database database) {
        this.database = database;
    }

    /// Makes a parked delivery due now, and parks again what has ended or was delivered, from its first attempt on.
    public Resend resend(Unit unit, Endpoint endpoint, MessageId message) {
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
                message.toString());
        if (due > 0) {
            return Resend.QUEUED;
        }
        if (!isOnRecord(handle, endpoint, message)) {
            return Resend.MISSING;
        }
        return parkAgain(handle, endpoint, message, Trigger.RESEND, unit.now()) ? Resend.QUEUED : Resend.NOT_KEPT;
    }

    /// Parks a new event, for one endpoint.
    public DeliveryId park(Unit unit, Endpoint endpoint, Message message, Trigger trigger) {
        var payloads = new Payloads(unit.now());
        payloads.add(message);
        payloads.execute(unit.handle);
        park(unit.handle, endpoint, message, trigger, unit.now());
        return new DeliveryId(message.id(), endpoint.id());
    }

    /// Parks again an endpoint's dead letters since a time, and makes due what has been parked for it since. Some of
    /// them to a transaction: what was done stays, if the store goes away, and the same again does the rest.
    public Recovery recover(Endpoint endpoint, Instant since) {
        var now = database.now();
        var sum = new Recovery(0, 0, 0);
        while (true) {
            int hurried =
                    Writes.retrying(() -> database.jdbi().inTransaction(handle -> hurry(handle, endpoint, since, now)));
            sum = sum.plus(new Recovery(0, hurried, 0));
            if (hurried == 0) {
                break;
            }
        }
        var last = "";
        while (true) {
            var after = last;
            var dead = database.jdbi().withHandle(handle -> deadLetters(handle, endpoint, since, after));
            if (dead.isEmpty()) {
                return sum;
            }
            sum = sum.plus(Writes.retrying(
                    () -> database.jdbi().inTransaction(handle -> revive(handle, endpoint, dead, now))));
            last = dead.getLast();
        }
    }

    private static int hurry(Handle handle, Endpoint endpoint, Instant since, Instant now) {
        return handle.createUpdate("""
            update parked set due = :now, trigger_by = :trigger, why = :why, version = version + 1
            where endpoint_id = :endpoint and message_id in (
              select p.message_id from parked p
              where p.endpoint_id = :endpoint and p.parked_at >= :since and p.due > :now
              order by p.message_id limit :limit)\
            """)
                .bind("now", now)
                .bind("trigger", Trigger.RECOVER.code())
                .bind("why", ParkReason.REQUESTED.code())
                .bind("endpoint", endpoint.id().value())
                .bind("since", since)
                .bind("limit", ROWS_MAX)
                .execute();
    }

    private static List<String> deadLetters(Handle handle, Endpoint endpoint, Instant since, String after) {
        return handle.createQuery("""
            select message_id from ended
            where endpoint_id = ? and ended_at >= ? and dead_letter = true and message_id > ?
            order by message_id limit ?\
            """)
                .bind(0, endpoint.id().value())
                .bind(1, since)
                .bind(2, after)
                .bind(3, ROWS_MAX)
                .mapTo(String.class)
                .list();
    }

    private static Recovery revive(Handle handle, Endpoint endpoint, List<String> dead, Instant now) {
        long revived = 0;
        for (var message : dead) {
            var id = MessageId.parse(message).orElseThrow();
            if (parkAgain(handle, endpoint, id, Trigger.RECOVER, now)) {
                revived++;
            }
        }
        return new Recovery(revived, 0, dead.size() - revived);
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

    /// @return whether the event is still stored
    private static boolean parkAgain(Handle handle, Endpoint endpoint, MessageId id, Trigger trigger, Instant now) {
        // first: retention never takes what was touched
        int kept = handle.execute("update payload set created_at = ? where message_id = ?", now, id.toString());
        Optional<Message> message = kept == 0 ? Optional.empty() : Deliveries.message(handle, id);
        if (message.isEmpty()) {
            return false;
        }
        park(handle, endpoint, message.get(), trigger, now);
        handle.execute(
                "delete from ended where endpoint_id = ? and message_id = ?",
                endpoint.id().value(),
                id.toString());
        return true;
    }

    private static void park(Handle handle, Endpoint endpoint, Message message, Trigger trigger, Instant now) {
        var id = message.id();
        @Nullable String key = OrderKey.of(endpoint, message).map(OrderKey::key).orElse(null);
        var row = new MultiInsert(
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
        row.add(
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
        row.execute(handle);
    }
}
