package dev.fanfare.webhook.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.delivery.Timings;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.Ordering;
import dev.fanfare.webhook.endpoint.PayloadForm;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Real threads. Whatever comes together, each job ends exactly once, and no limit is passed.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LanesStressTest {
    private static final int ENDPOINTS = 12;
    private static final int CONCURRENCY = 6;
    private static final int RUNNING_MAX = 20;
    private static final int PARTITIONS = 5;
    private static final List<Reason> REASONS = List.of(
            Reason.STATUS, Reason.TIMEOUT, Reason.THROTTLED, Reason.CONNECTION_LOST, Reason.ABORTED_BY_RECEIVER);

    private final long seed = Long.getLong("fanfare.seed", System.nanoTime());
    private final Map<EndpointId, Endpoint> endpoints = new ConcurrentHashMap<>();
    private final AtomicLong offset = new AtomicLong();
    private final Outside outside = new Outside();
    private volatile boolean ended;

    /// Counts how each job ends, and checks what runs beside what.
    private static final class Outside implements Deliverer, Parking, KeyGate {
        final Map<Job, AtomicInteger> ends = new ConcurrentHashMap<>();
        final Map<EndpointId, AtomicInteger> running = new ConcurrentHashMap<>();
        final Set<String> keysRunning = ConcurrentHashMap.newKeySet();
        final AtomicInteger runningAll = new AtomicInteger();
        final AtomicInteger delivered = new AtomicInteger();
        final Set<String> faults = ConcurrentHashMap.newKeySet();

        @Override
        public Result deliver(List<Job> jobs, Endpoint endpoint) {
            var random = ThreadLocalRandom.current();
            var mine = running.computeIfAbsent(endpoint.id(), _ -> new AtomicInteger());
            boolean ordered = endpoint.settings().ordering() == Ordering.KEY;
            if (mine.incrementAndGet() > CONCURRENCY) {
                faults.add("too many calls to " + endpoint.id());
            }
            if (runningAll.incrementAndGet() > RUNNING_MAX) {
                faults.add("too many calls");
            }
            if (jobs.size() > 1 && endpoint.settings().form() != PayloadForm.BATCH) {
                faults.add("a batch to " + endpoint.id());
            }
            for (var job : jobs) {
                if (ordered && job.message().event().key() != null && !keysRunning.add(gate(job))) {
                    faults.add("two of a key to " + endpoint.id());
                }
            }
            if (random.nextInt(10) > 0) {
                LockSupport.parkNanos(random.nextInt(300_000));
            }
            boolean bad = random.nextInt(100) < (endpoint.id().value().endsWith("0") ? 70 : 3);
            var reason = bad ? REASONS.get(random.nextInt(REASONS.size())) : Reason.DELIVERED;
            if (ordered) {
                jobs.forEach(job -> keysRunning.remove(gate(job)));
            }
            runningAll.decrementAndGet();
            mine.decrementAndGet();
            if (random.nextInt(2000) == 0) {
                throw new IllegalStateException("a fault, for a test");
            }
            jobs.forEach(this::ends);
            delivered.addAndGet(jobs.size());
            return new Result(
                    reason,
                    0,
                    "",
                    Timings.NONE,
                    "",
                    random.nextInt(500) == 0 ? Optional.of(Duration.ofMillis(30)) : Optional.empty());
        }

        private static String gate(Job job) {
            return job.endpoint() + " " + job.message().event().key();
        }

        private void ends(Job job) {
            ends.computeIfAbsent(job, _ -> new AtomicInteger()).incrementAndGet();
        }

        @Override
        public void park(Job live, ParkReason why, Duration delay) {
            ends(live);
            if (delay.isNegative() || !live.isLive()) {
                faults.add("parked " + live + " for " + delay);
            }
        }

        @Override
        public void giveBack(Job backlog, ParkReason why) {
            ends(backlog);
            if (backlog.isLive()) {
                faults.add("given back: " + backlog);
            }
        }

        @Override
        public void end(Job live, Reason why) {
            ends(live);
        }

        @Override
        public boolean isBlocked(EndpointId endpoint, String key) {
            return ThreadLocalRandom.current().nextInt(20) == 0;
        }
    }

    private Endpoint random(int n, long version, Random random) {
        var form = n % 4 == 0 ? PayloadForm.BATCH : PayloadForm.DATA;
        var ordering = n % 3 == 0 ? Ordering.KEY : Ordering.NONE;
        var rate = random.nextInt(4) == 0 ? OptionalInt.of(1 + random.nextInt(3000)) : OptionalInt.empty();
        var plain = TestJobs.endpoint(
                TestJobs.id(n),
                TestJobs.settings(
                        URI.create("https://" + random.nextInt(3) + "/"),
                        form,
                        rate,
                        1 + random.nextInt(CONCURRENCY),
                        ordering,
                        random.nextInt(10) > 0));
        return new Endpoint(
                plain.id(),
                plain.tenant(),
                plain.settings(),
                List.of(),
                version,
                version,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                plain.createdAt(),
                plain.updatedAt());
    }

    @Test
    void everyJobEndsExactlyOnceAndNoLimitIsPassed() throws Exception {
        System.out.println("LanesStressTest: -Dfanfare.seed=" + seed);
        var setup = new Random(seed);
        for (int n = 1; n <= ENDPOINTS; n++) {
            endpoints.put(TestJobs.id(n), random(n, 1, setup));
        }
        // time runs ten times as fast, so that breakers and waits take part
        var time = new Time(() -> System.nanoTime() * 10, InstantSource.system());
        var limits = new LaneLimits(30, Duration.ofSeconds(1), RUNNING_MAX, 8, Duration.ofMillis(100));
        var lanes = new Lanes(
                new Lanes.Ports(outside, outside, outside, id -> Optional.ofNullable(endpoints.get(id))),
                limits,
                time,
                Thread::startVirtualThread);
        var offered = new ArrayList<Job>();
        try (var threads = Executors.newCachedThreadPool()) {
            var offerers = new ArrayList<Future<List<Job>>>();
            for (int i = 0; i < 3; i++) {
                var random = new Random(seed * 31 + i);
                offerers.add(threads.submit(() -> offer(lanes, random, 20_000)));
            }
            var others = List.of(
                    threads.submit(() -> change(lanes, new Random(seed + 1))), threads.submit(() -> tick(lanes)));
            try {
                for (int i = 0; i < 2; i++) { // the third goes on while lanes close
                    offered.addAll(offerers.get(i).get());
                }
                assertThat(lanes.close(Duration.ofSeconds(30))).isTrue();
                offered.addAll(offerers.get(2).get());
            } finally {
                ended = true;
            }
            for (var other : others) {
                other.get();
            }
        }
        assertThat(lanes.close(Duration.ofSeconds(30))).isTrue();
        assertThat(outside.faults).as("seed %d", seed).isEmpty();
        int released = 0;
        for (var job : offered) {
            var ends = outside.ends.get(job);
            // live jobs of the last partition may have been released
            int least = job.isLive() && job.message().id().partition() == PARTITIONS - 1 ? 0 : 1;
            released += ends == null ? 1 : 0;
            assertThat(ends == null ? 0 : ends.get())
                    .as("seed %d, %s", seed, job)
                    .isBetween(least, 1);
        }
        System.out.printf(
                "LanesStressTest: %d jobs, %d delivered, %d released%n",
                offered.size(), outside.delivered.get(), released);
        assertThat(outside.delivered.get()).isGreaterThan(offered.size() / 20);
    }

    private List<Job> offer(Lanes lanes, Random random, int count) {
        var jobs = new ArrayList<Job>();
        for (int i = 0; i < count; i++) {
            var endpoint = TestJobs.id(1 + random.nextInt(ENDPOINTS));
            var key = random.nextInt(3) == 0 ? null : "k" + random.nextInt(5);
            if (random.nextInt(4) == 0) {
                if (random.nextBoolean() || lanes.backlogRoom(endpoint).jobs() > 0) {
                    var job = TestJobs.backlog(endpoint, offset.incrementAndGet(), 1 + random.nextInt(3), key);
                    jobs.add(job);
                    lanes.offerBacklog(job);
                }
            } else {
                var job = TestJobs.live(endpoint, random.nextInt(PARTITIONS), offset.incrementAndGet(), key);
                jobs.add(job);
                lanes.offerLive(job);
            }
            if (random.nextInt(8) == 0) {
                LockSupport.parkNanos(random.nextInt(100_000));
            }
        }
        return jobs;
    }

    private @Nullable Void change(Lanes lanes, Random random) {
        for (long version = 2; !ended; version++) {
            int n = 1 + random.nextInt(ENDPOINTS);
            var id = TestJobs.id(n);
            switch (random.nextInt(6)) {
                case 0 -> {
                    if (n > ENDPOINTS - 2) { // never comes back
                        endpoints.remove(id);
                        lanes.remove(id);
                    }
                }
                case 1 -> lanes.releasePartition(TestJobs.TOPIC, PARTITIONS - 1);
                case 2 -> lanes.setNodes(1 + random.nextInt(3));
                default -> {
                    var endpoint = random(n, version, random);
                    if (endpoints.replace(id, endpoint) != null) {
                        lanes.update(endpoint);
                    }
                }
            }
            lanes.state(id);
            LockSupport.parkNanos(500_000);
        }
        return null;
    }

    private @Nullable Void tick(Lanes lanes) {
        while (!ended) {
            lanes.tick();
            LockSupport.parkNanos(1_000_000);
        }
        return null;
    }

    @Test
    void anEndpointThatHangsHoldsUpNoOther() throws InterruptedException, ExecutionException {
        var release = new CountDownLatch(1);
        var delivered = new CountDownLatch(2_000);
        var hanging = TestJobs.id(1);
        var healthy = TestJobs.id(2);
        Deliverer deliverer = (_, endpoint) -> {
            if (endpoint.id().equals(hanging)) {
                try {
                    release.await();
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                }
            } else {
                delivered.countDown();
            }
            return TestJobs.result(Reason.DELIVERED);
        };
        var parked = ConcurrentHashMap.<Job>newKeySet();
        var parking = new Parking() {
            @Override
            public void park(Job live, ParkReason why, Duration delay) {
                parked.add(live);
            }

            @Override
            public void giveBack(Job backlog, ParkReason why) {}

            @Override
            public void end(Job live, Reason why) {}
        };
        var ports = new Lanes.Ports(deliverer, parking, (_, _) -> false, id -> Optional.of(TestJobs.endpoint(id)));
        try (var lanes = Lanes.start(ports, LaneLimits.DEFAULT)) {
            for (int i = 0; i < 2_000; i++) {
                lanes.offerLive(TestJobs.live(hanging, 0, i, null));
                while (lanes.state(healthy)
                        .filter(state -> state.queuedLive() > 200)
                        .isPresent()) {
                    Thread.onSpinWait(); // a queue that overflows is another test's matter
                }
                lanes.offerLive(TestJobs.live(healthy, 0, i, null));
            }
            assertThat(delivered.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(parked).allSatisfy(job -> assertThat(job.endpoint()).isEqualTo(hanging));
            assertThat(parked).hasSizeGreaterThan(1_000);
            release.countDown();
        }
    }
}
