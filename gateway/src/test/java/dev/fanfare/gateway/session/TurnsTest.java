package dev.fanfare.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.e2e.Seeded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TurnsTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration AGO = Duration.ofSeconds(10);

    private final Turns turns = new Turns(1);
    private final ConcurrentLinkedQueue<Long> order = new ConcurrentLinkedQueue<>();

    private boolean takesAtOnce() throws InterruptedException {
        return turns.take(() -> 0, System.nanoTime(), Duration.ZERO);
    }

    /// Has a thread wait for a turn, and give it back.
    private Thread waits(long distance, Duration since) {
        long sinceNanos = System.nanoTime() - since.toNanos();
        var thread = Thread.ofVirtual().start(() -> {
            try {
                if (turns.take(() -> distance, sinceNanos, LONG)) {
                    order.add(distance);
                    turns.giveBack();
                }
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        });
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        return thread;
    }

    @Test
    void grantsTurnsToTheOneThatIsFurthestBehind() throws Exception {
        assertThat(takesAtOnce()).isTrue();
        var all = List.of(waits(5, Duration.ZERO), waits(9, Duration.ZERO), waits(1, Duration.ZERO));

        turns.giveBack();

        for (var thread : all) {
            thread.join();
        }
        assertThat(order).containsExactly(9L, 5L, 1L);
        assertThat(turns.taken()).isZero();
    }

    @Test
    void grantsATurnToTheOneThatHasWaitedLongBeforeAllOthers() throws Exception {
        assertThat(takesAtOnce()).isTrue();
        var all = List.of(waits(5, Duration.ZERO), waits(2, AGO), waits(1, AGO.multipliedBy(2)));

        turns.giveBack();

        for (var thread : all) {
            thread.join();
        }
        assertThat(order).containsExactly(1L, 2L, 5L);
    }

    @Test
    void waitsNoLongerThanItIsTold() throws Exception {
        assertThat(takesAtOnce()).isTrue();
        assertThat(takesAtOnce()).isFalse();

        turns.giveBack();

        assertThat(takesAtOnce()).isTrue();
    }

    @Test
    void losesNoTurnToOneThatIsInterrupted() throws Exception {
        assertThat(takesAtOnce()).isTrue();
        var interrupted = waits(1, Duration.ZERO);

        interrupted.interrupt();
        interrupted.join();
        turns.giveBack();

        assertThat(order).isEmpty();
        assertThat(turns.taken()).isZero();
    }

    @Test
    @Timeout(300) // at its full size
    void neverGrantsMoreThanThereAreAndLosesNone() throws Exception {
        var seed = Seeded.print("TurnsTest");
        int max = 3;
        var some = new Turns(max);
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        var granted = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 30; i++) {
            var random = seed.random(i);
            threads.add(Thread.ofPlatform().start(() -> {
                for (int left = Seeded.isLong() ? 20_000 : 500; left > 0; ) {
                    if (random.nextInt(50) == 0) {
                        Thread.currentThread().interrupt();
                    }
                    try {
                        long since = System.nanoTime() - random.nextLong(AGO.toNanos());
                        if (some.take(() -> random.nextInt(10), since, Duration.ofNanos(random.nextInt(200_000)))) {
                            left--;
                            most.accumulateAndGet(now.incrementAndGet(), Math::max);
                            granted.incrementAndGet();
                            LockSupport.parkNanos(10_000); // holds it for a while
                            now.decrementAndGet();
                            some.giveBack();
                        }
                    } catch (InterruptedException stop) {
                        left--; // it has none
                    }
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        assertThat(most.get()).as("with %s", seed).isBetween(1, max);
        assertThat(granted.get()).as("with %s", seed).isPositive();
        assertThat(some.taken()).as("with %s", seed).isZero();
    }
}
