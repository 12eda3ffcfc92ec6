package dev.fanfare.webhook.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.delivery.Attempt;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Row;
import dev.fanfare.webhook.delivery.Trigger;
import dev.fanfare.webhook.endpoint.Ordering;
import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.journal.Effect;
import dev.fanfare.webhook.journal.Entry;
import dev.fanfare.webhook.journal.OperationalEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class SqlJournalTest {
    private static final Instant DUE = Given.TIME.plusSeconds(5);

    private final Stage stage;

    SqlJournalTest(Kind kind) {
        stage = new Stage(kind.empty());
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void whatIsParkedComesBackAsItWas() {
        var endpoint = stage.endpoint(Ordering.KEY, false);
        var job = stage.live(Given.message(7, "key"), endpoint);
        stage.write(Given.retry(job, DUE));
        var loaded = stage.load(endpoint, 9);
        assertThat(loaded).hasSize(1);
        var one = loaded.getFirst();
        assertThat(one.message()).usingRecursiveComparison().isEqualTo(Given.message(7, "key"));
        assertThat(one.attempt()).isEqualTo(2);
        assertThat(one.trigger()).isEqualTo(Trigger.SCHEDULE);
        assertThat(one.why()).isEqualTo(ParkReason.RETRY);
        assertThat(one.due()).isEqualTo(DUE);
        assertThat(one.row()).isEqualTo(new Row(Stage.row(job).version(), 9));
        assertThat(Stage.row(job).epoch()).isEqualTo(-1);
        assertThat(stage.text("select response_head from attempt")).isEqualTo("oops");
        assertThat(stage.told()).containsExactly("registry 0", "settled 7");
    }

    @Test
    void aParkedDeliveryIsTriedAgainAndGoesWhenItIsDelivered() {
        var endpoint = stage.endpoint();
        stage.write(Given.retry(stage.live(Given.message(1), endpoint), DUE));
        var second = stage.backlog(endpoint, 1, -1);
        var before = Stage.row(second);
        stage.write(Given.retry(second, DUE.plusSeconds(300)));
        assertThat(Stage.row(second).version()).isEqualTo(before.version() + 1);
        var third = stage.backlog(endpoint, 1, -1);
        assertThat(third.attempt()).isEqualTo(3);
        stage.write(Given.delivered(third));
        assertThat(third.row()).isEmpty();
        assertThat(stage.count("parked")).isZero();
        assertThat(stage.number("select max(number_n) from attempt")).isEqualTo(3);
        assertThat(stage.number("select count(*) from attempt where reason = 'delivered'"))
                .isEqualTo(1);
    }

    @Test
    void aSlowCallsInsuranceGoesWithItsSuccess() {
        var endpoint = stage.endpoint();
        var slow = stage.live(Given.message(1), endpoint);
        stage.write(Given.parked(slow, ParkReason.SLOW, DUE));
        assertThat(stage.waiting(endpoint)).containsExactly(1L);
        stage.write(Given.delivered(slow));
        var sameBatch = stage.live(Given.message(2), endpoint);
        stage.write(Given.parked(sameBatch, ParkReason.SLOW, DUE), Given.delivered(sameBatch));
        assertThat(stage.waiting(endpoint)).isEmpty();
        assertThat(stage.told())
                .filteredOn(what -> what.startsWith("settled"))
                .containsExactly("settled 1", "settled 2");
    }

    @Test
    void whoKnowsAnOldVersionChangesNothing() {
        var endpoint = stage.endpoint();
        stage.write(Given.retry(stage.live(Given.message(1), endpoint), DUE));
        var mine = stage.backlog(endpoint, 1, -1);
        var theirs = stage.backlog(endpoint, 1, -1);
        stage.write(Given.retry(theirs, DUE));
        stage.write(Given.exhausted(mine));
        assertThat(stage.waiting(endpoint)).containsExactly(1L);
        assertThat(stage.count("ended")).isZero();
        assertThat(stage.count("outbox")).isZero();
        assertThat(stage.told()).filteredOn("settled 1"::equals).hasSize(3);
    }

    @Test
    void anEventThatComesAgainLeavesItsParkedTwinAlone() {
        var endpoint = stage.endpoint();
        stage.write(Given.retry(stage.live(Given.message(1), endpoint), DUE));
        var twin = stage.backlog(endpoint, 1, -1);
        var again = stage.live(Given.message(1), endpoint);
        stage.write(Given.parked(again, ParkReason.SLOW, DUE));
        stage.write(Given.delivered(again));
        assertThat(Stage.row(stage.backlog(endpoint, 1, -1))).isEqualTo(Stage.row(twin));
    }

    @Test
    void whoHasLostTheLeaseChangesNothing() {
        var endpoint = stage.endpoint();
        var shard = Shards.of(endpoint.id());
        stage.write(
                Given.retry(stage.live(Given.message(1), endpoint), DUE),
                Given.retry(stage.live(Given.message(2), endpoint), DUE));
        var old = new Leases(stage.database, "old", Duration.ofMinutes(1));
        long epoch = old.acquire().epochs().getOrDefault(shard, 0L);
        var first = stage.backlog(endpoint, 1, epoch);
        var second = stage.backlog(endpoint, 2, epoch);
        stage.write(Given.delivered(first));
        assertThat(stage.waiting(endpoint)).containsExactly(2L);
        old.leave();
        assertThat(new Leases(stage.database, "new", Duration.ofMinutes(1))
                        .acquire()
                        .epochs()
                        .get(shard))
                .isEqualTo(epoch + 1);
        stage.write(Given.exhausted(second));
        assertThat(stage.waiting(endpoint)).containsExactly(2L);
        assertThat(stage.count("ended")).isZero();
        assertThat(stage.count("attempt")).isEqualTo(4);
        assertThat(stage.told()).contains("settled 2");
    }

    @Test
    void aDeadLetterIsKeptAndPublished() {
        var endpoint = stage.endpoint();
        stage.write(Given.exhausted(stage.live(Given.message(5, "key"), endpoint)));
        var item = new Outbox(stage.database).next(10).getFirst();
        assertThat(item.role()).isEqualTo(Outbox.Role.DEAD_LETTER);
        assertThat(item.key()).isEqualTo("key");
        assertThat(item.body()).isEqualTo("{\"n\":5}".getBytes(StandardCharsets.UTF_8));
        assertThat(item.headers())
                .containsEntry("ce_id", "id-5")
                .containsEntry("ce_traceparent", "00-1-2-01")
                .containsEntry("content-type", "application/json")
                .containsEntry("fanfare-endpoint", endpoint.id().value())
                .containsEntry("fanfare-reason", "exhausted")
                .containsEntry("fanfare-attempts", "1")
                .containsEntry("fanfare-last-status", "500")
                .containsEntry("fanfare-offset", "5");
        assertThat(stage.count("payload")).isEqualTo(1);
        new Outbox(stage.database).delete(List.of(item.id()));
        assertThat(new Outbox(stage.database).next(10)).isEmpty();
    }

    @Test
    void aDeadLetterThatIsDeliveredAfterAllIsNoneAnyMore() {
        var endpoint = stage.endpoint();
        var job = stage.live(Given.message(5), endpoint);
        stage.write(Given.exhausted(job));
        assertThat(stage.ended(job.id())).isEqualTo("exhausted");
        stage.write(Given.parked(stage.live(Given.message(5), endpoint), ParkReason.REQUESTED, DUE));
        stage.write(Given.delivered(stage.backlog(endpoint, 5, -1)));
        assertThat(stage.count("ended")).isZero();
    }

    @Test
    void newsIsPublished() {
        var endpoint = stage.endpoint();
        var job = stage.live(Given.message(1), endpoint);
        var news = new OperationalEvent(
                "endpoint.failing", endpoint.id().value(), Given.TIME, Map.of("reason", "a \"quoted\" \0 reason"));
        stage.write(new Entry(job, Optional.empty(), new Disposition.Delivered(), List.of(), List.of(news)));
        var item = new Outbox(stage.database).next(10).getFirst();
        assertThat(item.role()).isEqualTo(Outbox.Role.OPERATIONAL);
        assertThat(item.headers())
                .containsEntry("ce_type", "endpoint.failing")
                .containsEntry("ce_subject", endpoint.id().value())
                .containsEntry("ce_time", "2026-11-20T08:00:00.123456Z");
        assertThat(new String(item.body(), StandardCharsets.UTF_8))
                .isEqualTo("{\"reason\":\"a \\\"quoted\\\" \\u0000 reason\"}");
    }

    @Test
    void effectsChangeTheEndpointAndTheRegistrysVersion() {
        var endpoint = stage.endpoint();
        stage.store(endpoint);
        var id = endpoint.id();
        effect(1, new Effect.Failing(id, Given.TIME));
        effect(2, new Effect.Failing(id, Given.TIME.plusSeconds(9)));
        assertThat(stage.database.registryVersion()).isEqualTo(1);
        effect(3, new Effect.Pause(id, 1, DUE));
        effect(4, new Effect.Pause(id, 1, DUE.minusSeconds(1)));
        assertThat(stage.database.registryVersion()).isEqualTo(2);
        assertThat(instant("failing_since")).contains(Given.TIME);
        assertThat(instant("paused_until")).contains(DUE);
        effect(5, new Effect.Recovered(id));
        effect(6, new Effect.Disable(id, 1, "gone"));
        effect(7, new Effect.Disable(id, 1, "exhausted"));
        assertThat(instant("failing_since")).isEmpty();
        assertThat(stage.number("select version from endpoint")).isEqualTo(2); // once disabled
        assertThat(stage.text("select disabled_reason from endpoint")).isEqualTo("gone");
        assertThat(stage.number("select registry_version from endpoint")).isEqualTo(4);
        assertThat(stage.database.registryVersion()).isEqualTo(4);
    }

    @Test
    void whatWasCalledBeforeAChangeSaysNothingOfTheChangedEndpoint() {
        var endpoint = stage.endpoint();
        stage.store(endpoint);
        stage.execute("update endpoint set version = 2");
        effect(1, new Effect.Disable(endpoint.id(), 1, "gone"));
        effect(2, new Effect.Pause(endpoint.id(), 1, DUE));
        assertThat(stage.number("select count(*) from endpoint where disabled_reason is null and version = 2"))
                .isEqualTo(1);
        assertThat(instant("paused_until")).isEmpty();
        effect(3, new Effect.Pause(endpoint.id(), 2, DUE));
        effect(4, new Effect.Disable(endpoint.id(), 2, "gone"));
        assertThat(instant("paused_until")).contains(DUE);
        assertThat(stage.text("select disabled_reason from endpoint")).isEqualTo("gone");
    }

    private void effect(long offset, Effect effect) {
        var job = stage.live(Given.message(offset), stage.endpoint());
        stage.write(new Entry(job, Optional.empty(), new Disposition.Delivered(), List.of(effect), List.of()));
    }

    private Optional<Instant> instant(String column) {
        return stage.database
                .jdbi()
                .withHandle(handle -> handle.createQuery("select " + column + " from endpoint")
                        .mapTo(Instant.class)
                        .findOne());
    }

    @Test
    void theRegistrysVersionIsToldBeforeJobsAreSettled() {
        var endpoint = stage.endpoint();
        stage.write(Given.delivered(stage.live(Given.message(1), endpoint)));
        stage.execute("update registry set version = 17");
        stage.write(
                Given.delivered(stage.live(Given.message(2), endpoint)),
                Given.retry(stage.live(Given.message(3), endpoint), DUE));
        assertThat(stage.told()).containsExactly("registry 0", "settled 1", "registry 17", "settled 2", "settled 3");
    }

    @Test
    void whereAnEndpointConflatesOnlyTheLatestOfAKeyIsKept() {
        var endpoint = stage.endpoint(Ordering.NONE, true);
        stage.write(
                Given.retry(stage.live(Given.message(1, "a"), endpoint), DUE),
                Given.retry(stage.live(Given.message(2, "b"), endpoint), DUE),
                Given.retry(stage.live(Given.message(3, null), endpoint), DUE),
                Given.retry(stage.live(Given.message(4, null), endpoint), DUE));
        var slow = stage.backlog(endpoint, 1, -1);
        var first = stage.live(Given.message(5, "a"), endpoint);
        stage.write(
                Given.retry(stage.live(Given.message(6, "a"), endpoint), DUE),
                Given.retry(first, DUE),
                Given.delivered(stage.live(Given.message(7, "b"), endpoint)));
        assertThat(stage.waiting(endpoint)).containsExactly(2L, 3L, 4L, 6L);
        assertThat(stage.ended(slow.id())).isEqualTo("superseded");
        assertThat(stage.ended(first.id())).isEqualTo("superseded");
        // its call was under way all the time
        stage.write(Given.retry(slow, DUE));
        assertThat(stage.waiting(endpoint)).containsExactly(2L, 3L, 4L, 6L);
        stage.write(Given.retry(stage.live(Given.message(5, "a"), endpoint), DUE));
        assertThat(stage.waiting(endpoint)).containsExactly(2L, 3L, 4L, 6L);
        assertThat(stage.told()).contains("settled 1", "settled 5", "settled 6");
    }

    @Test
    void elsewhereEachEventOfAKeyIsKept() {
        var endpoint = stage.endpoint(Ordering.NONE, false);
        stage.write(
                Given.retry(stage.live(Given.message(1, "a"), endpoint), DUE),
                Given.retry(stage.live(Given.message(2, "a"), endpoint), DUE));
        assertThat(stage.waiting(endpoint)).containsExactly(1L, 2L);
        assertThat(stage.number("select count(order_key) from parked")).isZero();
    }

    @Test
    void whatADatabaseCannotKeepIsReplaced() {
        var endpoint = stage.endpoint(Ordering.KEY, false);
        var message = Given.message(1, "k\0\uD800", "a\0b");
        var job = stage.live(message, endpoint);
        var result = Given.result(Reason.STATUS, 500, "nul \0, half \uDC00, whole \uD83D\uDE00" + "x".repeat(5000));
        stage.write(
                Given.tried(job, result, new Disposition.Ended(Reason.EXHAUSTED, true)),
                Given.retry(stage.live(Given.message(2, "k\0\uD800"), endpoint), DUE));
        assertThat(stage.text("select response_head from attempt where status = 500 and offset_n = 1"))
                .startsWith("nul \uFFFD, half \uFFFD, whole \uD83D\uDE00x")
                .hasSize(4096);
        assertThat(stage.load(endpoint, -1).getFirst().message().event().key()).isEqualTo("k\0\uD800");
        assertThat(stage.told()).contains("settled 1", "settled 2");
    }

    @Test
    void whatTheDatabaseRefusesDoesNotStopTheRest() {
        stage.execute("alter table attempt add constraint no_poison check (response_head <> 'poison')");
        var endpoint = stage.endpoint();
        var poison = Given.result(Reason.STATUS, 500, "poison");
        var poisoned = stage.live(Given.message(3), endpoint);
        var never = stage.live(Given.message(5), endpoint);
        var parked = new Disposition.Parked(ParkReason.RETRY, DUE, 2);
        var impossible = new Attempt(never.id(), 1, Trigger.SCHEDULE, Instant.MAX, poison);
        stage.write(
                Given.retry(stage.live(Given.message(1), endpoint), DUE),
                Given.retry(stage.live(Given.message(2), endpoint), DUE),
                Given.tried(poisoned, poison, parked),
                Given.retry(stage.live(Given.message(4), endpoint), DUE),
                new Entry(never, Optional.of(impossible), parked, List.of(), List.of()),
                Given.retry(stage.live(Given.message(6), endpoint), DUE));
        assertThat(stage.waiting(endpoint)).containsExactly(1L, 2L, 3L, 4L, 6L);
        assertThat(stage.told()).filteredOn(what -> what.startsWith("settled")).hasSize(5);
        assertThat(never.row()).isEmpty();
        assertThat(stage.text("select detail from attempt where offset_n = 3")).contains("refused");
    }

    @Test
    void aSuccessCostsAFewHundredthsOfAStatement() {
        var endpoint = stage.endpoint();
        var journal = stage.running();
        for (int i = 0; i < 5000; i++) {
            journal.write(Given.delivered(stage.live(Given.message(i), endpoint)));
        }
        stage.flush();
        assertThat(stage.count("attempt")).isEqualTo(5000);
        assertThat(journal.entries()).isEqualTo(5000);
        assertThat((double) journal.statements() / journal.entries()).isLessThan(0.03);
    }

    @Test
    void closingWritesWhatIsLeft() {
        var endpoint = stage.endpoint();
        Job[] jobs = new Job[2000];
        for (int i = 0; i < jobs.length; i++) {
            jobs[i] = stage.live(Given.message(i), endpoint);
            stage.running().write(Given.parked(jobs[i], ParkReason.STOPPING, DUE));
        }
        stage.running().close();
        assertThat(stage.count("parked")).isEqualTo(jobs.length);
        assertThat(jobs).allMatch(job -> job.row().isPresent());
    }
}
