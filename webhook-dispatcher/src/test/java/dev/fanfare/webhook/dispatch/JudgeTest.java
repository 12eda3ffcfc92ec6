package dev.fanfare.webhook.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.webhook.delivery.Attempt;
import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.delivery.Timings;
import dev.fanfare.webhook.delivery.Trigger;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.journal.Effect;
import dev.fanfare.webhook.journal.OperationalEvent;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JudgeTest {
    private static final EndpointId ID = new EndpointId("ep_00000000000000000001");
    private static final Uuid TOPIC = new Uuid(7, 7);
    private static final Instant START = Instant.parse("2026-11-20T08:00:00.123456789Z");
    private static final Duration DISABLE_AFTER = Duration.ofDays(5);
    private static final int LAST = 10;

    private final Judge judge = new Judge(new RetryPolicy(new Random(20_261_125)), DISABLE_AFTER);
    private Endpoint endpoint = endpoint(null, START);
    private Instant now = START;

    @Test
    void deliversWithoutAWord() {
        assertThat(judge(1, Reason.DELIVERED, 204))
                .isEqualTo(new Verdict(new Disposition.Delivered(), List.of(), List.of()));
    }

    @Test
    void disablesWhatIsGone() {
        var verdict = judge(1, Reason.GONE, 410);

        assertThat(verdict.disposition()).isEqualTo(new Disposition.Ended(Reason.GONE, true));
        assertThat(verdict.effects()).containsExactly(new Effect.Disable(ID, 1, "gone"));
        assertThat(types(verdict)).containsExactly("endpoint.disabled");
        assertThat(verdict.news().getFirst().data())
                .containsEntry("endpoint", ID.value())
                .containsEntry("tenant", Message.DEFAULT_TENANT)
                .containsEntry("reason", "gone");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 299})
    void hasDeliveredToWhoTookItAndWantsNoMore(int status) {
        var verdict = judge(1, Reason.DISABLED_BY_RECEIVER, status);

        assertThat(verdict.disposition()).isEqualTo(new Disposition.Delivered());
        assertThat(verdict.effects()).containsExactly(new Effect.Disable(ID, 1, "disabled-by-receiver"));
        assertThat(types(verdict)).containsExactly("endpoint.disabled");
    }

    @ParameterizedTest
    @ValueSource(ints = {199, 300, 429, 500})
    void keepsWhatWasNotTakenByWhoWantsNoMore(int status) {
        var verdict = judge(1, Reason.DISABLED_BY_RECEIVER, status);

        assertThat(verdict.disposition()).isEqualTo(new Disposition.Ended(Reason.DISABLED_BY_RECEIVER, true));
        assertThat(verdict.effects()).containsExactly(new Effect.Disable(ID, 1, "disabled-by-receiver"));
    }

    @Test
    void tellsOfADisabledEndpointOnceUntilItIsChanged() {
        judge(1, Reason.GONE, 410);
        assertThat(types(judge(1, Reason.GONE, 410))).isEmpty();

        endpoint = endpoint(null, START.plusSeconds(60));
        assertThat(types(judge(1, Reason.GONE, 410))).containsExactly("endpoint.disabled");
    }

    @Test
    void dropsWhatTheReceiverAborts() {
        assertThat(judge(4, Reason.ABORTED_BY_RECEIVER, 500))
                .isEqualTo(new Verdict(new Disposition.Ended(Reason.ABORTED_BY_RECEIVER, false), List.of(), List.of()));
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {
                "STATUS",
                "REDIRECT",
                "CONNECTION_REFUSED",
                "CONNECTION_LOST",
                "TLS",
                "DNS",
                "ADDRESS_FORBIDDEN",
                "NOT_SENDABLE"
            })
    void parksWhatFailsForItsNextAttempt(Reason reason) {
        var parked = (Disposition.Parked) judge(2, reason, 0).disposition();

        assertThat(parked.why()).isEqualTo(ParkReason.RETRY);
        assertThat(parked.nextAttempt()).isEqualTo(3);
        assertThat(parked.due()).isBetween(now.plusSeconds(240), now.plusSeconds(360));
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"THROTTLED", "TIMEOUT"})
    void waitsAMinuteForAReceiverThatGetsTooMuch(Reason reason) {
        assertThat(judge(1, reason, 0).disposition())
                .isEqualTo(new Disposition.Parked(ParkReason.RETRY, now.plusSeconds(60), 2));
    }

    @Test
    void leavesAloneWhoAsksForIt() {
        var verdict = judge(1, result(Reason.THROTTLED, 429, Optional.of(Duration.ofMinutes(2))));

        assertThat(verdict.effects()).contains(new Effect.Pause(ID, 1, now.plusSeconds(120)));
        assertThat(verdict.disposition()).isEqualTo(new Disposition.Parked(ParkReason.RETRY, now.plusSeconds(120), 2));
    }

    @Test
    void givesUpAfterTheLastAttempt() {
        var verdict = judge(LAST, Reason.STATUS, 503);

        assertThat(verdict.disposition()).isEqualTo(new Disposition.Ended(Reason.EXHAUSTED, true));
        assertThat(types(verdict)).containsExactly("delivery.exhausted");
        assertThat(verdict.news().getFirst().data())
                .containsEntry("delivery", delivery().toString())
                .containsEntry("attempts", "10")
                .containsEntry("reason", "status")
                .containsEntry("status", "503");
    }

    @Test
    void disablesAfterDaysOfNothingButFailures() {
        endpoint = endpoint(START, START);

        now = START.plus(DISABLE_AFTER);
        assertThat(judge(2, Reason.STATUS, 500).effects()).isEmpty();

        now = now.plusNanos(1);
        var verdict = judge(2, Reason.STATUS, 500);
        assertThat(verdict.effects()).containsExactly(new Effect.Disable(ID, 1, "failing"));
        assertThat(types(verdict)).containsExactly("endpoint.disabled");
        assertThat(verdict.disposition()).isInstanceOf(Disposition.Parked.class);
        assertThat(types(judge(2, Reason.STATUS, 500))).isEmpty();
    }

    @Test
    void saysSinceWhenAnEndpointFailsAndThatItHasRecovered() {
        // as precise as the store is
        assertThat(judge(1, Reason.STATUS, 500).effects())
                .containsExactly(new Effect.Failing(ID, Instant.parse("2026-11-20T08:00:00.123456Z")));
        now = START.plusSeconds(1);
        assertThat(judge(1, Reason.STATUS, 500).effects()).isEmpty();

        endpoint = endpoint(START, START);
        assertThat(judge(2, Reason.STATUS, 500).effects()).isEmpty();
        assertThat(judge(2, Reason.DELIVERED, 200).effects()).containsExactly(new Effect.Recovered(ID));
        assertThat(judge(2, Reason.DELIVERED, 200).effects()).isEmpty();
    }

    @Test
    void saysThatAnEndpointFailsAgainThoughAnotherNodeSawItRecover() {
        judge(1, Reason.STATUS, 500);
        now = START.plusSeconds(1);
        assertThat(judge(1, Reason.STATUS, 500).effects()).isEmpty(); // said, and not in the registry yet
        endpoint = endpoint(START, START.plusSeconds(1));
        endpoint = endpoint(null, START.plusSeconds(2));
        now = START.plusSeconds(3);
        assertThat(judge(1, Reason.STATUS, 500).effects()).hasExactlyElementsOfTypes(Effect.Failing.class);
    }

    @Test
    void tellsOfAFailingPeriodAtTheFourthAttemptOfItsFirstDelivery() {
        endpoint = endpoint(START, START);
        for (int attempt = 1; attempt < 4; attempt++) {
            assertThat(types(judge(attempt, Reason.STATUS, 500))).isEmpty();
        }
        var verdict = judge(4, Reason.STATUS, 500);

        assertThat(types(verdict)).containsExactly("endpoint.failing");
        assertThat(verdict.news().getFirst().data())
                .containsEntry("endpoint", ID.value())
                .containsEntry("delivery", delivery().toString())
                .containsEntry("reason", "status")
                .containsEntry("status", "500")
                .containsEntry("failingSince", START.toString());
        for (int another = 0; another < 3; another++) {
            assertThat(types(judge(4, Reason.STATUS, 500))).isEmpty();
        }
    }

    @Test
    void tellsOnceBeforeTheRegistryKnowsThePeriodAndAfter() {
        assertThat(types(judge(4, Reason.STATUS, 500))).containsExactly("endpoint.failing");
        now = START.plusSeconds(1);
        assertThat(types(judge(4, Reason.STATUS, 500))).isEmpty();

        endpoint = endpoint(Instant.parse("2026-11-20T08:00:00.123456Z"), now);
        assertThat(types(judge(4, Reason.STATUS, 500))).isEmpty();
        assertThat(types(judge(5, Reason.DELIVERED, 200))).containsExactly("endpoint.recovered");
    }

    @Test
    void doesNotTellOfARecoveryFromWhatWasNotTold() {
        endpoint = endpoint(START, START);
        judge(1, Reason.STATUS, 500);
        judge(2, Reason.STATUS, 500);

        var verdict = judge(3, Reason.DELIVERED, 200);

        assertThat(verdict.effects()).containsExactly(new Effect.Recovered(ID));
        assertThat(verdict.news()).isEmpty();
    }

    @Test
    void tellsOfARecoveryOnce() {
        endpoint = endpoint(START, START);
        judge(4, Reason.STATUS, 500);

        var verdict = judge(5, Reason.DELIVERED, 200);

        assertThat(types(verdict)).containsExactly("endpoint.recovered");
        assertThat(verdict.news().getFirst().data()).containsEntry("failingSince", START.toString());
        assertThat(types(judge(5, Reason.DELIVERED, 200))).isEmpty();
    }

    @Test
    void tellsOfEachPeriodAnew() {
        var second = START.plusSeconds(3600);
        endpoint = endpoint(START, START);
        judge(4, Reason.STATUS, 500);
        judge(5, Reason.DELIVERED, 200);
        // of a call that began before
        assertThat(types(judge(4, Reason.STATUS, 500))).isEmpty();

        endpoint = endpoint(second, second);
        assertThat(types(judge(4, Reason.STATUS, 500))).containsExactly("endpoint.failing");
        endpoint = endpoint(START, START);
        assertThat(types(judge(4, Reason.STATUS, 500))).isEmpty();
        endpoint = endpoint(second, second);
        assertThat(types(judge(4, Reason.STATUS, 500))).isEmpty();
        assertThat(types(judge(5, Reason.DELIVERED, 200))).containsExactly("endpoint.recovered");

        var third = second.plusSeconds(3600);
        endpoint = endpoint(third, third);
        assertThat(types(judge(1, Reason.DELIVERED, 200))).isEmpty();
    }

    @Test
    void remembersNothingOfAnEndpointThatIsNoMore() {
        endpoint = endpoint(START, START);
        judge(4, Reason.STATUS, 500);
        judge(1, Reason.GONE, 410);

        judge.forget(ID);

        assertThat(types(judge(1, Reason.DELIVERED, 200))).isEmpty();
        assertThat(types(judge(4, Reason.STATUS, 500))).containsExactly("endpoint.failing");
        assertThat(types(judge(1, Reason.GONE, 410))).containsExactly("endpoint.disabled");
    }

    private Verdict judge(int attempt, Reason reason, int status) {
        return judge(attempt, result(reason, status, Optional.empty()));
    }

    private Verdict judge(int attempt, Result result) {
        return judge.judge(new Attempt(delivery(), attempt, Trigger.SCHEDULE, now, result), endpoint, now);
    }

    private static Result result(Reason reason, int status, Optional<Duration> retryAfter) {
        return new Result(reason, status, "", Timings.NONE, "", retryAfter);
    }

    private static DeliveryId delivery() {
        return new DeliveryId(new MessageId(TOPIC, 3, 42), ID);
    }

    private static List<String> types(Verdict verdict) {
        return verdict.news().stream().map(OperationalEvent::type).toList();
    }

    private static Endpoint endpoint(@Nullable Instant failingSince, Instant updatedAt) {
        return new Endpoint(
                ID,
                Message.DEFAULT_TENANT,
                EndpointSettings.of(URI.create("https://example.com/"), List.of(ChannelPattern.parse("**"))),
                List.of(),
                1,
                1,
                Optional.empty(),
                Optional.empty(),
                Optional.ofNullable(failingSince),
                OptionalInt.empty(),
                Instant.EPOCH,
                updatedAt);
    }
}
