package dev.fanfare.webhook.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.endpoint.Ordering;
import dev.fanfare.webhook.endpoint.PayloadForm;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Lanes with all that is around them, on one thread and in virtual time: a call runs from its beginning until the test
/// ends it, the oldest first.
final class Stage implements Deliverer, Parking, KeyGate {
    static final EndpointId ONE = TestJobs.id(1);

    record Left(Job job, ParkReason why, Duration delay) {}

    final Map<EndpointId, Endpoint> endpoints = new HashMap<>();
    final ArrayDeque<Runnable> calls = new ArrayDeque<>();
    final List<Job> delivered = new ArrayList<>(); // called, with whatever result
    final List<List<Job>> batches = new ArrayList<>();
    final List<Left> parked = new ArrayList<>();
    final List<Left> givenBack = new ArrayList<>();
    final Map<Job, Reason> ended = new HashMap<>();
    final Set<String> blocked = new HashSet<>();
    final List<EndpointId> room = new ArrayList<>();
    final Lanes lanes;
    final Time time;
    private final Instant start = Instant.parse("2026-01-01T00:00:00Z");
    private long nanos = -5; // as of System.nanoTime: 0 is nothing special
    private @Nullable Result next;
    private long offset;

    Stage() {
        this(LaneLimits.DEFAULT);
    }

    Stage(LaneLimits limits) {
        endpoints.put(ONE, TestJobs.endpoint(ONE));
        time = new Time(() -> nanos, this::now);
        lanes = new Lanes(
                new Lanes.Ports(this, this, this, id -> Optional.ofNullable(endpoints.get(id))),
                limits,
                time,
                calls::add);
        lanes.onRoom(room::add);
    }

    Endpoint one() {
        return Objects.requireNonNull(endpoints.get(ONE));
    }

    Instant now() {
        return start.plusNanos(nanos);
    }

    /// Changes what lanes look at of an endpoint's settings.
    Stage with(PayloadForm form, int rate, int concurrency, Ordering ordering) {
        return with(TestJobs.settings(
                URI.create("https://example.com/"),
                form,
                rate == 0 ? OptionalInt.empty() : OptionalInt.of(rate),
                concurrency,
                ordering,
                true));
    }

    Stage with(EndpointSettings settings) {
        endpoints.put(ONE, TestJobs.endpoint(ONE, settings));
        return this;
    }

    Stage concurrency(int calls) {
        return with(PayloadForm.DATA, 0, calls, Ordering.NONE);
    }

    Job live() {
        return live(null);
    }

    Job live(@Nullable String key) {
        var job = TestJobs.live(ONE, 0, offset++, key);
        lanes.offerLive(job);
        return job;
    }

    void live(int count) {
        for (int i = 0; i < count; i++) {
            live();
        }
    }

    Job backlog(int attempt) {
        var job = TestJobs.backlog(ONE, offset++, attempt, null);
        lanes.offerBacklog(job);
        return job;
    }

    /// Ends the oldest call.
    void end(Reason reason) {
        end(TestJobs.result(reason));
    }

    void end(Result result) {
        next = result;
        calls.remove().run();
    }

    void end(int count, Reason reason) {
        for (int i = 0; i < count; i++) {
            end(reason);
        }
    }

    /// Ends calls until none runs.
    void drain(Reason reason) {
        while (!calls.isEmpty()) {
            end(reason);
        }
    }

    void fail() {
        next = null;
        calls.remove().run();
    }

    /// Lets time pass as the ticker sees it.
    void pass(Duration time) {
        for (long left = time.toNanos(); left > 0; left -= 20_000_000) {
            nanos += Math.min(left, 20_000_000);
            lanes.tick();
        }
    }

    /// Fails calls until the breaker is open.
    void breakDown() {
        do {
            live();
            end(Reason.STATUS);
        } while (state().breaker() == LaneState.Breaker.CLOSED);
    }

    LaneState state() {
        return lanes.state(ONE).orElseThrow();
    }

    List<ParkReason> whyParked() {
        return parked.stream().map(Left::why).toList();
    }

    List<Job> parkedJobs() {
        return parked.stream().map(Left::job).toList();
    }

    @Override
    public Result deliver(List<Job> jobs, Endpoint endpoint) {
        delivered.addAll(jobs);
        batches.add(jobs);
        if (next == null) {
            throw new IllegalStateException("a fault, for a test");
        }
        if (next.reason().isFailure()) {
            jobs.forEach(this::shut);
        }
        return next;
    }

    private void shut(Job job) {
        var key = job.message().event().key();
        if (key != null) {
            blocked.add(key);
        }
    }

    @Override
    public void park(Job live, ParkReason why, Duration delay) {
        assertThat(live.isLive()).isTrue();
        parked.add(new Left(live, why, delay));
        shut(live);
    }

    @Override
    public void giveBack(Job backlog, ParkReason why) {
        assertThat(backlog.isLive()).isFalse();
        givenBack.add(new Left(backlog, why, Duration.ZERO));
    }

    @Override
    public void end(Job live, Reason why) {
        assertThat(live.isLive()).isTrue();
        assertThat(ended.put(live, why)).isNull();
    }

    @Override
    public boolean isBlocked(EndpointId endpoint, String key) {
        return blocked.contains(key);
    }
}
