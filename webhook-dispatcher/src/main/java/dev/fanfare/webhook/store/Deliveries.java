package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.store.Delivery.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.jdbi.v3.core.Handle;

/// What is on record of deliveries. A delivery that is in several tables, since it was sent again, stands where the
/// first of these says: parked, ended, delivered. Any thread.
public final class Deliveries {
    /// A page is looked for in windows of time, from its end back, so that no query sorts all that is kept. The first
    /// is a busy endpoint's; each further one is so many times as wide, and the last is all that is left.
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int WINDOW_GROWTH = 16;
    private static final Duration WINDOW_MAX = Duration.ofDays(100);

    /// How many are counted at most.
    public static final int COUNTED_MAX = 10_000;

    private final Database database;

    /// Which ones.
    ///
    /// @param tenants of their endpoints only, those too that were deleted in the last day; empty: everybody's
    /// @param event of this event only
    /// @param since when they got to where they are, at the earliest
    /// @param until before then
    public record Filter(
            Optional<Set<String>> tenants,
            Optional<EndpointId> endpoint,
            Optional<MessageId> event,
            Set<State> states,
            Instant since,
            Instant until) {}

    /// The last one of a page.
    public record After(Instant at, State state, DeliveryId id) {}

    /// What there is of an endpoint that is not delivered.
    ///
    /// @param parked deliveries
    /// @param since when the one that is due next was parked
    public record Waiting(int parked, Optional<Instant> since, int deadLetters) {}

    public Deliveries(Database database) {
        this.database = database;
    }

    /// A page, the youngest first. Those of one instant are in the order of their states, and then as the database
    /// compares their ids.
    public List<Delivery> list(Filter filter, Optional<After> after, int limit) {
        var found = new ArrayList<Delivery>();
        var end = after.map(last -> last.at().plusNanos(1000)) // the database keeps microseconds
                .filter(filter.until::isAfter)
                .orElse(filter.until);
        var width = filter.event.isPresent() ? WINDOW_MAX : WINDOW;
        while (found.size() < limit && end.isAfter(filter.since)) {
            var begin = width.compareTo(WINDOW_MAX) < 0 && filter.since.isBefore(end.minus(width))
                    ? end.minus(width)
                    : filter.since;
            found.addAll(window(filter, begin, end, after, limit));
            end = begin;
            width = width.multipliedBy(WINDOW_GROWTH);
        }
        return List.copyOf(found.subList(0, Math.min(limit, found.size())));
    }

    private List<Delivery> window(Filter filter, Instant begin, Instant end, Optional<After> after, int limit) {
        return database.jdbi()
                .withHandle(handle -> filter.states.stream()
                        .sorted()
                        .flatMap(state -> Standing.of(state).read(handle, filter, begin, end, after, limit).stream())
                        .sorted(Comparator.comparing(Delivery::at)
                                .reversed()) // leaves those of one instant as they are
                        .toList());
    }

    /// One of them; empty if nothing is on record.
    public Optional<Delivery> find(DeliveryId id) {
        var sql = Set.of(State.values()).stream()
                .map(state -> Standing.of(state).select("t.endpoint_id = :endpoint and t.message_id = :message"))
                .collect(Collectors.joining(" union all "));
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(sql)
                        .bind("endpoint", id.endpoint().value())
                        .bind("message", id.message().toString())
                        .map(Standing::delivery)
                        .findOne());
    }

    /// What waits for some endpoints, and what has failed, in their order. Of more than [#COUNTED_MAX] of a kind only
    /// that many are counted.
    public List<Waiting> waiting(List<EndpointId> endpoints) {
        return database.jdbi()
                .withHandle(handle -> endpoints.stream()
                        .map(id -> handle.createQuery("""
                            select (select count(*) from
                                (select 1 from parked where endpoint_id = :id limit :max) p) as parked,
                              (select parked_at from parked where endpoint_id = :id
                                order by due, partition_n, offset_n limit 1) as since,
                              (select count(*) from
                                (select 1 from ended where endpoint_id = :id and dead_letter = true limit :max) d)
                                as dead\
                            """)
                                .bind("id", id.value())
                                .bind("max", COUNTED_MAX)
                                .map((row, context) -> new Waiting(
                                        row.getInt("parked"),
                                        EndpointRow.instant(row, "since", context),
                                        row.getInt("dead")))
                                .one())
                        .toList());
    }

    /// A page of the calls that were made, the first one first.
    ///
    /// @param after the last one of the page before, 0 for the first page
    public List<Call> calls(DeliveryId id, long after, int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("""
                    select * from attempt
                    where endpoint_id = :endpoint and message_id = :message and id > :after order by id limit :limit\
                    """)
                        .bind("endpoint", id.endpoint().value())
                        .bind("message", id.message().toString())
                        .bind("after", after)
                        .bind("limit", limit)
                        .map((row, context) -> Call.of(id, row, context))
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

    /// The name of a topic that events have come from.
    public Optional<String> topic(Uuid topicId) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("select topic from frontier where topic_id = ? limit 1")
                        .bind(0, topicId.toString())
                        .mapTo(String.class)
                        .findOne());
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
}
