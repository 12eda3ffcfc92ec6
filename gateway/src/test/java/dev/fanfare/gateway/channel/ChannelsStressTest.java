package dev.fanfare.gateway.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.e2e.Seeded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/// One feed appends and evicts while readers subscribe, read and leave. Which channels an event has follows from its
/// sequence number, so that each reader knows what it must find.
class ChannelsStressTest {
    private static final int PARTITIONS = 3;
    private static final List<String> PATTERNS =
            List.of("**", "a.**", "b.*", "*.1", "a.0", "a.1", "a.2", "b.0", "b.1", "b.2", "a.*.x", "c.never");

    private final Seeded seed = Seeded.print("ChannelsStressTest");
    private final Topology topology = Topology.EMPTY.with("t", Uuid.ONE_UUID, PARTITIONS);
    private volatile boolean ended;

    @Test
    void whatAReadCallsCompleteIsCompleteAndInOrderWhateverComesAndGoes() throws Exception {
        int events = Seeded.isLong() ? 5_000_000 : 400_000;
        try (var signaller = new Signaller();
                var threads = Executors.newCachedThreadPool()) {
            // by count and by bytes: both evict all the time
            var channels = new Channels(60_000, 20, Duration.ofHours(1), signaller);
            var readers = new ArrayList<Future<long[]>>();
            for (int i = 0; i < 6; i++) {
                readers.add(threads.submit(new Reader(channels, seed.random(i + 1))));
            }
            try {
                feed(channels, events, seed.random(0));
            } finally {
                ended = true;
            }
            long complete = 0;
            long seen = 0;
            for (var reader : readers) {
                complete += reader.get()[0];
                seen += reader.get()[1];
            }
            System.out.printf("%s: %d events, %d complete reads of %d events%n", seed, events, complete, seen);
            assertThat(complete).isGreaterThan(1000);
            assertThat(seen).isGreaterThan(1000);
            assertThat(channels.keptBytes()).isLessThanOrEqualTo(60_000 + 1000);
        }
    }

    private void feed(Channels channels, int events, Random random) {
        var offsets = new long[PARTITIONS];
        long seq = 0;
        while (seq < events) {
            var batch = new Batch(channels.head(), topology, 1000);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                for (int n = random.nextInt(12); n > 0; n--) {
                    seq++;
                    offsets[partition] += random.nextInt(3); // holes
                    batch.add(
                            partition,
                            0,
                            TestEvents.event("t", partition, offsets[partition]++, Long.toString(seq)),
                            channelsOf(seq));
                }
                batch.endPartition(partition, offsets[partition], 0);
            }
            channels.append(batch, System.nanoTime());
        }
    }

    private static List<ChannelName> channelsOf(long seq) {
        int mixed = (int) ((seq * 0x9E3779B97F4A7C15L) >>> 48);
        var first = new ChannelName((mixed % 2 == 0 ? "a." : "b.") + (mixed / 2) % 3);
        return mixed % 5 == 0 ? List.of(first, new ChannelName("a." + mixed % 7 + ".x")) : List.of(first);
    }

    /// Subscribes, reads on as a session does, and leaves; over and over. The answer: complete reads, events in them.
    private final class Reader implements Callable<long[]>, Subscriber {
        private final Channels channels;
        private final Random random;
        private final Semaphore signals = new Semaphore(0);

        Reader(Channels channels, Random random) {
            this.channels = channels;
            this.random = random;
        }

        @Override
        public void signal() {
            signals.release();
        }

        @Override
        public long[] call() throws InterruptedException {
            var totals = new long[2];
            while (!ended) {
                var pattern = ChannelPattern.parse(PATTERNS.get(random.nextInt(PATTERNS.size())));
                var subscription = channels.subscribe(pattern, this);
                long position = Math.max(0, channels.head().seq() - random.nextInt(30));
                for (int reads = random.nextInt(200); reads > 0 && !ended; reads--) {
                    position = read(pattern, subscription.log(), position, totals);
                    if (random.nextInt(4) == 0) {
                        signals.drainPermits();
                        signals.tryAcquire(5, TimeUnit.MILLISECONDS); // many channels are quiet at times
                    }
                }
                channels.unsubscribe(pattern, subscription);
            }
            return totals;
        }

        private long read(ChannelPattern pattern, ChannelLog log, long after, long[] totals) {
            var head = channels.head();
            var found = new ArrayList<FeedEvent>();
            if (!log.collect(after, head.seq(), Integer.MAX_VALUE, found)) {
                return head.seq(); // a session would replay
            }
            int next = 0;
            for (long seq = after + 1; seq <= head.seq(); seq++) {
                if (channelsOf(seq).stream().anyMatch(pattern::matches)) {
                    if (next == found.size() || found.get(next).seq() != seq) {
                        throw new AssertionError("%s: %s after %d up to %d should hold %d, holds %s"
                                .formatted(
                                        seed,
                                        pattern,
                                        after,
                                        head.seq(),
                                        seq,
                                        found.stream().map(FeedEvent::seq).toList()));
                    }
                    checkVector(found.get(next++), head);
                }
            }
            if (next < found.size()) {
                throw new AssertionError("%s: %s after %d up to %d also holds %s"
                        .formatted(
                                seed,
                                pattern,
                                after,
                                head.seq(),
                                found.get(next).event()));
            }
            totals[0]++;
            totals[1] += next;
            return head.seq();
        }

        private void checkVector(FeedEvent event, Head head) {
            var vector = event.vector();
            if (vector.offset(event.partition()) != event.event().offset() + 1 || !vector.isAtMost(head.vector())) {
                throw new AssertionError(seed + ": " + vector + " at " + event.event() + ", head " + head.vector());
            }
            var mark = channels.newestHeadAtMost(vector);
            if (mark != null && mark.seq() > event.seq()) {
                throw new AssertionError(seed + ": mark " + mark.seq() + " passes over " + event.seq());
            }
        }
    }

    /// Whoever waits for a signal is never left waiting: what was appended after the subscription wakes it.
    @Test
    void noSubscriberIsForgotten() throws Exception {
        try (var signaller = new Signaller()) {
            var channels = new Channels(60_000, 20, Duration.ofHours(1), signaller);
            var random = seed.random(99);
            var offsets = new long[PARTITIONS];
            for (int round = 0; round < 3000; round++) {
                var signals = new Semaphore(0);
                var pattern = ChannelPattern.parse(List.of("**", "a.*", "a.1").get(random.nextInt(3)));
                var subscription = channels.subscribe(pattern, signals::release);
                var batch = new Batch(channels.head(), topology, 1000);
                batch.add(0, 0, TestEvents.event("t", 0, offsets[0]++, "x"), List.of(new ChannelName("a.1")));
                batch.endPartition(0, offsets[0], 0);
                channels.append(batch, System.nanoTime());
                assertThat(signals.tryAcquire(10, TimeUnit.SECONDS))
                        .as("%s, round %d", seed, round)
                        .isTrue();
                channels.unsubscribe(pattern, subscription);
            }
            assertThat(channels.logCount()).isLessThanOrEqualTo(1);
        }
    }
}
