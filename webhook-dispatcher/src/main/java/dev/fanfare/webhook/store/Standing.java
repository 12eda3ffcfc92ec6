package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.store.Delivery.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.EmptyHandling;
import org.jdbi.v3.core.statement.StatementContext;

/// Where deliveries of a state are found, each in one place only.
///
/// @param columns what is different from state to state
/// @param time the column that says when they got there
/// @param condition on the table `t`
record Standing(State state, String table, String columns, String time, String condition) {
    private static final String NOT_PARKED = """
        not exists (select 1 from parked p where p.endpoint_id = t.endpoint_id and p.message_id = t.message_id)\
        """;
    private static final String ENDED = """
        t.ended_at as at_time, cast(null as bigint) as at_micros, t.reason as reason, t.attempts as attempts,
        cast(null as timestamp with time zone) as due\
        """;
    // as a replay of what is missing sees it
    private static final String DELIVERED = """
        (%1$s.reason = 'delivered'
          or (%1$s.reason = 'disabled-by-receiver' and %1$s.status between 200 and 299))\
        """;

    static Standing of(State state) {
        return switch (state) {
            case PARKED -> new Standing(state, "parked", """
                    t.parked_at as at_time, cast(null as bigint) as at_micros, t.why as reason,
                    t.attempt - 1 as attempts, t.due as due\
                    """, "parked_at", "true");
            case DEAD_LETTER ->
                new Standing(state, "ended", ENDED, "ended_at", "t.dead_letter = true and " + NOT_PARKED);
            case ENDED -> new Standing(state, "ended", ENDED, "ended_at", "t.dead_letter = false and " + NOT_PARKED);
            case DELIVERED ->
                new Standing(
                        state,
                        "attempt",
                        """
                    cast(null as timestamp with time zone) as at_time, t.id as at_micros,
                    cast(null as varchar(32)) as reason, t.number_n as attempts,
                    cast(null as timestamp with time zone) as due\
                    """,
                        "id",
                        DELIVERED.formatted("t") + " and " + NOT_PARKED + """
                     and not exists (select 1 from ended e
                      where e.endpoint_id = t.endpoint_id and e.message_id = t.message_id)
                    and not exists (select 1 from attempt b
                      where b.endpoint_id = t.endpoint_id and b.message_id = t.message_id and b.id > t.id and\
                    """ + " " + DELIVERED.formatted("b") + ")");
        };
    }

    /// @param which a condition on the table `t`
    String select(String which) {
        return "select t.endpoint_id, t.message_id, '%s' as state, %s from %s t where %s and %s"
                .formatted(state.code(), columns, table, which, condition);
    }

    /// The youngest first, and those of one instant by their ids.
    List<Delivery> read(
            Handle handle,
            Deliveries.Filter filter,
            Instant begin,
            Instant end,
            Optional<Deliveries.After> after,
            int limit) {
        var which = "t.%1$s >= :begin and t.%1$s < :end".formatted(time)
                + (filter.tenants().isPresent()
                        ? " and t.endpoint_id in (select id from endpoint where tenant in (<tenants>))"
                        : "")
                + (filter.endpoint().isPresent() ? " and t.endpoint_id = :endpoint" : "")
                + (filter.event().isPresent()
                        ? " and t.topic_id = :topic and t.partition_n = :partition and t.offset_n = :offset"
                        : "")
                + after.map(this::behind).orElse("");
        var query = handle.createQuery(select(which)
                        + " order by t.%s desc, t.message_id desc, t.endpoint_id desc limit :limit".formatted(time))
                .bind("begin", bound(begin))
                .bind("end", bound(end))
                .bind("limit", limit);
        filter.tenants().ifPresent(some -> query.bindList(EmptyHandling.NULL_KEYWORD, "tenants", List.copyOf(some)));
        filter.endpoint().ifPresent(id -> query.bind("endpoint", id.value()));
        filter.event()
                .ifPresent(id -> query.bind("topic", id.topicId().toString())
                        .bind("partition", id.partition())
                        .bind("offset", id.offset()));
        after.ifPresent(last -> {
            query.bind("at", bound(last.at()));
            if (last.state() == state) {
                query.bind("message", last.id().message().toString())
                        .bind("of", last.id().endpoint().value());
            }
        });
        return query.map(Standing::delivery).list();
    }

    /// In the order of all: by time, then state, then id.
    private String behind(Deliveries.After last) {
        if (last.state() == state) {
            return " and (t.%s, t.message_id, t.endpoint_id) < (:at, :message, :of)".formatted(time);
        }
        return " and t.%s %s :at".formatted(time, last.state().compareTo(state) < 0 ? "<=" : "<");
    }

    /// Attempts know their time by their id.
    private Object bound(Instant at) {
        return state == State.DELIVERED ? ChronoUnit.MICROS.between(Instant.EPOCH, at) : at;
    }

    static Delivery delivery(ResultSet row, StatementContext context) throws SQLException {
        long micros = row.getLong("at_micros");
        var message = MessageId.parse(row.getString("message_id")).orElseThrow();
        return new Delivery(
                new DeliveryId(message, new EndpointId(row.getString("endpoint_id"))),
                State.of(row.getString("state")).orElseThrow(),
                EndpointRow.instant(row, "at_time", context)
                        .orElseGet(() -> Instant.EPOCH.plus(micros, ChronoUnit.MICROS)),
                Optional.ofNullable(row.getString("reason")),
                row.getInt("attempts"),
                EndpointRow.instant(row, "due", context));
    }
}
