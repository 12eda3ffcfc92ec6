package dev.fanfare.webhook.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.delivery.Timings;
import dev.fanfare.webhook.endpoint.RetrySchedule;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetryPolicyTest {
    private static final long SEED = 20_261_125;

    private final RetryPolicy policy = new RetryPolicy(new Random(SEED));

    @Test
    void waitsAsStandardWebhooksProposes() {
        assertThat(RetrySchedule.STANDARD.delays())
                .containsExactly(
                        Duration.ZERO,
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(30),
                        Duration.ofHours(2),
                        Duration.ofHours(5),
                        Duration.ofHours(10),
                        Duration.ofHours(14),
                        Duration.ofHours(20),
                        Duration.ofHours(24));
    }

    @Test
    void waitsAFifthMoreOrLessThanTheNextDelay() {
        for (int attempt = 1; attempt < 10; attempt++) {
            var delay = RetrySchedule.STANDARD.delays().get(attempt);
            var waits = new HashSet<Duration>();
            for (int i = 0; i < 500; i++) {
                var wait = policy.after(attempt, failed(Reason.STATUS, null), RetrySchedule.STANDARD)
                        .orElseThrow();
                assertThat(wait)
                        .as("seed %d, after attempt %d", SEED, attempt)
                        .isBetween(
                                delay.multipliedBy(4).dividedBy(5),
                                delay.multipliedBy(6).dividedBy(5));
                waits.add(wait);
            }
            // it uses the range, both ends of it
            assertThat(waits)
                    .anyMatch(wait -> wait.compareTo(delay.multipliedBy(17).dividedBy(20)) < 0);
            assertThat(waits)
                    .anyMatch(wait -> wait.compareTo(delay.multipliedBy(23).dividedBy(20)) > 0);
        }
    }

    @Test
    void endsWithTheSchedule() {
        assertThat(policy.after(9, failed(Reason.STATUS, null), RetrySchedule.STANDARD))
                .isPresent();
        assertThat(policy.after(10, failed(Reason.STATUS, null), RetrySchedule.STANDARD))
                .isEmpty();
        // not even if the receiver names a time
        assertThat(policy.after(10, failed(Reason.THROTTLED, Duration.ofHours(1)), RetrySchedule.STANDARD))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"THROTTLED", "TIMEOUT"})
    void waitsAMinuteForAReceiverThatGetsTooMuch(Reason reason) {
        var schedule = new RetrySchedule(List.of(Duration.ZERO, Duration.ofSeconds(5), Duration.ofHours(2)));

        assertThat(policy.after(1, failed(reason, null), schedule)).hasValue(Duration.ofSeconds(60));
        assertThat(policy.after(2, failed(reason, null), schedule).orElseThrow())
                .isGreaterThanOrEqualTo(Duration.ofMinutes(96));
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"STATUS", "REDIRECT", "CONNECTION_REFUSED", "CONNECTION_LOST", "TLS", "DNS"})
    void doesNotWaitThatLongForOthers(Reason reason) {
        assertThat(policy.after(1, failed(reason, null), RetrySchedule.STANDARD).orElseThrow())
                .isLessThanOrEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void isNeverSoonerThanTheReceiverAsked() {
        var schedule = new RetrySchedule(List.of(Duration.ZERO, Duration.ofSeconds(100)));
        for (int i = 0; i < 500; i++) {
            assertThat(policy.after(1, failed(Reason.STATUS, Duration.ofSeconds(100)), schedule)
                            .orElseThrow())
                    .as("seed %d", SEED)
                    .isBetween(Duration.ofSeconds(100), Duration.ofSeconds(120));
        }
        assertThat(policy.after(1, failed(Reason.THROTTLED, Duration.ofHours(3)), schedule))
                .hasValue(Duration.ofHours(3));
    }

    private static Result failed(Reason reason, @Nullable Duration retryAfter) {
        return new Result(reason, 0, "", Timings.NONE, "", Optional.ofNullable(retryAfter));
    }
}
