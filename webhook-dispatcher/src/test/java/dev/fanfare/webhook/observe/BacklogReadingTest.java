package dev.fanfare.webhook.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.endpoint.Registry;
import dev.fanfare.webhook.store.Database;
import dev.fanfare.webhook.store.Parked;
import dev.fanfare.webhook.store.StoreSettings;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the metrics say of parked deliveries, of a database as it may be.
class BacklogReadingTest {
    private final Instant now = Instant.now();

    private final Database database = Database.open(new StoreSettings("jdbc:h2:mem:backlog", "sa", "", 2));
    private final Registry registry = new Registry();
    private int rows;

    @AfterEach
    void close() {
        database.close();
    }

    private EndpointId endpoint(Optional<String> disabled, Optional<Instant> pausedUntil) {
        var settings =
                EndpointSettings.of(URI.create("https://example.com/hook"), List.of(ChannelPattern.parse("orders.*")));
        var endpoint = new Endpoint(
                EndpointId.random(),
                "default",
                settings,
                List.of(),
                1,
                1,
                disabled,
                pausedUntil,
                Optional.empty(),
                OptionalInt.empty(),
                now,
                now);
        registry.apply(registry.version() + 1, List.of(endpoint), List.of());
        return endpoint.id();
    }

    /// A delivery that was parked and has been due for a while.
    private void park(EndpointId endpoint, Duration parked, Duration due) {
        database.jdbi()
                .useHandle(handle -> handle.execute(
                        "insert into parked (endpoint_id, message_id, shard, topic_id, partition_n, offset_n, attempt,"
                                + " trigger_by, why, due, event_at, parked_at, version)"
                                + " values (?, ?, 1, 't', 0, ?, 2, 'schedule', 'retry', ?, ?, ?, 1)",
                        endpoint.value(),
                        "m" + rows,
                        rows++,
                        now.minus(due),
                        now,
                        now.minus(parked)));
    }

    private BacklogReading reading() {
        return new BacklogReading(new Parked(database), registry);
    }

    @Test
    void isNothingWithoutAnything() {
        assertThat(reading().count()).isZero();
        assertThat(reading().ageSeconds()).isZero();
        assertThat(reading().overdueSeconds()).isZero();
    }

    @Test
    void isNotOverdueWhatCannotBeCalled() {
        park(endpoint(Optional.of("gone"), Optional.empty()), Duration.ofHours(5), Duration.ofHours(4));
        park(endpoint(Optional.empty(), Optional.of(now.plusSeconds(900))), Duration.ofHours(4), Duration.ofHours(3));
        park(EndpointId.random(), Duration.ofHours(3), Duration.ofHours(2)); // deleted
        assertThat(reading().count()).isEqualTo(3);
        assertThat(reading().ageSeconds()).isBetween(5 * 3600L, 5 * 3600L + 600);
        assertThat(reading().overdueSeconds()).isZero();

        var enabled = endpoint(Optional.empty(), Optional.of(now.minusSeconds(900)));
        park(enabled, Duration.ofMinutes(50), Duration.ofMinutes(-10)); // not due yet
        assertThat(reading().overdueSeconds()).isZero();
        park(enabled, Duration.ofHours(1), Duration.ofMinutes(30));
        assertThat(reading().count()).isEqualTo(5);
        assertThat(reading().overdueSeconds()).isBetween(1800L, 2400L);
    }
}
