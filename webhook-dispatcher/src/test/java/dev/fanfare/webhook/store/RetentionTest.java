package dev.fanfare.webhook.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.journal.Disposition;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class RetentionTest {
    private final Stage stage;
    private final Retention retention;
    private final Instant now;

    RetentionTest(Kind kind) {
        stage = new Stage(kind.empty());
        retention = new Retention(stage.database);
        now = stage.database.now();
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void attemptsGoByAgeHoweverMany() {
        var endpoint = stage.endpoint();
        for (int i = 0; i < 2500; i++) {
            stage.running().write(Given.delivered(stage.live(Given.message(i), endpoint)));
        }
        stage.flush();
        stage.execute("update attempt set started_at = ? where offset_n = 7", now);
        // H2 and PostgreSQL add to instants in different ways
        for (int i = 0; i < 2500; i += 500) {
            stage.execute(
                    "update attempt set started_at = ? where offset_n >= ? and offset_n < ? and offset_n <> 7",
                    Given.TIME.plusSeconds(i),
                    i,
                    i + 500);
        }
        assertThat(retention.attempts(Given.TIME)).isZero();
        assertThat(retention.attempts(Given.TIME.plusSeconds(1000))).isEqualTo(999);
        assertThat(retention.attempts(now)).isEqualTo(1500);
        assertThat(stage.number("select min(offset_n) from attempt")).isEqualTo(7);
    }

    @Test
    void anEventGoesWhenNothingRefersToItAnyMore() {
        var endpoint = stage.endpoint();
        stage.write(
                Given.parked(stage.live(Given.message(1), endpoint), ParkReason.RATE, now),
                Given.parked(stage.live(Given.message(2), endpoint), ParkReason.RATE, now),
                Given.parked(stage.live(Given.message(3), endpoint), ParkReason.RATE, now),
                Given.exhausted(stage.live(Given.message(4), endpoint)),
                Given.parked(stage.live(Given.message(5), endpoint), ParkReason.RATE, now));
        var ended = Given.tried(
                stage.backlog(endpoint, 3, -1),
                Given.result(Reason.STATUS, 400, ""),
                new Disposition.Ended(Reason.EXPIRED, false));
        stage.write(
                Given.delivered(stage.backlog(endpoint, 1, -1)),
                ended,
                Given.delivered(stage.backlog(endpoint, 5, -1)));
        assertThat(retention.payloads(now.plusSeconds(3600))).isZero(); // too young
        stage.execute("update payload set created_at = ? where offset_n < 5", now.minus(Duration.ofHours(2)));
        assertThat(retention.payloads(now)).isEqualTo(2);
        assertThat(stage.number("select count(*) from payload where offset_n in (2, 4, 5)"))
                .isEqualTo(3);
        stage.execute("update ended set ended_at = ? where offset_n = 4", now.minus(Duration.ofDays(90)));
        assertThat(retention.ended(now.minus(Duration.ofDays(30)))).isEqualTo(1);
        assertThat(retention.payloads(now)).isEqualTo(1);
        assertThat(stage.waiting(endpoint)).containsExactly(2L);
    }

    @Test
    void anOldEventThatIsParkedAgainIsYoungAgain() {
        var endpoint = stage.endpoint();
        stage.write(Given.parked(stage.live(Given.message(1), endpoint), ParkReason.RATE, now));
        stage.execute("update payload set created_at = ?", now.minus(Duration.ofHours(2)));
        stage.write(Given.parked(stage.live(Given.message(1), stage.endpoint()), ParkReason.RATE, now));
        stage.execute("delete from parked");
        assertThat(retention.payloads(now)).isZero();
    }

    @Test
    void answersAndDeletedEndpointsGoToo() {
        stage.store(stage.endpoint());
        stage.store(stage.endpoint());
        var young = stage.endpoint();
        stage.store(young);
        stage.execute("update endpoint set deleted = true");
        stage.execute(
                "update endpoint set updated_at = ? where id = ?",
                now,
                young.id().value());
        stage.execute("insert into idempotency values ('scope', 'f', 200, '', '', ?)", Given.TIME);
        assertThat(retention.tombstones(now)).isEqualTo(2);
        assertThat(stage.text("select id from endpoint")).isEqualTo(young.id().value());
        assertThat(retention.idempotency(now)).isEqualTo(1);
    }

    @Test
    void theSweeperRemovesWhatIsOldByItself() {
        var endpoint = stage.endpoint();
        stage.write(Given.delivered(stage.live(Given.message(1), endpoint)));
        stage.write(Given.delivered(stage.live(Given.message(2), endpoint)));
        stage.execute("update attempt set started_at = ? where offset_n = 1", now.minus(Duration.ofDays(3)));
        stage.execute("update attempt set started_at = ? where offset_n = 2", now.minus(Duration.ofDays(1)));
        var keep = new Sweeper.Keep(Duration.ofDays(2), Duration.ofDays(2), Duration.ofMillis(5));
        try (var sweeper = new Sweeper(stage.database, keep)) {
            sweeper.start();
            await().atMost(Duration.ofSeconds(20)).until(() -> stage.number("select count(*) from attempt") == 1);
        }
        assertThat(stage.number("select min(offset_n) from attempt")).isEqualTo(2);
    }
}
