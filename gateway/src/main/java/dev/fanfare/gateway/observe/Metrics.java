package dev.fanfare.gateway.observe;

import dev.fanfare.events.UndecodableException;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.cluster.Order;
import dev.fanfare.gateway.cluster.Orders;
import dev.fanfare.gateway.cluster.Presence;
import dev.fanfare.gateway.ingest.Feed;
import dev.fanfare.gateway.ingest.FeedMetrics;
import dev.fanfare.gateway.limits.Limit;
import dev.fanfare.gateway.limits.LimitMetrics;
import dev.fanfare.gateway.listener.HandshakeFailure;
import dev.fanfare.gateway.listener.TlsMetrics;
import dev.fanfare.gateway.overload.Level;
import dev.fanfare.gateway.overload.Overload;
import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.GapReason;
import dev.fanfare.gateway.protocol.Policy;
import dev.fanfare.gateway.session.SessionMetrics;
import dev.fanfare.gateway.session.SessionState;
import dev.fanfare.gateway.session.Sessions;
import dev.fanfare.gateway.session.Transport;
import dev.fanfare.service.observe.Meters;
import io.helidon.metrics.api.Tag;
import io.helidon.webserver.observe.metrics.MetricsObserver;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// `/metrics`: every name, what it counts and its labels. Counters end in `_total` on the wire.
public final class Metrics implements AutoCloseable {
    private final Meters meters = new Meters();

    /// Registers everything, until [#close].
    public Metrics(
            Channels channels,
            Sessions sessions,
            SessionMetrics delivery,
            Feed feed,
            FeedMetrics ingest,
            LimitMetrics limits,
            TlsMetrics tls) {
        feed(feed, ingest, channels);
        sessions(sessions, delivery);
        meters.jvm();
        for (var limit : Limit.values()) {
            counter(
                    "fanfare_refused",
                    "What was refused because of a limit",
                    limits.refused(limit),
                    Tag.create("reason", limit.label()));
        }
        for (var reason : HandshakeFailure.values()) {
            counter(
                    "fanfare_tls_handshake_failures",
                    "Handshakes of TLS that failed",
                    tls.failed(reason),
                    Tag.create("reason", reason.label()));
        }
    }

    /// Registers how much of what exists is read.
    ///
    /// @param read partitions
    public void partitions(LongSupplier read) {
        gauge("fanfare_partitions_read", "Partitions that the feed reads", read);
    }

    /// Registers what the answers to long-polls hold.
    ///
    /// @param bytes that are not written yet
    public void polls(LongSupplier bytes) {
        gauge("fanfare_poll_bytes", "Bytes of events in answers to long-polls that are not written yet", bytes);
    }

    /// Registers what states cost.
    ///
    /// @param keys that are remembered
    public void states(LongSupplier keys) {
        gauge("fanfare_state_keys", "Keys of which the newest record is remembered", keys);
    }

    /// Registers what overload does.
    ///
    /// @param replays refused because nobody may read back from Kafka
    public void overload(Overload overload, LongSupplier replays) {
        gauge(
                "fanfare_overload_level",
                "What the gateway does without, from 0 to 3",
                () -> overload.level().number());
        for (var level : Level.values()) {
            if (level != Level.NORMAL) {
                counter(
                        "fanfare_overload_entered",
                        "How often a level was reached from below",
                        overload.metrics().entered(level),
                        tag(level));
            }
        }
        meters.counter("fanfare_overload_refused", "What was refused because of a level", replays, tag(Level.REPLAYS));
        counter(
                "fanfare_overload_refused",
                "What was refused because of a level",
                overload.metrics().refused(Level.SESSIONS),
                tag(Level.SESSIONS));
    }

    /// Registers what operators had done.
    public void orders(Orders orders) {
        for (var kind : Order.Kind.values()) {
            counter(
                    "fanfare_orders",
                    "Orders about clients that this node has carried out",
                    orders.carriedOut(kind),
                    Tag.create("order", kind.label()));
        }
    }

    /// Registers what is known of other nodes' clients.
    public void presence(Presence presence) {
        gauge("fanfare_presence_nodes", "Nodes that tell of their clients, this one too", presence::nodes);
        counter("fanfare_presence_records", "Records that tell other nodes of clients", presence.written());
        gauge(
                "fanfare_presence_uncounted",
                "Subscriptions that are not counted, since there are too many channels",
                presence::uncounted);
    }

    private static Tag tag(Level level) {
        return Tag.create("level", Integer.toString(level.number()));
    }

    /// What serves the path.
    public MetricsObserver observer() {
        return MetricsObserver.builder()
                .metricsConfig(meters.config())
                .meterRegistry(meters.registry())
                .build();
    }

    private void feed(Feed feed, FeedMetrics ingest, Channels channels) {
        counter("fanfare_events_in", "Records read by the feed", ingest.events);
        counter("fanfare_bytes_in", "Bytes of record values read by the feed", ingest.bytes);
        counter("fanfare_unrouted", "Records that no routing rule matches", ingest.unrouted);
        counter("fanfare_confluent_framed", "Records in Confluent's framing", ingest.confluentFramed);
        counter("fanfare_dead_letters", "Undecodable records copied to the dead-letter topic", ingest.deadLettered);
        counter("fanfare_dead_letter_failures", "Dead letters not written", ingest.deadLetterFailures);
        for (var reason : UndecodableException.Reason.values()) {
            counter(
                    "fanfare_undecodable",
                    "Records that cannot be decoded",
                    ingest.undecodable(reason),
                    Tag.create("reason", reason.code()));
        }
        counter("fanfare_misplaced", "Records that are not where feed.on-demand needs them", ingest.misplaced);
        counter("fanfare_history_reads", "Blocks read back from Kafka", ingest.chunkReads);
        counter("fanfare_history_bytes", "Bytes of record values read back from Kafka", ingest.historyBytes);
        gauge("fanfare_feed_ready", "Whether the feed has caught up once", () -> feed.isReady() ? 1 : 0);
        gauge("fanfare_kafka_reachable", "Whether Kafka answers", () -> feed.isKafkaReachable() ? 1 : 0);
        gauge(
                "fanfare_feed_lag",
                "Records between the feed and the last stable offsets, all partitions",
                ingest::lagOfAll);
        ingest.onNewPartition(partition -> gauge(
                "fanfare_feed_partition_lag",
                "Records between the feed and the last stable offset",
                () -> ingest.lag().getOrDefault(partition, 0L),
                Tag.create("topic", partition.topic()),
                Tag.create("partition", Integer.toString(partition.partition()))));
        gauge("fanfare_log_bytes", "Bytes of kept events and their encoded forms", channels::keptBytes);
        counter("fanfare_encodes", "Events encoded to a wire form", channels.encodings().count);
        counter("fanfare_encode_nanoseconds", "Time in encoding events to wire forms", channels.encodings().nanos);
        gauge("fanfare_logs", "Channel and pattern logs", channels::logCount);
    }

    private void sessions(Sessions sessions, SessionMetrics delivery) {
        for (var transport : Transport.values()) {
            gauge(
                    "fanfare_sessions",
                    "Open sessions",
                    () -> sessions.count(transport),
                    Tag.create("transport", transport.label()));
        }
        var states = new StatesReading(sessions);
        for (var transport : Transport.values()) {
            for (var state : SessionState.values()) {
                gauge(
                        "fanfare_session_states",
                        "Open sessions by how they stand",
                        () -> states.count(transport, state),
                        Tag.create("transport", transport.label()),
                        Tag.create("state", label(state)));
            }
            meters.histogram(
                    "fanfare_delivery_seconds",
                    "From a record's timestamp until its event was written",
                    delivery.latency(transport),
                    Tag.create("transport", transport.label()));
        }
        for (var with : SessionMetrics.Begin.values()) {
            counter(
                    "fanfare_sessions_begun",
                    "Sessions that began",
                    delivery.begun(with),
                    Tag.create("from", label(with)));
        }
        for (var reason : CloseReason.values()) {
            counter(
                    "fanfare_sessions_ended",
                    "Sessions that ended",
                    delivery.ended(reason),
                    Tag.create("reason", label(reason)));
        }
        for (var reason : GapReason.values()) {
            counter("fanfare_gaps", "Gaps told to clients", delivery.gaps(reason), Tag.create("reason", reason.code()));
        }
        for (var policy : List.of(Policy.CONFLATE, Policy.SAMPLE, Policy.DROP_OLDEST)) { // the others keep everything
            counter(
                    "fanfare_withheld",
                    "Events that slow clients did not get",
                    delivery.withheld(policy),
                    Tag.create("policy", policy.label()));
        }
        counter("fanfare_deliveries", "Events written to clients", delivery.delivered);
        counter("fanfare_replayed", "Events written to clients from Kafka", delivery.replayed);
        counter("fanfare_bytes_out", "Bytes written to clients", delivery.bytesWritten);
        counter("fanfare_writes", "Writes to clients", delivery.writes);
        counter("fanfare_write_nanoseconds", "Time in writes to clients", delivery.writeNanos);
        counter("fanfare_write_failures", "Writes that failed", delivery.writeFailures);
        counter("fanfare_heartbeats", "Heartbeats sent", delivery.heartbeats);
        counter("fanfare_overflows", "Sessions that fell behind the logs", delivery.overflows);
        gauge("fanfare_unwritten_bytes", "Bytes that wait for clients to read them", sessions::unwrittenBytes);
        gauge("fanfare_clients_ahead", "Clients that wait for this node to come to their cursor", delivery.ahead::sum);
        counter("fanfare_node_behind", "Clients sent away because it did not", delivery.stayedAhead);
        gauge("fanfare_replaying", "Sessions that read from Kafka now", sessions::replaying);
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
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
