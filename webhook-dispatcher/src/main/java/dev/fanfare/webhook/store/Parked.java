package dev.fanfare.webhook.store;

import static java.lang.System.Logger.Level.ERROR;

import dev.fanfare.service.log.LogField;
import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Row;
import dev.fanfare.webhook.delivery.Trigger;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.Ordering;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.ColumnMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/// The parked deliveries, as the scheduler reads them. Any thread.
public final class Parked {
    private static final System.Logger LOG = System.getLogger(Parked.class.getName());
    private static final int ENDED_MAX = 500;
    private static final int KEYS_MAX = 200;

    /// An endpoint that has deliveries to be tried.
    ///
    /// @param count of those that are due, in flight or not
    /// @param oldest when the first of them was due
    public record Due(EndpointId endpoint, long count, Instant oldest) {}

    /// How much waits.
    ///
    /// @param oldestDue of all that are parked, due or not; empty if nothing is
    public record Backlog(long count, Optional<Instant> oldestDue) {}

    /// What waits for one endpoint.
    ///
    /// @param oldestDue of all, due or not
    public record Waiting(EndpointId endpoint, long count, Instant oldestDue, Instant oldestParked) {}

    private final Database database;

    public Parked(Database database) {
        this.database = database;
    }

    /// The endpoints of these shards that have deliveries due at that time, the longest overdue first.
    public List<Due> due(Collection<Integer> shards, Instant now) {
        if (shards.isEmpty()) {
            return List.of();
        }
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("""
                    select endpoint_id, count(*) as due_count, min(due) as oldest from parked
                    where shard in (<shards>) and due <= :now
                    group by endpoint_id order by min(due)\
                    """)
                        .bindList("shards", List.copyOf(shards))
                        .bind("now", now)
                        .map((row, context) -> new Due(
                                new EndpointId(row.getString("endpoint_id")),
                                row.getLong("due_count"),
                                instant(row, "oldest", context)))
                        .list());
    }

    /// Deliveries of one endpoint that are due, the longest overdue first. Where the endpoint orders by key: of each
    /// key only the earliest, unless that has been parked for longer than the endpoint lets it hold up others.
    /// Replayed ones wait for the others of their key, but hold up replayed ones only.
    ///
    /// A row whose event cannot be read ends as not sendable, and is logged.
    ///
    /// @param epoch of the shard's lease
    /// @param inFlight left out
    /// @param limit at most
    public List<ParkedDelivery> load(Endpoint endpoint, long epoch, Instant now, Set<MessageId> inFlight, int limit) {
        return load(endpoint, epoch, now, inFlight, limit, "");
    }

    /// The same of those alone that no attempt was made of.
    public List<ParkedDelivery> loadUntried(
            Endpoint endpoint, long epoch, Instant now, Set<MessageId> inFlight, int limit) {
        return load(endpoint, epoch, now, inFlight, limit, " and p.attempt = 1");
    }

    private List<ParkedDelivery> load(
            Endpoint endpoint, long epoch, Instant now, Set<MessageId> inFlight, int limit, String which) {
        if (limit == 0) {
            return List.of();
        }
        var ordered = endpoint.settings().ordering() == Ordering.KEY;
        var blocked = ordered ? """
              and not exists (
                select 1 from parked e
                where e.endpoint_id = p.endpoint_id and e.order_key = p.order_key and e.topic_id = p.topic_id
                  and e.partition_n = p.partition_n and e.offset_n < p.offset_n and e.parked_at > :blocking
                  and (e.trigger_by <> 'replay' or p.trigger_by = 'replay'))
            """ : "";
        var loaded = database.jdbi().withHandle(handle -> {
            var query = handle.createQuery("""
                select p.message_id, p.attempt, p.trigger_by, p.why, p.due, p.parked_at, p.version,
                  y.envelope, y.data
                from parked p left join payload y on y.message_id = p.message_id
                where p.shard = :shard and p.endpoint_id = :endpoint and p.due <= :now
                """ + which + blocked
                            + " order by p.shard, p.endpoint_id, p.due, p.partition_n, p.offset_n limit :limit")
                    .bind("shard", Shards.of(endpoint.id()))
                    .bind("endpoint", endpoint.id().value())
                    .bind("now", now)
                    .bind("limit", limit + inFlight.size());
            if (ordered) {
                query.bind("blocking", now.minus(endpoint.settings().blockMax()));
            }
            return query.map((row, context) -> LoadedRow.of(row, context, endpoint.id(), epoch))
                    .list();
        });
        var deliveries = new ArrayList<ParkedDelivery>();
        for (var one : loaded) {
            if (one.delivery() == null) {
                discard(new DeliveryId(one.message(), endpoint.id()), one.row());
            } else if (!inFlight.contains(one.message()) && deliveries.size() < limit) {
                deliveries.add(one.delivery());
            }
        }
        return deliveries;
    }

    /// What is due of one key behind a delivery, in the order of the key and without a gap: all of them may be
    /// called, one after the other, once that is delivered. Behind a replayed one these are replayed ones, behind
    /// another one others.
    ///
    /// @param first of the key
    /// @param limit at most
    public List<ParkedDelivery> behind(OrderKey key, ParkedDelivery first, Instant now, int limit) {
        var position = first.message().id();
        boolean replayed = first.trigger() == Trigger.REPLAY;
        var loaded = database.jdbi()
                .withHandle(handle -> handle.createQuery("""
                    select p.message_id, p.attempt, p.trigger_by, p.why, p.due, p.parked_at, p.version,
                      y.envelope, y.data
                    from parked p left join payload y on y.message_id = p.message_id
                    where p.endpoint_id = :endpoint and p.order_key = :key and p.topic_id = :topic
                      and p.partition_n = :partition and p.offset_n > :offset
                      and (:replayed or p.trigger_by <> 'replay')
                    order by p.offset_n limit :limit\
                    """)
                        .bind("endpoint", key.endpoint().value())
                        .bind("key", key.key())
                        .bind("topic", position.topicId().toString())
                        .bind("partition", position.partition())
                        .bind("offset", position.offset())
                        .bind("replayed", replayed)
                        .bind("limit", limit)
                        .map((row, context) -> LoadedRow.of(
                                row, context, key.endpoint(), first.row().epoch()))
                        .list());
        return loaded.stream()
                .map(LoadedRow::delivery)
                .takeWhile(delivery -> delivery != null
                        && !delivery.due().isAfter(now)
                        && replayed == (delivery.trigger() == Trigger.REPLAY))
                .map(Objects::requireNonNull)
                .toList();
    }

    /// Ends deliveries of one endpoint that are due and whose events are older than its time to live, but for those
    /// that somebody has asked for. They need neither room in a lane nor an endpoint that can be called: else they
    /// would be in the way of what tells that it can be called again.
    ///
    /// @param epoch of the shard's lease; under another one nothing happens
    /// @param inFlight left out
    /// @return whether there may be more
    public boolean expire(Endpoint endpoint, long epoch, Instant now, Set<MessageId> inFlight) {
        var ttl = endpoint.settings().ttl();
        if (ttl.isEmpty()) {
            return false;
        }
        int limit = ENDED_MAX + inFlight.size();
        var expired = database.jdbi().inTransaction(handle -> {
            var fence = handle.createQuery("select epoch from shard_lease where shard = ? for update")
                    .bind(0, Shards.of(endpoint.id()))
                    .mapTo(Long.class)
                    .findOne();
            if (!fence.equals(Optional.of(epoch))) {
                return new Expired(0, false);
            }
            var rows = handle.createQuery("""
                    select message_id, attempt from parked
                    where shard = :shard and endpoint_id = :endpoint and due <= :now and event_at < :since
                      and trigger_by not in ('resend', 'recover')
                    limit :limit for update\
                    """)
                    .bind("shard", Shards.of(endpoint.id()))
                    .bind("endpoint", endpoint.id().value())
                    .bind("now", now)
                    .bind("since", now.minus(ttl.get()))
                    .bind("limit", limit)
                    .map((row, _) -> Over.of(row))
                    .list();
            var over =
                    rows.stream().filter(row -> !inFlight.contains(row.message)).toList();
            end(handle, endpoint.id(), over, Reason.EXPIRED);
            return new Expired(over.size(), rows.size() == limit && !over.isEmpty());
        });
        database.endings().others(Reason.EXPIRED).add(expired.count);
        return expired.more;
    }

    private record Expired(int count, boolean more) {}

    /// What waits, for the metrics.
    public List<Waiting> waiting() {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("""
                    select endpoint_id, count(*) as waiting, min(due) as oldest, min(parked_at) as parked
                    from parked group by endpoint_id\
                    """)
                        .map((row, context) -> new Waiting(
                                new EndpointId(row.getString("endpoint_id")),
                                row.getLong("waiting"),
                                instant(row, "oldest", context),
                                instant(row, "parked", context)))
                        .list());
    }

    /// What waits in all.
    public Backlog backlog() {
        return backlog("select count(*) as waiting, min(due) as oldest from parked where endpoint_id <> ?", "");
    }

    /// What waits for one endpoint.
    public Backlog backlog(EndpointId endpoint) {
        return backlog(
                "select count(*) as waiting, min(due) as oldest from parked where endpoint_id = ?", endpoint.value());
    }

    /// Ends everything that is parked for an endpoint, without dead letters, if it is deleted. Who does not know an
    /// endpoint may be late: another node has just stored it.
    ///
    /// @return how many deliveries
    public long cancelOfDeleted(EndpointId endpoint) {
        long cancelled = 0;
        while (true) {
            int some = cancelSome(endpoint);
            cancelled += some;
            database.endings().others(Reason.ENDPOINT_DELETED).add(some);
            if (some == 0) {
                return cancelled;
            }
        }
    }

    /// Which of these keys still have parked deliveries, replayed ones apart.
    public Set<OrderKey> blocked(Collection<OrderKey> keys) {
        var all = List.copyOf(keys);
        var blocked = new HashSet<OrderKey>();
        for (int from = 0; from < all.size(); from += KEYS_MAX) {
            var some = Set.copyOf(all.subList(from, Math.min(all.size(), from + KEYS_MAX)));
            for (var key : keys(
                    "endpoint_id in (<endpoints>) and order_key in (<keys>) and trigger_by <> 'replay'",
                    some.stream().map(key -> key.endpoint().value()).distinct().toList(),
                    some.stream().map(OrderKey::key).distinct().toList())) {
                if (some.contains(key)) {
                    blocked.add(key);
                }
            }
        }
        return blocked;
    }

    /// The keys of a partition that have parked deliveries, replayed ones apart.
    public Set<OrderKey> blocked(Uuid topicId, int partition) {
        return Set.copyOf(database.jdbi()
                .withHandle(handle -> handle.createQuery("""
                    select distinct endpoint_id, order_key from parked
                    where topic_id = ? and partition_n = ? and order_key is not null and trigger_by <> 'replay'\
                    """)
                        .bind(0, topicId.toString())
                        .bind(1, partition)
                        .map((row, _) -> key(row))
                        .list()));
    }

    private List<OrderKey> keys(String where, List<String> endpoints, List<String> keys) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select distinct endpoint_id, order_key from parked where " + where)
                        .bindList("endpoints", endpoints)
                        .bindList("keys", keys)
                        .map((row, _) -> key(row))
                        .list());
    }

    private static OrderKey key(ResultSet row) throws SQLException {
        return new OrderKey(new EndpointId(row.getString("endpoint_id")), row.getString("order_key"));
    }

    private Backlog backlog(String sql, String endpoint) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(sql)
                        .bind(0, endpoint)
                        .map((row, context) -> new Backlog(
                                row.getLong("waiting"), Optional.ofNullable(nullable(row, "oldest", context))))
                        .one());
    }

    private int cancelSome(EndpointId endpoint) {
        return database.jdbi().inTransaction(handle -> {
            var rows = handle.createQuery("""
                    select message_id, attempt from parked where endpoint_id = :endpoint
                      and not exists (select 1 from endpoint where id = :endpoint and deleted = false)
                    limit :limit for update\
                    """)
                    .bind("endpoint", endpoint.value())
                    .bind("limit", ENDED_MAX)
                    .map((row, _) -> Over.of(row))
                    .list();
            end(handle, endpoint, rows, Reason.ENDPOINT_DELETED);
            return rows.size();
        });
    }

    private static void end(Handle handle, EndpointId endpoint, List<Over> rows, Reason reason) {
        if (rows.isEmpty()) {
            return;
        }
        var now = Clock.now(handle);
        var ended = EndedRows.insert();
        try (var unpark = handle.prepareBatch("delete from parked where endpoint_id = ? and message_id = ?");
                var unend = handle.prepareBatch("delete from ended where endpoint_id = ? and message_id = ?")) {
            for (var row : rows) {
                unpark.bind(0, endpoint.value()).bind(1, row.message.toString()).add();
                unend.bind(0, endpoint.value()).bind(1, row.message.toString()).add();
                EndedRows.add(ended, new DeliveryId(row.message, endpoint), reason, false, row.attempts, now);
            }
            unpark.execute();
            unend.execute();
        }
        ended.execute(handle);
    }

    /// A delivery that comes to its end.
    private record Over(MessageId message, int attempts) {
        static Over of(ResultSet row) throws SQLException {
            return new Over(MessageId.parse(row.getString("message_id")).orElseThrow(), row.getInt("attempt") - 1);
        }
    }

    private void discard(DeliveryId id, Row row) {
        LOG.log(
                ERROR,
                "the event of the parked delivery of {0} to {1} is not readable: it ends here",
                new LogField("message-id", id.message()),
                new LogField("endpoint", id.endpoint()));
        boolean discarded = database.jdbi().inTransaction(handle -> {
            int there = handle.execute(
                    "delete from parked where endpoint_id = ? and message_id = ? and version = ?",
                    id.endpoint().value(),
                    id.message().toString(),
                    row.version());
            if (there == 1) {
                var ended = EndedRows.insert();
                EndedRows.add(ended, id, Reason.NOT_SENDABLE, false, 0, Clock.now(handle));
                ended.execute(handle);
            }
            return there == 1;
        });
        if (discarded) {
            database.endings().others(Reason.NOT_SENDABLE).increment();
        }
    }

    static Instant instant(ResultSet row, String column, StatementContext context) throws SQLException {
        var instant = nullable(row, column, context);
        if (instant == null) {
            throw new SQLException(column + " is null");
        }
        return instant;
    }

    static @Nullable Instant nullable(ResultSet row, String column, StatementContext context) throws SQLException {
        ColumnMapper<Instant> mapper =
                context.findColumnMapperFor(Instant.class).orElseThrow();
        return mapper.map(row, column, context);
    }
}
