package dev.fanfare.gateway.overload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.config.OverloadSettings;
import dev.fanfare.gateway.config.OverloadSettings.Delays;
import dev.fanfare.gateway.config.OverloadSettings.Percents;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LadderTest {
    private static final Delays MILLIS =
            new Delays(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(400));
    private static final OverloadSettings SETTINGS = new OverloadSettings(
            true, 90, Duration.ofSeconds(10), new Percents(50, 60, 80), new Percents(40, 70, 90), MILLIS);

    private final Ladder ladder = new Ladder(SETTINGS);
    private long seconds = Long.MAX_VALUE / 1_000_000_000 - 5; // so that the clock wraps around meanwhile

    private Level take(double heap, double unwritten, double delayMillis) {
        seconds++;
        return ladder.take(new Measures(heap, unwritten, delayMillis), seconds * 1_000_000_000L);
    }

    private Level takeFor(int times, double heap) {
        var level = ladder.level();
        for (int i = 0; i < times; i++) {
            level = take(heap, 0, 0);
        }
        return level;
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, NORMAL",
        "49.9, 39.9, 99, NORMAL",
        "50, 0, 0, REPLAYS",
        "60, 0, 0, LOW",
        "80, 0, 0, SESSIONS",
        "100, 0, 0, SESSIONS",
        "0, 40, 0, REPLAYS",
        "0, 70, 0, LOW",
        "0, 90, 0, SESSIONS",
        "0, 130, 0, SESSIONS",
        "0, 0, 100, REPLAYS",
        "0, 0, 200, LOW",
        "0, 0, 400, SESSIONS",
        "50, 70, 100, LOW",
        "80, 40, 200, SESSIONS"
    })
    void goesUpAtOnceAsFarAsTheWorstMeasureSays(double heap, double unwritten, double delay, Level level) {
        assertThat(take(heap, unwritten, delay)).isEqualTo(level);
    }

    @Test
    void comesDownOneByOneEachAfterCalm() {
        take(85, 0, 0);
        assertThat(takeFor(9, 0)).isEqualTo(Level.SESSIONS);
        assertThat(takeFor(1, 0)).isEqualTo(Level.LOW);
        assertThat(takeFor(9, 0)).isEqualTo(Level.LOW);
        assertThat(takeFor(1, 0)).isEqualTo(Level.REPLAYS);
        assertThat(takeFor(9, 0)).isEqualTo(Level.REPLAYS);
        assertThat(takeFor(1, 0)).isEqualTo(Level.NORMAL);
    }

    @Test
    void doesNotComeDownWhileAMeasureIsNotWellBelow() {
        take(80, 0, 0);
        assertThat(takeFor(100, 72)).as("90 % of the threshold").isEqualTo(Level.SESSIONS);
        assertThat(takeFor(10, 71.9)).isEqualTo(Level.LOW);
        assertThat(takeFor(100, 71.9)).as("60 would be reached anew").isEqualTo(Level.LOW);
    }

    @Test
    void beginsToWaitAnewWhenAMeasureComesBack() {
        take(50, 0, 0);
        takeFor(9, 0);
        assertThat(take(46, 0, 0)).isEqualTo(Level.REPLAYS);
        assertThat(takeFor(9, 0)).isEqualTo(Level.REPLAYS);
        assertThat(takeFor(1, 0)).isEqualTo(Level.NORMAL);
    }

    @Test
    void goesUpAgainWhileItComesDown() {
        take(85, 0, 0);
        takeFor(10, 0);
        assertThat(take(0, 0, 400)).isEqualTo(Level.SESSIONS);
        assertThat(takeFor(9, 0)).isEqualTo(Level.SESSIONS);
    }

    @Test
    void takesNoThresholdForNever() {
        var never = new Ladder(new OverloadSettings(
                true,
                90,
                Duration.ofSeconds(10),
                new Percents(0, 0, 0),
                new Percents(0, 70, 0),
                new Delays(Duration.ZERO, Duration.ZERO, Duration.ZERO)));
        assertThat(never.take(new Measures(100, 69, 60_000), 0)).isEqualTo(Level.NORMAL);
        assertThat(never.take(new Measures(100, 100, 60_000), 1)).isEqualTo(Level.LOW);
    }

    @Test
    void knowsWhetherTheHeapHoldsIt() {
        take(60, 0, 0);
        assertThat(ladder.isHeldByHeap(new Measures(54, 0, 0))).isTrue();
        assertThat(ladder.isHeldByHeap(new Measures(53, 90, 0))).isFalse();
        takeFor(20, 0);
        assertThat(ladder.level()).isEqualTo(Level.NORMAL);
        assertThat(ladder.isHeldByHeap(new Measures(0, 0, 0))).isFalse();
    }

    @Test
    void takesOnlyDelaysThatLast() {
        var lateness = new Lateness();
        for (int i = 0; i < 4; i++) {
            assertThat(lateness.add(1000 + i)).isZero();
        }
        assertThat(lateness.add(2000)).isEqualTo(1000);
        assertThat(lateness.add(3000)).isEqualTo(1001);
        assertThat(lateness.add(7)).isEqualTo(7);
        assertThat(lateness.add(3000)).isEqualTo(7);
    }

    @Test
    void findsThePoolsOfWhatStays() {
        System.gc();
        assertThat(new Heap().percent()).isGreaterThan(0).isLessThan(100);
    }
}
