package dev.fanfare.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WheelTest {
    private static final long TICK = Wheel.TICK.toNanos();

    private final Wheel<Integer> wheel = new Wheel<>();

    @Test
    void comesRoundOnceTheTimeIsOverAndNotLaterThanATick() {
        var timer = new Wheel.Timer<>(1);
        wheel.schedule(timer, 2 * TICK + 1);
        assertThat(wheel.advance()).isEmpty();
        assertThat(wheel.advance()).isEmpty();
        assertThat(wheel.advance()).containsExactly(1);
        assertThat(wheel.advance()).isEmpty();
    }

    @Test
    void waitsForMoreThanATurn() {
        wheel.schedule(new Wheel.Timer<>(1), 1000 * TICK);
        for (int i = 0; i < 1000; i++) {
            assertThat(wheel.advance()).isEmpty();
        }
        assertThat(wheel.advance()).containsExactly(1);
    }

    @Test
    void neverComesBackToWhoWasCancelled() {
        var timer = new Wheel.Timer<>(1);
        wheel.schedule(timer, TICK);
        wheel.cancel(timer);
        wheel.schedule(timer, TICK);
        for (int i = 0; i < 10; i++) {
            assertThat(wheel.advance()).isEmpty();
        }
    }

    /// Against a list of who is due when.
    @Test
    void agreesWithAListWhateverHappens() {
        long seed = Long.getLong("fanfare.seed", System.nanoTime());
        System.out.println("WheelTest: seed " + seed);
        var random = new Random(seed);
        Map<Integer, Wheel.Timer<Integer>> timers = new HashMap<>();
        Map<Integer, Integer> due = new HashMap<>();
        for (int now = 1; now < 5000; now++) {
            for (int i = random.nextInt(4); i > 0; i--) {
                int who = random.nextInt(100_000);
                int ticks = random.nextInt(random.nextBoolean() ? 5 : 700);
                var timer = timers.computeIfAbsent(who, Wheel.Timer::new);
                if (due.putIfAbsent(who, now + ticks) == null) {
                    wheel.schedule(timer, ticks * TICK);
                }
            }
            if (!due.isEmpty() && random.nextInt(3) == 0) {
                int who = due.keySet().iterator().next();
                wheel.cancel(Objects.requireNonNull(timers.remove(who)));
                due.remove(who);
            }
            int at = now;
            var expected = new ArrayList<Integer>();
            due.forEach((who, when) -> {
                if (when == at) {
                    expected.add(who);
                }
            });
            expected.forEach(due::remove);
            assertThat(wheel.advance()).as("tick %d", now).containsExactlyInAnyOrderElementsOf(expected);
            expected.forEach(timers::remove);
        }
    }
}
