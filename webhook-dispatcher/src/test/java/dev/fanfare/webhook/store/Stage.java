package dev.fanfare.webhook.store;

import static org.awaitility.Awaitility.await;

import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.Row;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.Ordering;
import dev.fanfare.webhook.journal.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A database with its journal, and what jobs and listeners were told, in order.
final class Stage implements AutoCloseable {
    static final Instant LATER = Instant.parse("2100-01-01T00:00:00Z");

    final Database database;
    final Parked parked;
    final List<String> told = new ArrayList<>();
    private final Map<EndpointId, Endpoint> endpoints = new ConcurrentHashMap<>();
    private SqlJournal journal;

    Stage(StoreSettings settings) {
        database = Database.open(settings);
        parked = new Parked(database);
        journal = journal();
    }

    private SqlJournal journal() {
        return new SqlJournal(
                database,
                id -> Optional.ofNullable(endpoints.get(id)),
                version -> tell("registry " + version),
                Duration.ofSeconds(20));
    }

    SqlJournal running() {
        return journal;
    }

    Endpoint endpoint(Ordering ordering, boolean conflate) {
        var endpoint = Given.endpoint(ordering, conflate);
        endpoints.put(endpoint.id(), endpoint);
        return endpoint;
    }

    Endpoint endpoint() {
        return endpoint(Ordering.NONE, false);
    }

    Job live(Message message, Endpoint endpoint) {
        return Job.live(
                message,
                endpoint.id(),
                job -> tell("settled " + job.message().id().offset()));
    }

    /// Of the row as it is parked now.
    Job backlog(Endpoint endpoint, long offset, long epoch) {
        return load(endpoint, epoch).stream()
                .filter(one -> one.message().id().offset() == offset)
                .findFirst()
                .orElseThrow()
                .job(job -> tell("settled " + job.message().id().offset()));
    }

    List<ParkedDelivery> load(Endpoint endpoint, long epoch) {
        return parked.load(endpoint, epoch, LATER, Set.of(), 1000);
    }

    /// Offsets of what is parked for an endpoint.
    List<Long> waiting(Endpoint endpoint) {
        return load(endpoint, -1).stream()
                .map(one -> one.message().id().offset())
                .sorted()
                .toList();
    }

    /// All of it at once, which makes it one batch, and waits until it is committed.
    void write(Entry... entries) {
        for (var entry : entries) {
            journal.write(entry);
        }
        flush();
    }

    void flush() {
        await().atMost(Duration.ofSeconds(60)).until(() -> journal.pending() == 0);
        // a listener may still be at work on the last batch
        journal.close();
        journal = journal();
    }

    synchronized void tell(String what) {
        told.add(what);
    }

    synchronized List<String> told() {
        return List.copyOf(told);
    }

    long count(String table) {
        return number("select count(*) from " + table);
    }

    long number(String sql) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }

    String text(String sql) {
        return database.jdbi()
                .withHandle(
                        handle -> handle.createQuery(sql).mapTo(String.class).one());
    }

    String ended(DeliveryId id) {
        return text("select reason from ended where message_id = '%s' and endpoint_id = '%s'"
                .formatted(id.message(), id.endpoint()));
    }

    void execute(String sql, Object... values) {
        database.jdbi().useHandle(handle -> handle.execute(sql, values));
    }

    /// As the registry would have stored it.
    void store(Endpoint endpoint) {
        execute("""
            insert into endpoint (id, tenant, settings, version, registry_version, deleted, created_at, updated_at)
            values (?, 'default', '{}', 1, 1, false, ?, ?)\
            """, endpoint.id().value(), Given.TIME, Given.TIME);
    }

    static Row row(Job job) {
        return job.row().orElseThrow();
    }

    @Override
    public void close() {
        journal.close();
        database.close();
    }
}
