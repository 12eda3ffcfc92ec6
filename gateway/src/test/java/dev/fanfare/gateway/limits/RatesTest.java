package dev.fanfare.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.limits.MessageRate.Verdict;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Rates, by a clock of their own.
class RatesTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L); // it overflows soon

    private Rate<String> rate(long perSecond) {
        return new Rate<>(perSecond, nanos::get);
    }

    private void passes(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void letsASecondsWorthComeAtOnceAndThenNoMoreThanTheRate() {
        var rate = rate(4);
        for (int second = 0; second < 3; second++) {
            for (int i = 0; i < 4; i++) {
                assertThat(rate.take("a")).isZero();
            }
            assertThat(rate.take("a")).isEqualTo(Duration.ofMillis(250).toNanos());
            passes(Duration.ofMillis(250));
            assertThat(rate.take("a")).isZero();
            assertThat(rate.take("a")).isPositive();
            passes(Duration.ofHours(1)); // saves up no more than a second's worth
        }
    }

    @Test
    void tellsThemApart() {
        var rate = rate(1);
        assertThat(rate.take("a")).isZero();
        assertThat(rate.take("a")).isPositive();
        assertThat(rate.take("b")).isZero();
    }

    @Test
    void isOverdrawnByWhatIsLargerAndPaysForIt() {
        var rate = rate(100);
        assertThat(rate.untilAny("a")).isZero();
        rate.spend("a", 250);
        assertThat(rate.untilAny("a")).isEqualTo(Duration.ofMillis(1510).toNanos());
        passes(Duration.ofMillis(1510));
        assertThat(rate.untilAny("a")).isZero();
    }

    @Test
    void zeroIsNoLimit() {
        var rate = rate(0);
        rate.spend("a", Integer.MAX_VALUE);
        assertThat(rate.untilAny("a")).isZero();
        assertThat(rate.take("a")).isZero();
        var talk = new MessageRate(0, nanos::get, new LimitMetrics());
        for (int i = 0; i < 1000; i++) {
            assertThat(talk.next()).isEqualTo(Verdict.FINE);
        }
    }

    @Test
    void givesUpOnAClientThatGoesOnAfterASecondsWorthOfRefusals() {
        var metrics = new LimitMetrics();
        var talk = new MessageRate(3, nanos::get, metrics);
        for (var verdict : new Verdict[] {Verdict.FINE, Verdict.TOO_MANY, Verdict.ENOUGH}) {
            for (int i = 0; i < 3; i++) {
                assertThat(talk.next()).isEqualTo(verdict);
            }
        }
        assertThat(metrics.refused(Limit.MESSAGES).sum()).isEqualTo(6);
    }

    @Test
    void takesAClientThatStopsForASecond() {
        var talk = new MessageRate(3, nanos::get, new LimitMetrics());
        for (int i = 0; i < 6; i++) {
            talk.next();
        }
        passes(Duration.ofSeconds(2));
        assertThat(talk.next()).isEqualTo(Verdict.FINE);
    }

    @Test
    void countsWhatIsHeldAndForgetsWhoHoldsNothing() {
        var counts = new Counts<String>(2);
        assertThat(counts.tryTake("a")).isTrue();
        assertThat(counts.isFull("a")).isFalse();
        assertThat(counts.tryTake("a")).isTrue();
        assertThat(counts.isFull("a")).isTrue();
        assertThat(counts.tryTake("a")).isFalse();
        assertThat(counts.tryTake("b")).isTrue();
        counts.giveBack("a");
        assertThat(counts.tryTake("a")).isTrue();
        counts.giveBack("a");
        counts.giveBack("a");
        counts.giveBack("b");
        assertThat(counts.size()).isZero();
    }
}
