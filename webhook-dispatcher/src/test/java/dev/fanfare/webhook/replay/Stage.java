package dev.fanfare.webhook.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Routing;
import dev.fanfare.quickstart.broker.LocalBroker;
import dev.fanfare.service.kafka.KafkaClients;
import dev.fanfare.webhook.api.Events;
import dev.fanfare.webhook.api.Replays.Range;
import dev.fanfare.webhook.api.Replays.Request;
import dev.fanfare.webhook.api.Replays.Status;
import dev.fanfare.webhook.delivery.Attempt;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.delivery.Timings;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.ingest.IntakeMetrics;
import dev.fanfare.webhook.ingest.RecordTaker;
import dev.fanfare.webhook.ingest.Tenants;
import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.journal.Entry;
import dev.fanfare.webhook.store.Database;
import dev.fanfare.webhook.store.EndpointStore;
import dev.fanfare.webhook.store.Parked;
import dev.fanfare.webhook.store.SqlJournal;
import dev.fanfare.webhook.store.StoreSettings;
import dev.fanfare.webhook.store.Unit;
import dev.fanfare.webhook.store.Writes;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/// A topic of the broker, a store with one endpoint, and the replays of a node. Nobody works off what is parked.
final class Stage implements AutoCloseable {
    static final LocalBroker BROKER = LocalBroker.get();
    static final Duration RECORDED = Duration.ofDays(1);
    static final Duration SOON = Duration.ofSeconds(30);

    final String topic;
    final Database database =
            Database.open(new StoreSettings("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "", 6));
    final KafkaClients clients = new KafkaClients(Map.of("bootstrap.servers", BROKER.bootstrapServers()));
    final Endpoint endpoint;
    final KafkaEvents events;
    KafkaReplays replays;

    final RecordTaker taker;
    private final SqlJournal journal;
    private int waitingMax = KafkaReplays.WAITING_MAX;

    Stage(int partitions) {
        topic = BROKER.newTopic("replay", partitions);
        taker = new RecordTaker(
                Routing.of(List.of(new Routing.Rule(List.of(topic), List.of("orders.{key}")))),
                Tenants.parse("{header.tenant}"),
                _ -> {},
                new IntakeMetrics());
        endpoint = newEndpoint("default");
        journal = new SqlJournal(database, id -> endpoints().find(id), _ -> {}, Duration.ofSeconds(20));
        events = new KafkaEvents(clients, taker);
        replays = node();
        replays.start();
    }

    EndpointStore endpoints() {
        return new EndpointStore(database);
    }

    Endpoint newEndpoint(String tenant) {
        var made = new AtomicReference<Endpoint>();
        var settings =
                EndpointSettings.of(URI.create("https://example.com/hook"), List.of(ChannelPattern.parse("orders.*")));
        change(unit -> made.set(endpoints().create(unit, tenant, settings, List.of(), OptionalInt.empty())));
        return made.get();
    }

    /// Something about endpoints, in a transaction.
    void change(Consumer<Unit> how) {
        new Writes(database, new PlainText()).run(Optional.empty(), unit -> {
            how.accept(unit);
            return new Writes.Reply(200, "", "");
        });
    }

    private KafkaReplays node() {
        return new KafkaReplays(clients, taker, database, RECORDED, waitingMax);
    }

    /// The node stops; what is begun now waits.
    void stop() {
        replays.close();
        replays = node();
    }

    /// The node stops, and another one begins.
    void restart() {
        replays.close();
        replays = node();
        replays.start();
    }

    void restart(int waitingMaxThen) {
        waitingMax = waitingMaxThen;
        restart();
    }

    /// As many records for the endpoint, numbered from 0, all in one partition.
    void send(int partition, int count) {
        for (int i = 0; i < count; i++) {
            send(partition, "42", "n" + i);
        }
    }

    long send(int partition, String key, String value, String... headers) {
        return BROKER.send(topic, partition, key, value.getBytes(UTF_8), headers)
                .offset();
    }

    /// A record with that time, in ms since 1970.
    void sendOld(int partition, long time) {
        Map<String, Object> settings = Map.of("bootstrap.servers", BROKER.bootstrapServers());
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            var sent = producer.send(new ProducerRecord<>(topic, partition, time, "42", "old"));
            producer.flush();
            assertThat(sent).isDone();
        }
    }

    Message message(int partition, long offset) {
        return ((Events.Routed) events.find(topic, partition, offset)).message();
    }

    /// Puts what came of an event on record.
    void record(int partition, long offset, Disposition disposition) {
        var job = Job.live(message(partition, offset), endpoint.id(), _ -> {});
        var reason = disposition instanceof Disposition.Delivered ? Reason.DELIVERED : Reason.STATUS;
        var result = new Result(reason, 204, "", Timings.NONE, "", Optional.empty());
        journal.write(new Entry(
                job,
                Optional.of(new Attempt(job.id(), 1, job.trigger(), Instant.now(), result)),
                disposition,
                List.of(),
                List.of()));
        await().atMost(SOON).until(() -> journal.pending() == 0);
    }

    Status start(Request request) {
        return replays.start("rp_" + UUID.randomUUID(), endpoint, request);
    }

    Status status(Status of) {
        return replays.find(endpoint, of.id()).orElseThrow();
    }

    Status awaitEnd(Status of) {
        await().atMost(SOON).until(() -> !status(of).state().equals("running"));
        return status(of);
    }

    Status run(Request request) {
        return awaitEnd(start(request));
    }

    /// `partition/offset` of what is parked for the endpoint.
    List<String> parked() {
        return new Parked(database)
                .load(endpoint, 0, Instant.now().plusSeconds(3600), Set.of(), 100_000).stream()
                        .map(row -> row.message().id())
                        .map(id -> id.partition() + "/" + id.offset())
                        .toList();
    }

    void execute(String sql, Object... values) {
        database.jdbi().useHandle(handle -> handle.execute(sql, values));
    }

    static Request since(Instant since) {
        return new Request(new Range.Times(since, Optional.empty()), false, false, OptionalInt.empty());
    }

    Request from(Map<Integer, Long> offsets) {
        return new Request(new Range.Offsets(topic, offsets), false, false, OptionalInt.empty());
    }

    static Request missing(Request of) {
        return new Request(of.range(), true, of.dryRun(), of.ratePerSecond());
    }

    static Request dry(Request of) {
        return new Request(of.range(), of.missingOnly(), true, of.ratePerSecond());
    }

    static Request slow(Request of, int perSecond) {
        return new Request(of.range(), of.missingOnly(), of.dryRun(), OptionalInt.of(perSecond));
    }

    @Override
    public void close() {
        replays.close();
        events.close();
        journal.close();
        database.close();
    }

    /// Answers that nobody asks for again.
    private static final class PlainText implements Writes.Sealing {
        @Override
        public String seal(String text) {
            return text;
        }

        @Override
        public String open(String sealed) {
            return sealed;
        }
    }
}
