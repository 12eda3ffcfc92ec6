package dev.fanfare.webhook.observe;

import dev.fanfare.service.observe.Histogram;
import dev.fanfare.service.observe.Meters;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.dispatch.DispatchMetrics;
import dev.fanfare.webhook.endpoint.Registry;
import dev.fanfare.webhook.ingest.Intake;
import dev.fanfare.webhook.ingest.IntakeMetrics;
import dev.fanfare.webhook.lane.Lanes;
import dev.fanfare.webhook.park.ParkingLot;
import dev.fanfare.webhook.park.Scheduler;
import dev.fanfare.webhook.publish.OutboxPublisher;
import dev.fanfare.webhook.store.Endings;
import dev.fanfare.webhook.store.Parked;
import dev.fanfare.webhook.store.SqlJournal;
import io.helidon.metrics.api.Tag;
import io.helidon.webserver.observe.metrics.MetricsObserver;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// `/metrics`: every name, what it counts and its labels. Counters end in `_total` on the wire.
public final class Metrics implements AutoCloseable {
    private final Meters meters = new Meters();

    /// What serves the path.
    public MetricsObserver observer() {
        return MetricsObserver.builder()
                .metricsConfig(meters.config())
                .meterRegistry(meters.registry())
                .build();
    }

    /// From Kafka to jobs.
    public void intake(Intake intake, IntakeMetrics counts) {
        counter("fanfare_webhook_records_in", "Records read", counts.records);
        counter("fanfare_webhook_undecodable", "Records that cannot be decoded", counts.undecodable);
        counter("fanfare_webhook_unrouted", "Records that no routing rule matches", counts.unrouted);
        counter("fanfare_webhook_unmatched", "Events that no endpoint wants", counts.unmatched);
        counter("fanfare_webhook_deliveries_begun", "Deliveries made of events", counts.jobs);
        counter("fanfare_webhook_matched_again", "Deliveries to endpoints newer than the event", counts.rematched);
        counter("fanfare_webhook_commits", "Commits to Kafka", counts.commits);
        counter("fanfare_webhook_lost_ranges", "Ranges that Kafka had no more", counts.lostRanges);
        gauge(
                "fanfare_webhook_events_in_flight",
                "Events between read and committed",
                () -> intake.inFlight().values().stream()
                        .mapToLong(Integer::longValue)
                        .sum());
        counts.onNewPartition(partition -> gauge(
                "fanfare_webhook_frontier_lag",
                "Records between what is settled and the last stable offset",
                () -> intake.lag(partition),
                Tag.create("topic", partition.topic()),
                Tag.create("partition", Integer.toString(partition.partition()))));
        gauge("fanfare_webhook_kafka_reachable", "Whether Kafka answers", () -> intake.isKafkaReachable() ? 1 : 0);
    }

    /// From jobs to receivers.
    public void delivery(DispatchMetrics counts, Lanes lanes, ParkingLot lot, Registry registry) {
        for (var reason : Reason.values()) {
            counter(
                    "fanfare_webhook_calls",
                    "Calls that ended",
                    counts.calls(reason),
                    Tag.create("reason", reason.code()));
        }
        meters.histogram("fanfare_webhook_call_seconds", "Time of a call", counts.callTime);
        delivery("first", counts.firstTime);
        delivery("later", counts.laterTime);
        counter("fanfare_webhook_delivered", "Deliveries that succeeded", counts.delivered);
        counter("fanfare_webhook_retries", "Attempts that failed and are tried again", counts.retries);
        for (var reason : ParkReason.values()) {
            meters.counter(
                    "fanfare_webhook_parked_by_lanes",
                    "Deliveries that lanes have parked without a call",
                    () -> lot.count(reason),
                    Tag.create("reason", reason.code()));
        }
        gauge("fanfare_webhook_calls_running", "Calls under way", lanes::inFlight);
        var standing = new LanesReading(lanes);
        for (var state : LanesReading.Standing.values()) {
            gauge(
                    "fanfare_webhook_lanes",
                    "Lanes by how they stand",
                    () -> standing.lanes(state),
                    Tag.create("state", state.name().toLowerCase(Locale.ROOT).replace('_', '-')));
        }
        gauge("fanfare_webhook_queued", "Jobs that wait in lanes", standing::queuedLive, Tag.create("from", "kafka"));
        gauge(
                "fanfare_webhook_queued",
                "Jobs that wait in lanes",
                standing::queuedBacklog,
                Tag.create("from", "store"));
        gauge(
                "fanfare_webhook_endpoints",
                "Endpoints known",
                () -> registry.all().size());
    }

    private void delivery(String attempt, Histogram time) {
        meters.histogram(
                "fanfare_webhook_delivery_seconds",
                "From a record's timestamp until its delivery was acknowledged",
                time,
                Tag.create("attempt", attempt));
    }

    /// What is on record and what waits.
    public void store(
            SqlJournal journal,
            Scheduler scheduler,
            OutboxPublisher outbox,
            Parked parked,
            Endings endings,
            Registry registry) {
        for (var reason : Reason.values()) {
            if (!reason.isSuccess()) {
                counter(
                        "fanfare_webhook_dead_letters",
                        "Deliveries given up and kept",
                        endings.deadLetters(reason),
                        Tag.create("reason", reason.code()));
                counter(
                        "fanfare_webhook_ended",
                        "Deliveries that are over without success",
                        endings.others(reason),
                        Tag.create("reason", reason.code()));
            }
        }
        meters.counter("fanfare_webhook_journal_entries", "Journal entries committed", journal::entries);
        meters.counter("fanfare_webhook_journal_commits", "Transactions of the journal", journal::commits);
        meters.counter("fanfare_webhook_journal_statements", "Statements of the journal", journal::statements);
        meters.counter("fanfare_webhook_journal_refused", "Entries the database refuses", journal::refused);
        gauge("fanfare_webhook_journal_pending", "Journal entries not committed", journal::pending);
        gauge("fanfare_webhook_store_reachable", "Whether the store answers", () -> journal.isAway() ? 0 : 1);
        gauge("fanfare_webhook_shards", "Shards this node works off", scheduler::shards);
        gauge("fanfare_webhook_backlog_in_flight", "Parked deliveries in hand", scheduler::inFlight);
        meters.counter("fanfare_webhook_published", "Dead letters and operational events published", outbox::published);
        var backlog = new BacklogReading(parked, registry);
        gauge("fanfare_webhook_parked", "Deliveries that wait in the store", backlog::count);
        gauge(
                "fanfare_webhook_parked_overdue_seconds",
                "How long the first that can be called has been due",
                backlog::overdueSeconds);
        gauge("fanfare_webhook_parked_age_seconds", "How long the first has been parked", backlog::ageSeconds);
        meters.jvm();
    }

    private void counter(String name, String description, LongAdder adder, Tag... tags) {
        meters.counter(name, description, adder::sum, tags);
    }

    private void gauge(String name, String description, LongSupplier value, Tag... tags) {
        meters.gauge(name, description, value, tags);
    }

    @Override
    public void close() {
        meters.close();
    }
}
