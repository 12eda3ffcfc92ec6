package dev.fanfare.webhook.park;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Event;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.endpoint.Ordering;
import dev.fanfare.webhook.endpoint.Registry;
import dev.fanfare.webhook.store.Database;
import dev.fanfare.webhook.store.Parked;
import dev.fanfare.webhook.store.SqlJournal;
import dev.fanfare.webhook.store.StoreSettings;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GateTest {
    private static final Uuid TOPIC = new Uuid(7, 7);
    private static final EndpointId ENDPOINT = EndpointId.random();
    private static final Duration BLOCK_MAX = Duration.ofMinutes(10);

    private final Database database =
            Database.open(new StoreSettings("jdbc:h2:mem:gate-" + Uuid.randomUuid(), "sa", "", 4));
    private final Registry registry = new Registry();
    private final SqlJournal journal = new SqlJournal(database, registry::find, _ -> {}, Duration.ofSeconds(20));
    private final Parked parked = new Parked(database);
    private Instant now = Instant.parse("2026-11-20T08:00:00Z");
    private final Gate gate = new Gate(parked, registry, () -> now);
    private final ParkingLot lot = new ParkingLot(journal, gate, registry, () -> now);

    @BeforeEach
    void register() {
        register(1, BLOCK_MAX);
    }

    @AfterEach
    void close() {
        journal.close();
        database.close();
    }

    @Test
    void opensAKeyOfWhichNothingWasParkedForTooLong() {
        park(1, "a");
        assertThat(isBlocked("a")).isTrue();
        assertThat(isBlocked("b")).isFalse();

        now = now.plus(BLOCK_MAX).minusMillis(1);
        gate.refresh();
        assertThat(isBlocked("a")).isTrue();

        now = now.plusMillis(1);
        assertThat(isBlocked("a")).isFalse();
        gate.refresh();
        assertThat(isBlocked("a")).isFalse();
        assertThat(parked.backlog().count()).as("it is parked as before").isOne();
    }

    @Test
    void countsFromTheLastThatWasParked() {
        park(1, "a");
        now = now.plus(BLOCK_MAX).minusMillis(1);
        park(2, "a");
        now = now.plus(BLOCK_MAX).minusMillis(1);
        assertThat(isBlocked("a")).isTrue();
        now = now.plusMillis(1);
        assertThat(isBlocked("a")).isFalse();
        park(3, "a");
        assertThat(isBlocked("a")).isTrue();
    }

    @Test
    void goesByTheSettingsAsTheyAreNow() {
        park(1, "a");
        now = now.plus(BLOCK_MAX.dividedBy(2));
        register(2, BLOCK_MAX.dividedBy(2));
        assertThat(isBlocked("a")).isFalse();
        register(3, BLOCK_MAX);
        assertThat(isBlocked("a")).isTrue();
    }

    @Test
    void shutsWhatWasParkedBeforeTheStart() {
        park(1, "a");
        var next = new Gate(parked, registry, () -> now);
        next.load(TOPIC, 0);
        now = now.plus(BLOCK_MAX).minusMillis(1);
        assertThat(next.isBlocked(ENDPOINT, "a")).isTrue();
        now = now.plusMillis(1);
        assertThat(next.isBlocked(ENDPOINT, "a")).isFalse();
    }

    @Test
    void opensAKeyOfWhichNothingIsParkedAnyMore() {
        park(1, "a");
        park(2, "b");
        database.jdbi().useHandle(handle -> handle.execute("delete from parked where order_key = 'a'"));
        gate.refresh();
        assertThat(isBlocked("a")).isFalse();
        assertThat(isBlocked("b")).isTrue();
    }

    private boolean isBlocked(String key) {
        return gate.isBlocked(ENDPOINT, key);
    }

    /// And waits until the store has it.
    private void park(long offset, String key) {
        var event = new Event(
                "id",
                "source",
                "type",
                null,
                null,
                null,
                Instant.EPOCH,
                new byte[1],
                false,
                Map.of(),
                key,
                "orders",
                0,
                offset,
                0);
        var message = new Message(
                new MessageId(TOPIC, 0, offset), event, List.of(new ChannelName("orders")), Message.DEFAULT_TENANT);
        var job = Job.live(message, ENDPOINT, _ -> {});
        lot.park(job, ParkReason.RETRY, Duration.ofHours(1));
        await().atMost(Duration.ofSeconds(30)).until(job::isOnRecord);
    }

    private void register(long version, Duration blockMax) {
        var plain = EndpointSettings.of(URI.create("https://example.com/"), List.of(ChannelPattern.parse("**")));
        var settings = new EndpointSettings(
                plain.url(),
                plain.channels(),
                plain.eventTypes(),
                plain.form(),
                plain.retrySchedule(),
                plain.timeout(),
                plain.ratePerSecond(),
                plain.concurrency(),
                Ordering.KEY,
                blockMax,
                plain.ttl(),
                plain.conflate(),
                plain.asymmetric(),
                plain.handshake(),
                plain.headers(),
                plain.description(),
                plain.enabled());
        var endpoint = new Endpoint(
                ENDPOINT,
                Message.DEFAULT_TENANT,
                settings,
                List.of(),
                version,
                version,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Instant.EPOCH,
                Instant.EPOCH);
        registry.apply(version, List.of(endpoint), List.of());
    }
}
