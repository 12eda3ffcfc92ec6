package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.Attempt;
import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.delivery.Timings;
import dev.fanfare.webhook.delivery.Trigger;
import dev.fanfare.webhook.store.Delivery.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/// What is on record of deliveries. A delivery that is in several tables, since it was sent again, stands where the
/// first of them says: parked, ended, delivered. Any thread.
public final class Deliveries {
    private static final Comparator<Delivery> YOUNGEST = Comparator.comparing(Delivery::at)
            .thenComparing(one -> one.id().message().toString())
            .reversed();

    private static final String PARKED = """
        select p.message_id, 'parked' as state, p.parked_at as at_time, p.why as reason, p.attempt - 1 as attempts,
          p.due as due
        from parked p where p.endpoint_id = :endpoint\
        """;

    private static final String ENDED = """
        select e.message_id, case when e.dead_letter then 'dead-letter' else 'ended' end as state,
          e.ended_at as at_time, e.reason as reason, e.attempts as attempts,
          cast(null as timestamp with time zone) as due
        from ended e where e.endpoint_id = :endpoint
          and not exists (select 1 from parked p where p.endpoint_id = e.endpoint_id and p.message_id = e.message_id)
        """;

    private static final String DELIVERED = """
        select a.message_id, 'delivered' as state, a.started_at as at_time, cast(null as varchar(32)) as reason,
          a.number_n as attempts, cast(null as timestamp with time zone) as due
        from attempt a where a.endpoint_id = :endpoint and a.reason = 'delivered'
          and not exists (select 1 from parked p where p.endpoint_id = a.endpoint_id and p.message_id = a.message_id)
          and not exists (select 1 from ended e where e.endpoint_id = a.endpoint_id and e.message_id = a.message_id)
          and not exists (select 1 from attempt b where b.endpoint_id = a.endpoint_id
            and b.message_id = a.message_id and b.reason = 'delivered' and b.id > a.id)
        """;

    private final Database database;

    /// Where a page has ended.
    public record After(Instant at, MessageId message) {}

    public Deliveries(Database database) {
        this.database = database;
    }

    /// A page of an endpoint's deliveries, the youngest first.
    ///
    /// @param since from when on, empty for all that is kept
    public List<Delivery> list(
            EndpointId endpoint, Collection<State> states, Optional<Instant> since, Optional<After> after, int limit) {
        return database.jdbi().withHandle(handle -> {
            var found = new ArrayList<Delivery>();
            var range = new Range(endpoint, since, after, limit);
            if (states.contains(State.PARKED)) {
                found.addAll(range.read(handle, PARKED, "p.parked_at", "p.message_id"));
            }
            if (states.contains(State.DEAD_LETTER)) {
                found.addAll(range.read(handle, ENDED + " and e.dead_letter = true", "e.ended_at", "e.message_id"));
            }
            if (states.contains(State.ENDED)) {
                found.addAll(range.read(handle, ENDED + " and e.dead_letter = false", "e.ended_at", "e.message_id"));
            }
            if (states.contains(State.DELIVERED)) {
                found.addAll(range.delivered(handle));
            }
            found.sort(YOUNGEST);
            return List.copyOf(found.subList(0, Math.min(limit, found.size())));
        });
    }

    /// One of them; empty if nothing is on record.
    public Optional<Delivery> find(DeliveryId id) {
        return database.jdbi().withHandle(handle -> {
            for (var sql : List.of(
                    PARKED + " and p.message_id = :message",
                    ENDED + " and e.message_id = :message",
                    DELIVERED + " and a.message_id = :message")) {
                var found = handle.createQuery(sql)
                        .bind("endpoint", id.endpoint().value())
                        .bind("message", id.message().toString())
                        .map((row, context) -> delivery(id.endpoint(), row, context))
                        .findOne();
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.<Delivery>empty();
        });
    }

    /// Calls that were made, the first one first.
    public List<Attempt> attempts(DeliveryId id, int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select * from attempt where endpoint_id = ? and message_id = ? order by id limit ?")
                        .bind(0, id.endpoint().value())
                        .bind(1, id.message().toString())
                        .bind(2, limit)
                        .map((row, context) -> attempt(id, row, context))
                        .list());
    }

    /// The incarnations of a topic that events have come from.
    public List<Uuid> topicIds(String topic) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("select distinct topic_id from frontier where topic = ?")
                        .bind(0, topic)
                        .map((row, _) -> Uuid.fromString(row.getString("topic_id")))
                        .list());
    }

    /// An event that is kept, for it is parked or a dead letter.
    public Optional<Message> message(MessageId id) {
        return database.jdbi().withHandle(handle -> message(handle, id));
    }

    static Optional<Message> message(Handle handle, MessageId id) {
        return handle.createQuery("select envelope, data from payload where message_id = ?")
                .bind(0, id.toString())
                .map((row, _) -> Envelope.read(id, row.getString("envelope"), row.getBytes("data")))
                .findOne();
    }

    private record Range(EndpointId endpoint, Optional<Instant> since, Optional<After> after, int limit) {
        List<Delivery> read(Handle handle, String sql, String time, String message) {
            var query = handle.createQuery(sql
                            + (since.isPresent() ? " and %s >= :since".formatted(time) : "")
                            + (after.isPresent()
                                    ? " and (%1$s < :at or (%1$s = :at and %2$s < :message))".formatted(time, message)
                                    : "")
                            + " order by %s desc, %s desc limit :limit".formatted(time, message))
                    .bind("endpoint", endpoint.value())
                    .bind("limit", limit);
            since.ifPresent(from -> query.bind("since", from));
            after.ifPresent(last ->
                    query.bind("at", last.at()).bind("message", last.message().toString()));
            return query.map((row, context) -> delivery(endpoint, row, context)).list();
        }

        /// Looks through a range of ids, for which there is an index: attempts get theirs when they have ended, within
        /// an hour of their begin.
        List<Delivery> delivered(Handle handle) {
            var from = since.map(Range::micros).orElse(0L);
            var until = after.map(last -> micros(last.at().plus(1, ChronoUnit.HOURS)))
                    .orElse(Long.MAX_VALUE);
            return read(
                    handle,
                    DELIVERED + " and a.id >= %d and a.id <= %d".formatted(from, until),
                    "a.started_at",
                    "a.message_id");
        }

        private static long micros(Instant at) {
            return ChronoUnit.MICROS.between(Instant.EPOCH, at);
        }
    }

    private static Delivery delivery(EndpointId endpoint, ResultSet row, StatementContext context) throws SQLException {
        var message = MessageId.parse(row.getString("message_id")).orElseThrow();
        var code = row.getString("state");
        var state = List.of(State.values()).stream()
                .filter(one -> one.code().equals(code))
                .findFirst()
                .orElseThrow();
        return new Delivery(
                new DeliveryId(message, endpoint),
                state,
                EndpointRow.instant(row, "at_time", context).orElseThrow(),
                Optional.ofNullable(row.getString("reason")),
                row.getInt("attempts"),
                EndpointRow.instant(row, "due", context));
    }

    private static Attempt attempt(DeliveryId id, ResultSet row, StatementContext context) throws SQLException {
        var timings = new Timings(
                row.getInt("dns_ms"),
                row.getInt("connect_ms"),
                row.getInt("tls_ms"),
                row.getInt("first_byte_ms"),
                row.getInt("total_ms"));
        return new Attempt(
                id,
                row.getInt("number_n"),
                Trigger.of(row.getString("trigger_by")),
                EndpointRow.instant(row, "started_at", context).orElseThrow(),
                new Result(
                        Reason.of(row.getString("reason")),
                        row.getInt("status"),
                        row.getString("detail"),
                        timings,
                        row.getString("response_head"),
                        Optional.empty()));
    }
}
