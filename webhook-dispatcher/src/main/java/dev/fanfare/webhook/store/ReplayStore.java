package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Trigger;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.journal.Entry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/// Replays as stored. One that runs belongs to whoever has claimed it, for as long as he writes often enough; what he
/// parks and how far he has come is committed together, and only while the replay is still his and still runs.
///
/// Any thread. Every method blocks, and throws a `JdbiException` while the store is away.
public final class ReplayStore {
    static final Duration LEASE = Duration.ofSeconds(15);
    private static final int DETAIL_MAX = 2000;
    private static final int IDS_MAX = 100;

    /// Not missing: another replay of them would end in the same way, or they are not wanted any more.
    private static final List<String> FINAL = List.of(
            Reason.SUPERSEDED.code(),
            Reason.EXPIRED.code(),
            Reason.TOO_LARGE.code(),
            Reason.ABORTED_BY_RECEIVER.code());

    private final Database database;

    /// Where one stands.
    public enum State {
        RUNNING,
        DONE,
        CANCELLED,
        FAILED;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// One as stored.
    ///
    /// @param request and `progress` as whoever wrote them will read them
    /// @param state see [State#code]
    public record Stored(
            String id,
            EndpointId endpoint,
            String request,
            String state,
            String detail,
            long matched,
            long queued,
            String progress,
            Instant createdAt,
            Instant updatedAt) {}

    /// The right to go on with a replay.
    ///
    /// @param owner a name that nobody had before
    public record Claim(String replay, String owner) {}

    /// What becomes of a replay.
    ///
    /// @param matched more of them
    /// @param parked these, as due now
    public record Step(State state, String detail, String progress, long matched, List<Message> parked) {
        public Step {
            parked = List.copyOf(parked);
        }
    }

    public ReplayStore(Database database) {
        this.database = database;
    }

    /// Stores a new one, which anybody may claim; nothing if there is one with this id.
    ///
    /// @return as stored now
    public Stored begin(String id, EndpointId endpoint, String request, String detail, String progress) {
        return database.jdbi().inTransaction(handle -> {
            var now = Clock.now(handle);
            handle.execute(
                    """
                    insert into replay (id, endpoint_id, request, state, detail, matched, queued, progress, owner,
                      created_at, updated_at)
                    values (?, ?, ?, ?, ?, 0, 0, ?, '', ?, ?) on conflict do nothing\
                    """,
                    id,
                    endpoint.value(),
                    request,
                    State.RUNNING.code(),
                    Texts.storable(detail, DETAIL_MAX),
                    progress,
                    now,
                    now);
            return find(handle, endpoint, id).orElseThrow();
        });
    }

    /// An endpoint's, the youngest first.
    public List<Stored> list(EndpointId endpoint, int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select * from replay where endpoint_id = ? order by created_at desc, id limit ?")
                        .bind(0, endpoint.value())
                        .bind(1, limit)
                        .map(ReplayStore::stored)
                        .list());
    }

    public Optional<Stored> find(EndpointId endpoint, String id) {
        return database.jdbi().withHandle(handle -> find(handle, endpoint, id));
    }

    /// Ends one that runs. When this returns nothing more is parked for it.
    public Optional<Stored> cancel(EndpointId endpoint, String id) {
        return Writes.retrying(() -> database.jdbi().inTransaction(handle -> {
            handle.execute(
                    "update replay set state = ?, owner = '', updated_at = ? where id = ? and endpoint_id = ?"
                            + " and state = ?",
                    State.CANCELLED.code(),
                    Clock.now(handle),
                    id,
                    endpoint.value(),
                    State.RUNNING.code());
            return find(handle, endpoint, id);
        }));
    }

    /// Those that run and that nobody goes on with, the one that has waited longest first.
    public List<String> unclaimed(int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("""
                    select id from replay where state = ? and (owner = '' or updated_at < ?)
                    order by updated_at, id limit ?\
                    """)
                        .bind(0, State.RUNNING.code())
                        .bind(1, Clock.now(handle).minus(LEASE))
                        .bind(2, limit)
                        .mapTo(String.class)
                        .list());
    }

    /// Empty if somebody else was first, or it runs no more.
    public Optional<Stored> claim(Claim claim) {
        return Writes.retrying(() -> database.jdbi().inTransaction(handle -> {
            var now = Clock.now(handle);
            int claimed = handle.execute(
                    "update replay set owner = ?, updated_at = ? where id = ? and state = ?"
                            + " and (owner = '' or updated_at < ?)",
                    claim.owner,
                    now,
                    claim.replay,
                    State.RUNNING.code(),
                    now.minus(LEASE));
            return claimed == 0
                    ? Optional.<Stored>empty()
                    : handle.createQuery("select * from replay where id = ?")
                            .bind(0, claim.replay)
                            .map(ReplayStore::stored)
                            .findOne();
        }));
    }

    /// Gives it up: to whoever wants it next, or for good. Nothing if the claim is not in force any more.
    public void leave(Claim claim, State state, String detail) {
        database.jdbi()
                .useTransaction(handle -> handle.execute(
                        "update replay set owner = '', state = ?, detail = ?, updated_at = ? where id = ?"
                                + " and owner = ? and state = ?",
                        state.code(),
                        Texts.storable(detail, DETAIL_MAX),
                        Clock.now(handle),
                        claim.replay,
                        claim.owner,
                        State.RUNNING.code()));
    }

    /// Goes on by a step, as a whole or not at all. What is parked already stays as it is; a dead letter or another
    /// end on record goes, as the delivery begins anew.
    ///
    /// @return how many were parked; empty if the claim is not in force any more
    public OptionalInt advance(Claim claim, Endpoint endpoint, Step step) {
        return Writes.retrying(() -> database.jdbi().inTransaction(handle -> advance(handle, claim, endpoint, step)));
    }

    private static OptionalInt advance(Handle handle, Claim claim, Endpoint endpoint, Step step) {
        var now = Clock.now(handle);
        int mine = handle.execute(
                """
                update replay set state = ?, detail = ?, progress = ?, matched = matched + ?, updated_at = ?
                where id = ? and owner = ? and state = ?\
                """,
                step.state.code(),
                Texts.storable(step.detail, DETAIL_MAX),
                step.progress,
                step.matched,
                now,
                claim.replay,
                claim.owner,
                State.RUNNING.code());
        if (mine == 0) {
            return OptionalInt.empty();
        }
        int queued = step.parked.isEmpty() ? 0 : park(handle, endpoint, step.parked, now);
        if (queued > 0) {
            handle.execute("update replay set queued = queued + ? where id = ?", queued, claim.replay);
        }
        return OptionalInt.of(queued);
    }

    private static int park(Handle handle, Endpoint endpoint, List<Message> messages, Instant now) {
        var ids = messages.stream().map(Message::id).toList();
        var there = ids(handle, endpoint.id(), ids, "select message_id from parked where %s");
        var lines = new ArrayList<Line>();
        try (var revived = handle.prepareBatch("delete from ended where endpoint_id = ? and message_id = ?")) {
            for (var message : messages) {
                if (!there.contains(message.id())) {
                    revived.add(endpoint.id().value(), message.id().toString());
                    var job = Job.requested(message, endpoint.id(), Trigger.REPLAY);
                    lines.add(Line.of(Entry.of(job, new Disposition.Parked(ParkReason.REQUESTED, now, 1))));
                }
            }
            if (lines.isEmpty()) {
                return 0;
            }
            revived.execute();
        }
        var batch = new Batch(handle, _ -> Optional.of(endpoint), lines); // the journal's way to park
        batch.write();
        return (int) batch.changes().stream()
                .filter(change -> change.disposition() instanceof Disposition.Parked)
                .count();
    }

    /// Which of these are not missing: delivered, parked, or ended so that another delivery would end alike
    /// (superseded, expired, too large, aborted by the receiver). Dead letters are missing, and what has ended
    /// as the endpoint was disabled.
    public Set<MessageId> present(EndpointId endpoint, Collection<MessageId> messages) {
        return database.jdbi().withHandle(handle -> ids(handle, endpoint, messages, """
                        select message_id from parked where %1$s
                        union select message_id from ended where %1$s and reason in (<final>)
                        union select message_id from attempt where %1$s
                          and (reason = :delivered or (reason = :taken and status between 200 and 299))\
                        """));
    }

    /// @param sql with `%1$s` for the condition that takes the ids
    private static Set<MessageId> ids(Handle handle, EndpointId endpoint, Collection<MessageId> messages, String sql) {
        var all = messages.stream().map(MessageId::toString).toList();
        var found = new HashSet<MessageId>();
        for (int from = 0; from < all.size(); from += IDS_MAX) {
            var query = handle.createQuery(sql.formatted("endpoint_id = :endpoint and message_id in (<ids>)"))
                    .bind("endpoint", endpoint.value())
                    .bindList("ids", all.subList(from, Math.min(all.size(), from + IDS_MAX)));
            if (sql.contains(":delivered")) {
                query.bind("delivered", Reason.DELIVERED.code())
                        .bind("taken", Reason.DISABLED_BY_RECEIVER.code())
                        .bindList("final", FINAL);
            }
            query.map((row, _) -> MessageId.parse(row.getString("message_id")).orElseThrow())
                    .forEach(found::add);
        }
        return found;
    }

    /// How many deliveries are parked for an endpoint, counted up to a limit.
    public int waiting(EndpointId endpoint, int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select count(*) from (select 1 as one from parked where endpoint_id = ? limit ?) found")
                        .bind(0, endpoint.value())
                        .bind(1, limit)
                        .mapTo(Integer.class)
                        .one());
    }

    private static Optional<Stored> find(Handle handle, EndpointId endpoint, String id) {
        return handle.createQuery("select * from replay where id = ? and endpoint_id = ?")
                .bind(0, id)
                .bind(1, endpoint.value())
                .map(ReplayStore::stored)
                .findOne();
    }

    private static Stored stored(ResultSet row, StatementContext context) throws SQLException {
        return new Stored(
                row.getString("id"),
                new EndpointId(row.getString("endpoint_id")),
                row.getString("request"),
                row.getString("state"),
                row.getString("detail"),
                row.getLong("matched"),
                row.getLong("queued"),
                row.getString("progress"),
                EndpointRow.instant(row, "created_at", context).orElseThrow(),
                EndpointRow.instant(row, "updated_at", context).orElseThrow());
    }
}
