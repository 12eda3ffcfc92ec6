package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.Row;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.journal.Disposition.Delivered;
import dev.fanfare.webhook.journal.Disposition.Ended;
import dev.fanfare.webhook.journal.Disposition.Parked;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/// Lines on their way into the database, in one transaction. Locks in this order: leases, parked rows, payloads, the
/// registry, endpoints.
///
/// For one run: a transaction that is tried again is a new batch.
final class Batch {
    private final Handle handle;
    private final Function<EndpointId, Optional<Endpoint>> endpoints;
    private final List<Line> lines;
    private final List<Change> changes;
    private final Instant now;
    private final long registryVersion;
    private int statements;
    private int superseded;

    private record Head(long version, Instant now) {}

    /// Reads where it begins.
    ///
    /// @param handle in a transaction
    Batch(Handle handle, Function<EndpointId, Optional<Endpoint>> endpoints, List<Line> lines) {
        this.handle = handle;
        this.endpoints = endpoints;
        this.lines = lines;
        this.changes = Change.of(lines);
        // before anything else: an endpoint that comes later is for events that come later
        var head = handle.createQuery("select version, current_timestamp as at_time from registry where id = 1")
                .map((row, context) -> new Head(
                        row.getLong("version"),
                        context.findColumnMapperFor(Instant.class).orElseThrow().map(row, "at_time", context)))
                .one();
        this.now = head.now;
        this.registryVersion = head.version;
        this.statements = 1;
    }

    void write() {
        fence();
        var parked = changeRows();
        var conflation = new Conflation(handle, now);
        for (var change : inForce()) {
            if (change.before().isEmpty() && change.disposition() instanceof Parked) {
                key(change.job()).filter(this::conflates).ifPresent(key -> conflation.add(key, change));
            }
        }
        statements += conflation.execute();
        superseded = conflation.ended();
        insertRows();
        end(parked);
        attempts();
        news();
        statements += Effects.apply(
                handle,
                lines.stream().flatMap(line -> line.entry().effects().stream()).toList(),
                now);
    }

    List<Change> changes() {
        return changes;
    }

    long registryVersion() {
        return registryVersion;
    }

    /// Rows of others that later events have ended.
    int superseded() {
        return superseded;
    }

    int statements() {
        return statements;
    }

    private List<Change> inForce() {
        return changes.stream().filter(Change::isInForce).toList();
    }

    private Optional<OrderKey> key(Job job) {
        return endpoints.apply(job.endpoint()).flatMap(endpoint -> OrderKey.of(endpoint, job.message()));
    }

    private boolean conflates(OrderKey key) {
        return endpoints
                .apply(key.endpoint())
                .filter(endpoint -> endpoint.settings().conflate())
                .isPresent();
    }

    /// Rows that were loaded under a lease that has passed to another node are that node's.
    private void fence() {
        var shards = new TreeSet<Integer>();
        for (var change : changes) {
            change.before()
                    .filter(row -> row.epoch() >= 0)
                    .ifPresent(_ -> shards.add(Shards.of(change.job().endpoint())));
        }
        if (shards.isEmpty()) {
            return;
        }
        var epochs = new HashMap<Integer, Long>();
        handle.createQuery("select shard, epoch from shard_lease where shard in (<shards>) order by shard for update")
                .bindList("shards", List.copyOf(shards))
                .map((row, _) -> Map.entry(row.getInt("shard"), row.getLong("epoch")))
                .forEach(lease -> epochs.put(lease.getKey(), lease.getValue()));
        statements++;
        for (var change : changes) {
            long epoch = change.before().map(Row::epoch).orElse(-1L);
            if (epoch >= 0
                    && !Long.valueOf(epoch)
                            .equals(epochs.get(Shards.of(change.job().endpoint())))) {
                change.leave();
            }
        }
    }

    /// Answers with those that were parked and are over.
    private List<Change> changeRows() {
        var updated = new ArrayList<Change>();
        var deleted = new ArrayList<Change>();
        for (var change : inForce()) {
            if (change.before().isPresent()) {
                (change.disposition() instanceof Parked ? updated : deleted).add(change);
            }
        }
        batch("""
            update parked set attempt = ?, trigger_by = ?, why = ?, due = ?, version = version + 1
            where endpoint_id = ? and message_id = ? and version = ?\
            """, updated, (batch, change) -> {
            var parked = (Parked) change.disposition();
            var row = change.before().orElseThrow();
            change.parkedAs(new Row(row.version() + 1, row.epoch()));
            batch.bind(0, parked.nextAttempt())
                    .bind(1, change.job().trigger().code())
                    .bind(2, parked.why().code())
                    .bind(3, parked.due())
                    .bind(4, change.job().endpoint().value())
                    .bind(5, change.job().message().id().toString())
                    .bind(6, row.version());
        });
        batch(
                "delete from parked where endpoint_id = ? and message_id = ? and version = ?",
                deleted,
                (batch, change) -> {
                    change.parkedAs(null);
                    batch.bind(0, change.job().endpoint().value())
                            .bind(1, change.job().message().id().toString())
                            .bind(2, change.before().orElseThrow().version());
                });
        return deleted;
    }

    private interface Binding {
        void bind(PreparedBatch batch, Change change);
    }

    /// What finds no row is left.
    private void batch(String sql, List<Change> changed, Binding binding) {
        if (changed.isEmpty()) {
            return;
        }
        try (var batch = handle.prepareBatch(sql)) {
            for (var change : changed) {
                binding.bind(batch, change);
                batch.add();
            }
            var counts = batch.execute();
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] == 0) {
                    changed.get(i).leave();
                }
            }
        }
        statements += changed.size();
    }

    private void insertRows() {
        var payloads = new Payloads(now);
        var parked = new MultiInsert(
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
        for (var change : inForce()) {
            if (change.before().isPresent()) {
                continue; // its payload is there
            }
            var job = change.job();
            if (change.disposition() instanceof Parked(var why, var due, var nextAttempt)) {
                var id = job.message().id();
                payloads.add(job.message());
                parked.add(
                        job.endpoint().value(),
                        id.toString(),
                        Shards.of(job.endpoint()),
                        id.topicId().toString(),
                        id.partition(),
                        id.offset(),
                        key(job).map(OrderKey::key).orElse(null),
                        nextAttempt,
                        job.trigger().code(),
                        why.code(),
                        due,
                        job.message().event().time(),
                        now,
                        change.line().version());
                change.parkedAs(new Row(change.line().version(), -1));
            } else if (change.disposition() instanceof Ended(var _, var deadLetter) && deadLetter) {
                payloads.add(job.message());
            }
        }
        statements += payloads.execute(handle) + parked.execute(handle);
    }

    /// What is over without success.
    ///
    /// @param unparked had a row, which is gone or was somebody else's to change
    private void end(List<Change> unparked) {
        var cleared = new ArrayList<Change>();
        var rows = EndedRows.insert();
        var deadLetters = OutboxRows.insert();
        for (var change : changes) {
            if (change.disposition() instanceof Delivered && unparked.contains(change)) {
                cleared.add(change); // whatever was thought of it before: superseded, exhausted and asked for again
            } else if (change.isInForce() && change.disposition() instanceof Ended(var reason, var deadLetter)) {
                cleared.add(change);
                EndedRows.add(rows, change.job().id(), reason, deadLetter, change.attempts(), now);
                if (deadLetter) {
                    OutboxRows.deadLetter(deadLetters, change, reason, now);
                }
            }
        }
        if (cleared.isEmpty()) {
            return;
        }
        try (var batch = handle.prepareBatch("delete from ended where endpoint_id = ? and message_id = ?")) {
            for (var change : cleared) {
                batch.bind(0, change.job().endpoint().value())
                        .bind(1, change.job().message().id().toString())
                        .add();
            }
            batch.execute();
        }
        statements += cleared.size() + rows.execute(handle) + deadLetters.execute(handle);
    }

    private void attempts() {
        var rows = AttemptRows.insert();
        for (var line : lines) {
            line.entry().attempt().ifPresent(made -> AttemptRows.add(rows, made, line.attemptId()));
        }
        statements += rows.execute(handle);
    }

    private void news() {
        var rows = OutboxRows.insert();
        lines.stream()
                .flatMap(line -> line.entry().news().stream())
                .forEach(event -> OutboxRows.news(rows, event, now));
        statements += rows.execute(handle);
    }
}
