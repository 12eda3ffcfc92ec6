package dev.fanfare.webhook.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Routing;
import dev.fanfare.quickstart.broker.LocalBroker;
import dev.fanfare.service.kafka.KafkaClients;
import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.endpoint.Registry;
import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.journal.Entry;
import dev.fanfare.webhook.journal.OperationalEvent;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class IntakeTest {
    private static final LocalBroker BROKER = LocalBroker.get();
    private static final Duration SOON = Duration.ofSeconds(30);

    private final Registry registry = new Registry();
    private final AtomicLong storeVersion = new AtomicLong();
    private final List<Endpoint> stored = new CopyOnWriteArrayList<>();
    private final FakeLanes lanes = new FakeLanes();
    private final FakePositions positions = new FakePositions();
    private final List<Entry> journal = new CopyOnWriteArrayList<>();
    private final List<OperationalEvent> news = new CopyOnWriteArrayList<>();
    private final List<Intake> running = new ArrayList<>();
    private String topic = "";
    private String group = "";
    private int events = 1000;
    private volatile boolean storeAway;

    private long refresh() {
        if (storeAway) {
            throw new IllegalStateException("the store is away");
        }
        long version = storeVersion.get();
        registry.apply(version, stored, List.of());
        return version;
    }

    private EndpointId endpoint(String mark, String tenant, String channels) {
        var id = new EndpointId("ep_" + mark + "x".repeat(19));
        stored.add(new Endpoint(
                id,
                tenant,
                EndpointSettings.of(URI.create("https://example.com/"), List.of(ChannelPattern.parse(channels))),
                List.of(),
                1,
                storeVersion.incrementAndGet(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Instant.EPOCH,
                Instant.EPOCH));
        return id;
    }

    private Intake open() {
        if (topic.isEmpty()) {
            topic = BROKER.newTopic("intake", 1);
            group = "group-" + topic;
        }
        refresh();
        var metrics = new IntakeMetrics();
        var routing = Routing.of(List.of(new Routing.Rule(List.of(topic), List.of("orders.{key}"))));
        var intake = new Intake(
                new IntakeSettings(group, events, 10_000, 1 << 24, Duration.ofMillis(50)),
                new KafkaClients(Map.of("bootstrap.servers", BROKER.bootstrapServers())),
                new RecordTaker(routing, Tenants.parse("{ce.tenantid}"), news::add, metrics),
                registry,
                this::refresh,
                positions,
                lanes,
                journal::add,
                news::add,
                metrics);
        running.add(intake);
        intake.start();
        await().atMost(SOON).until(intake::isReading);
        return intake;
    }

    private void send(String key, String value, String... headers) {
        BROKER.send(topic, 0, key, value.getBytes(UTF_8), headers);
    }

    private long committed() {
        return BROKER.committed(group).getOrDefault(new TopicPartition(topic, 0), -1L);
    }

    @AfterEach
    void stop() {
        running.forEach(Intake::close);
    }

    @Test
    void beginsAtTheHeadAndCommitsOnlyWhatIsSettled() {
        topic = BROKER.newTopic("intake", 1);
        group = "group-" + topic;
        send("0", "before the first start");
        endpoint("a", "default", "orders.*");
        open();
        send("1", "one");
        send("2", "two");
        send("3", "three");
        await().atMost(SOON).until(() -> lanes.jobs.size() == 3);
        assertThat(lanes.offered()).containsExactly("ep_a1", "ep_a2", "ep_a3");

        lanes.settle(3);
        lanes.settle(1);
        await().atMost(SOON).until(() -> committed() == 2);

        lanes.settle(2);
        await().atMost(SOON).until(() -> committed() == 4);
    }

    @Test
    void readsNoMoreWhileTheMachineIsBusyWithWhatItHas() {
        endpoint("a", "default", "orders.*");
        lanes.busy = 20;
        var intake = open();
        intake.close();
        running.clear();
        for (int i = 0; i < 400; i++) {
            send("1", "x");
        }
        open();
        await().atMost(SOON).until(() -> lanes.jobs.size() == 400);
        assertThat(lanes.readWhenBusy).hasSize(20);
        assertThat(new HashSet<>(lanes.readWhenBusy)).hasSize(1);
        assertThat(lanes.readWhenBusy.getFirst()).isLessThan(400);
    }

    @Test
    void readsAgainWhatWasNotSettledAndNotWhatIsOnRecord() {
        var a = endpoint("a", "default", "orders.*");
        endpoint("b", "default", "orders.*");
        var first = open();
        send("1", "one");
        send("2", "two");
        await().atMost(SOON).until(() -> lanes.jobs.size() == 4);
        lanes.settle(0);
        first.close();
        assertThat(committed()).isEqualTo(1);

        positions.settled.add(new DeliveryId(lanes.jobs.get(2).message().id(), a));
        lanes.jobs.clear();
        open();
        await().atMost(SOON).until(() -> !lanes.jobs.isEmpty());
        assertThat(lanes.offered()).containsExactly("ep_b1");
    }

    @Test
    void givesAnEventToAnEndpointThatCameBeforeItWasCommitted() {
        endpoint("a", "default", "orders.1");
        open();
        send("1", "held");
        send("2", "for nobody yet");
        await().atMost(SOON).until(() -> lanes.jobs.size() == 1);

        endpoint("b", "default", "orders.*");
        lanes.settle(0);
        await().atMost(SOON).until(() -> lanes.offered().contains("ep_b1"));
        assertThat(committed()).isLessThan(1);
    }

    @Test
    void keepsEventsToTheirTenant() {
        endpoint("d", "default", "**");
        endpoint("a", "acme", "**");
        open();
        send("1", "nobody's");
        send(
                "2",
                "acme's",
                "ce_specversion",
                "1.0",
                "ce_id",
                "2",
                "ce_source",
                "/s",
                "ce_type",
                "t",
                "ce_tenantid",
                "acme");
        send(
                "3",
                "x",
                "ce_specversion",
                "1.0",
                "ce_id",
                "3",
                "ce_source",
                "/s",
                "ce_type",
                "t",
                "ce_tenantid",
                "acme\n");
        send("4", "last");
        await().atMost(SOON).until(() -> lanes.offered().contains("ep_d3"));
        assertThat(lanes.offered()).containsExactly("ep_d0", "ep_a1", "ep_d3");
    }

    @Test
    void resumesFromTheStoreWhenTheGroupIsForgotten() {
        lanes.settleAtOnce = true;
        endpoint("a", "default", "**");
        var first = open();
        send("1", "one");
        await().atMost(SOON).until(() -> committed() == 1);
        first.close();
        BROKER.forget(group);
        positions.offsets.replaceAll((_, _) -> 1L);
        send("2", "while nobody read");
        lanes.jobs.clear();

        open();
        await().atMost(SOON).until(() -> !lanes.jobs.isEmpty());
        assertThat(lanes.offered()).containsExactly("ep_a1");
    }

    @Test
    void remembersHowFarItHasComeWhenNothingMoreComes() {
        lanes.settleAtOnce = true;
        endpoint("a", "default", "orders.*");
        open();
        for (int i = 0; i < 5; i++) {
            send("1", "event");
        }
        await().atMost(SOON).until(() -> committed() == 5);
        await().atMost(SOON).until(() -> positions.offsets.containsValue(5L));
    }

    @Test
    void tellsARangeThatIsGone() {
        lanes.settleAtOnce = true;
        endpoint("a", "default", "**");
        var first = open();
        send("1", "one");
        await().atMost(SOON).until(() -> committed() == 1);
        first.close();
        send("2", "gone");
        send("3", "gone");
        send("4", "there");
        BROKER.truncate(topic, 0, 3);
        lanes.jobs.clear();

        open();
        await().atMost(SOON).until(() -> !lanes.jobs.isEmpty());
        assertThat(lanes.offered()).containsExactly("ep_a3");
        assertThat(news).singleElement().satisfies(told -> {
            assertThat(told.type()).isEqualTo("feed.lost");
            assertThat(told.data()).isEqualTo(Map.of("from", "1", "to", "3"));
        });
    }

    @Test
    void stopsReadingWhenItsHandsAreFullAndGoesOnLater() {
        events = 10;
        endpoint("a", "default", "**");
        open();
        for (int i = 0; i < 3000; i++) {
            send(Integer.toString(i), "x");
        }
        await().during(Duration.ofSeconds(1))
                .atMost(SOON)
                .until(() -> !lanes.jobs.isEmpty() && lanes.jobs.size() < 2500);
        lanes.settleAtOnce = true;
        lanes.jobs.forEach(job -> job.settlement().settled(job));
        await().atMost(SOON).until(() -> committed() == 3000);
        assertThat(lanes.jobs).hasSize(3000);
    }

    @Test
    void commitsNothingWhileTheStoreIsAway() {
        lanes.settleAtOnce = true;
        endpoint("a", "default", "**");
        open();
        storeAway = true;
        send("1", "one");
        await().atMost(SOON).until(() -> lanes.jobs.size() == 1);
        await().during(Duration.ofMillis(500)).atMost(SOON).until(() -> committed() < 1);
        storeAway = false;
        await().atMost(SOON).until(() -> committed() == 1);
    }

    @Test
    void deadLettersWhatIsTooLarge() {
        endpoint("a", "default", "**");
        open();
        send("1", "x".repeat(Windows.EVENT_MAX + 1));
        await().atMost(SOON).until(() -> !journal.isEmpty());
        assertThat(journal.getFirst().disposition()).isEqualTo(new Disposition.Ended(Reason.TOO_LARGE, true));
        assertThat(lanes.jobs).isEmpty();
    }

    @Test
    void goesOnBehindRecordsThatAreNoEvents() {
        lanes.settleAtOnce = true;
        endpoint("a", "default", "**");
        open();
        send("1", "x", "ce_specversion", "1.0", "ce_id", "1");
        send("2", "fine");
        await().atMost(SOON).until(() -> committed() == 2);
        assertThat(lanes.offered()).containsExactly("ep_a1");
        assertThat(news)
                .singleElement()
                .satisfies(told -> assertThat(told.type()).isEqualTo("record.undecodable"));
    }
}
