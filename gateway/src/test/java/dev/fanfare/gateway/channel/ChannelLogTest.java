package dev.fanfare.gateway.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.events.ChannelName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ChannelLogTest {
    private static final long SEED = System.nanoTime();
    private static final int EVENTS = 2_000_000;

    private final Batch batch = new Batch(Head.START, Topology.EMPTY, 0);

    private FeedEvent event(long seq) {
        var event = TestEvents.event("t", 0, seq - 1, "x");
        return new FeedEvent(seq, 0, -1, 0, batch, 0, event, List.of(new ChannelName("c")));
    }

    @Test
    void givesWhatLiesBetweenTwoPositions() {
        var log = new ChannelLog(1);
        LongStream.rangeClosed(1, 9).forEach(seq -> log.append(event(seq)));

        assertThat(collected(log, 3, 7)).containsExactly(4L, 5L, 6L, 7L);
        assertThat(collected(log, 9, 9)).isEmpty();
        assertThat(collected(log, 0, 100)).hasSize(9);
    }

    @Test
    void saysWhenItNoLongerReachesBackFarEnough() {
        var log = new ChannelLog(1);
        LongStream.rangeClosed(1, 9).forEach(seq -> log.append(event(seq)));
        log.evictOldest();
        log.evictOldest();

        assertThat(log.collect(1, 9, 100, new ArrayList<>())).isFalse();
        assertThat(collected(log, 2, 9)).hasSize(7);
    }

    /// The feed fills and empties the ring, and makes it larger, while readers search it: whatever a read does not
    /// call incomplete must be complete and in order.
    @Test
    void neverLosesOrSwapsEventsWhileTheRingIsFilledEmptiedAndGrown() throws Exception {
        System.out.println("seed " + SEED);
        var head = new AtomicLong();
        var current = new AtomicReference<>(new ChannelLog(1));
        Callable<Void> feed = () -> {
            var random = random(0);
            int cap = 8;
            for (long seq = 1; seq <= EVENTS; ) {
                if (random.nextInt(20) == 0) {
                    var fresh = new ChannelLog(seq); // starts with a small ring again
                    current.set(fresh);
                    cap = 1 << random.nextInt(3, 8);
                }
                var log = current.get();
                for (int n = random.nextInt(1, 40); n > 0; n--) {
                    log.append(event(seq++));
                    while (log.size() > cap) {
                        log.evictOldest();
                    }
                }
                head.set(seq - 1);
            }
            return null;
        };
        Callable<Long> reader = () -> {
            var random = random(Thread.currentThread().threadId());
            long complete = 0;
            var found = new ArrayList<FeedEvent>();
            while (head.get() < EVENTS) {
                found.clear();
                long upTo = head.get(); // first, as a drain does
                var log = current.get();
                long after = Math.max(0, upTo - random.nextInt(130));
                if (log.collect(after, upTo, Integer.MAX_VALUE, found)) {
                    complete++;
                    if (!isRange(found, after + 1, upTo)) {
                        throw new AssertionError("after %d up to %d: %s"
                                .formatted(
                                        after,
                                        upTo,
                                        found.stream().map(FeedEvent::seq).toList()));
                    }
                }
            }
            return complete;
        };
        try (var threads = Executors.newCachedThreadPool()) {
            var readers = new ArrayList<Future<Long>>();
            for (int i = 0; i < 3; i++) {
                readers.add(threads.submit(reader));
            }
            threads.submit(feed).get();
            for (var one : readers) {
                assertThat(one.get()).isPositive();
            }
        }
    }

    private static boolean isRange(List<FeedEvent> events, long first, long last) {
        long expected = first;
        for (var event : events) {
            if (event.seq() != expected++) {
                return false;
            }
        }
        return expected == last + 1;
    }

    private static RandomGenerator random(long salt) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(SEED + salt);
    }

    private static List<Long> collected(ChannelLog log, long after, long upTo) {
        var into = new ArrayList<FeedEvent>();
        assertThat(log.collect(after, upTo, 100, into)).isTrue();
        return into.stream().map(FeedEvent::seq).toList();
    }
}
