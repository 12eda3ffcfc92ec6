package dev.fanfare.webhook.lane;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.PayloadForm;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One endpoint's jobs: which of them is called when, and which goes to the store instead.
///
/// Threads: any. One lock, the lane's own, held for a few steps and never during a call; ports are called under it.
/// Calls begin in [#pump] only, which runs after everything that could let one begin. In a lane whose endpoint is
/// paused, disabled or behind an open breaker nothing waits.
final class Lane {
    private static final long BURST_NANOS = Duration.ofMillis(250).toNanos();

    private final EndpointId id;
    private final Lanes lanes;
    private final Time time;

    @GuardedBy("this")
    private Endpoint endpoint;

    @GuardedBy("this")
    private final Agenda agenda;

    @GuardedBy("this")
    private Health health;

    @GuardedBy("this")
    private final Pause pause;

    @GuardedBy("this")
    private final Rate rate;

    @GuardedBy("this")
    private final Running running;

    @GuardedBy("this")
    private boolean roomWanted; // somebody may have more backlog than had room

    @GuardedBy("this")
    private boolean enlisted; // with the ticker

    @GuardedBy("this")
    private boolean gone; // evicted or removed: jobs go to the lane that comes after

    @GuardedBy("this")
    private long usedAt;

    @GuardedBy("this")
    private final Pace pace;

    /// A call under way.
    private record Call(List<Job> jobs, Endpoint endpoint, List<String> keys, Health health, long startedAt) {}

    Lane(Endpoint endpoint, Lanes lanes, Time time) {
        this.id = endpoint.id();
        this.lanes = lanes;
        this.time = time;
        this.endpoint = endpoint;
        this.usedAt = time.now();
        this.health = new Health(lanes.breakerConfig(), endpoint.settings().concurrency(), usedAt);
        this.pause = new Pause(endpoint, time);
        this.agenda = new Agenda(
                id, lanes.parking(), lanes.gate(), pause, endpoint.settings().ordering());
        this.rate = new Rate(
                endpoint, lanes.nodes(), time, usedAt - lanes.limits().waitMax().toNanos());
        this.pace = new Pace(usedAt);
        this.running = new Running(lanes.slots(), rate, () -> lanes.starves(this));
    }

    EndpointId id() {
        return id;
    }

    /// Says whether it took the job: a lane that is gone does not.
    synchronized boolean offerLive(Job job) {
        if (gone) {
            return false;
        }
        if (!endpoint.isActive()) {
            lanes.endpoint(id).ifPresent(this::update); // who matched the event may know more
        }
        long now = time.now();
        usedAt = now;
        var why = refusal(now);
        if (lanes.isClosing()) {
            agenda.park(job, ParkReason.STOPPING, now);
        } else if (!endpoint.isActive()) {
            lanes.parking().end(job, Reason.ENDPOINT_DISABLED);
        } else if (why != null) {
            agenda.park(job, why, now);
        } else if (agenda.keys().isBlocked(job)) {
            agenda.park(job, ParkReason.KEY_BLOCKED, now);
        } else if (agenda.live() >= queuedMax(now)) {
            var key = agenda.keys().of(job);
            if (key != null) {
                agenda.block(key, now); // or its row would overtake what waits here
            }
            agenda.park(job, agenda.reason(job, shortage(now)), now);
        } else {
            agenda.add(job, now);
            pump(now);
        }
        return true;
    }

    /// Says whether it took the jobs: a lane that is gone does not.
    synchronized boolean offerBacklog(List<Job> jobs) {
        if (gone) {
            return false;
        }
        long now = time.now();
        usedAt = now;
        boolean refused = false;
        for (var job : jobs) {
            refused |= room(now).jobs() == 0;
            if (refused) {
                lanes.parking().giveBack(job, backlogRefusal(now));
            } else {
                agenda.add(job, now);
                pump(now);
            }
        }
        roomWanted = true;
        enlist();
        return true;
    }

    synchronized Room backlogRoom() {
        var room = room(time.now());
        roomWanted |= room.jobs() == 0 || room.retries() < room.jobs();
        enlist();
        return room;
    }

    /// Sees to what waits for time to pass: jobs that have waited too long, the rate, a pause, an open breaker.
    synchronized void tick() {
        enlisted = false;
        long now = time.now();
        pump(now);
        agenda.expire(now - lanes.limits().waitMax().toNanos(), shortage(now), now);
        tellRoom(now);
    }

    /// A slot is free.
    synchronized void feed() {
        running.fed();
        pump(time.now());
    }

    synchronized void update(Endpoint newer) {
        if (gone || newer.registryVersion() < endpoint.registryVersion()) {
            return;
        }
        long now = time.now();
        boolean enabled = newer.isActive() && !endpoint.isActive();
        if (enabled || !newer.settings().url().equals(endpoint.settings().url())) {
            health = new Health(lanes.breakerConfig(), newer.settings().concurrency(), now); // what was learnt is void
        }
        endpoint = newer;
        health.limit().resize(newer.settings().concurrency());
        agenda.keys().order(newer.settings().ordering());
        pause.update(newer);
        rate.update(newer);
        proceed(now);
    }

    /// The endpoint is deleted.
    synchronized void remove() {
        gone = true;
        agenda.end(Reason.ENDPOINT_DELETED);
    }

    /// Forgets live jobs that wait, as far as they match.
    synchronized int release(Predicate<Job> which) {
        int released = agenda.release(which);
        pump(time.now());
        return released;
    }

    synchronized void stop() {
        agenda.empty(ParkReason.STOPPING, time.now());
    }

    /// Says whether the lane is gone by now.
    ///
    /// @param forced even if a new lane would know less
    synchronized boolean evict(long unusedSince, boolean forced) {
        boolean idle = running.calls() == 0 && agenda.isEmpty() && usedAt - unusedSince <= 0;
        long now = time.now();
        if (idle && (forced || (health.isForgettable(now) && pause.isOver(now)))) {
            gone = true;
        }
        return gone;
    }

    /// How it stands with live jobs.
    ///
    /// @param share jobs a second without which a lane is slow, whatever waits for it
    synchronized Crowd crowd(int share) {
        long now = time.now();
        int live = agenda.live();
        if (isShut(now) || refusal(now) != null || live >= queuedMax(now)) {
            return Crowd.PARKING;
        }
        if (4 * live <= Math.max(pace.perSecond(now), health.limit().calls())) {
            return Crowd.ROOM;
        }
        long begin = now - BURST_NANOS;
        boolean fresh = !agenda.hasWaitedSince(begin) && pace.hasMovedSince(begin);
        if (fresh && health.limit().isFull()) {
            return Crowd.BURST;
        }
        return pace.perSecond(now) >= share ? Crowd.BUSY : Crowd.ROOM;
    }

    synchronized long usedAt() {
        return usedAt;
    }

    synchronized LaneState state() {
        long now = time.now();
        return new LaneState(
                health.breaker(),
                health.limit().calls(),
                health.isStruggling(),
                agenda.live(),
                agenda.backlog(),
                running.calls(),
                pause.isOver(now) ? Optional.empty() : Optional.of(pause.until(now)));
    }

    @GuardedBy("this")
    private @Nullable ParkReason refusal(long now) {
        if (!pause.isOver(now)) {
            return ParkReason.PAUSED;
        }
        return health.isClosed() ? null : ParkReason.BREAKER_OPEN;
    }

    @GuardedBy("this")
    private ParkReason backlogRefusal(long now) {
        if (lanes.isClosing()) {
            return ParkReason.STOPPING;
        }
        var why = endpoint.isActive() ? refusal(now) : ParkReason.PAUSED;
        return why == null ? ParkReason.LANE_FULL : why;
    }

    /// What there is not enough of if jobs wait.
    @GuardedBy("this")
    private ParkReason shortage(long now) {
        long begin = now - lanes.limits().waitMax().toNanos();
        return rate.hasHeldSince(begin) ? ParkReason.RATE : ParkReason.LANE_FULL;
    }

    @GuardedBy("this")
    private boolean isShut(long now) {
        return gone || lanes.isClosing() || !endpoint.isActive() || !pause.isOver(now);
    }

    /// As many live jobs as are done in a second: no other would wait longer than it may.
    @GuardedBy("this")
    private int queuedMax(long now) {
        return Math.max(lanes.limits().queuedMax(), pace.perSecond(now));
    }

    @GuardedBy("this")
    private Room room(long now) {
        if (isShut(now)) {
            return Room.NONE;
        }
        int max = health.backlogMax(running.calls(), rate.perSecond(), isBatch(), now);
        int jobs = Math.max(0, max - agenda.backlog());
        return new Room(jobs, health.retriesAmong(jobs, agenda.backlogRetries()));
    }

    @GuardedBy("this")
    private boolean isBatch() {
        return endpoint.settings().form() == PayloadForm.BATCH;
    }

    /// Begins the calls that may begin now.
    @GuardedBy("this")
    private void pump(long now) {
        rate.shareAmong(lanes.nodes());
        while (running.calls() < health.limit().calls() && !agenda.isEmpty() && !isShut(now)) {
            var job = agenda.next(health.allowsRetry(now), now);
            if (job == null || !running.tryBegin(health, now)) {
                break;
            }
            call(job, now);
        }
        enlist();
    }

    @GuardedBy("this")
    private void call(Job first, long now) {
        var jobs = agenda.take(first, isBatch());
        if (running.calls() == 1) {
            pace.began(now);
        }
        health.started(Waiting.isRetry(first), now);
        var call = new Call(jobs, endpoint, agenda.keys().of(jobs), health, now);
        lanes.calls().execute(() -> run(call));
    }

    private void run(Call call) {
        Result result = null;
        try {
            result = lanes.deliverer().deliver(call.jobs, call.endpoint);
        } catch (RuntimeException fault) {
            lanes.report(id, fault);
        } finally { // after an Error too
            finish(call, result);
            lanes.feedStarving();
        }
    }

    private synchronized void finish(Call call, @Nullable Result result) {
        long now = time.now();
        if (result == null) {
            agenda.putBack(call.jobs);
        } else if (result.retryAfter().isPresent()) {
            pause.ask(result.retryAfter().get(), now);
        }
        var reason = result == null ? Reason.NOT_SENDABLE : result.reason();
        running.ended();
        if (!reason.isFailure()) {
            pace.done(call.jobs.size(), now);
            lanes.done(call.jobs.size());
        }
        call.health.record(reason, pace.perSecond(now), call.startedAt, now);
        for (var key : call.keys) {
            agenda.keys().release(key);
            if (reason.isFailure()) {
                agenda.block(key, now);
            }
        }
        proceed(now);
    }

    /// After anything about the endpoint may have changed.
    @GuardedBy("this")
    private void proceed(long now) {
        var why = refusal(now);
        if (!endpoint.isActive() || why != null) {
            roomWanted |= agenda.backlog() > 0;
        }
        if (!endpoint.isActive()) {
            agenda.end(Reason.ENDPOINT_DISABLED);
        } else if (why != null) {
            agenda.empty(why, now);
        }
        pump(now);
        tellRoom(now);
    }

    @GuardedBy("this")
    private void tellRoom(long now) {
        if (roomWanted) {
            var room = room(now);
            if (room.retries() > 0 && room.jobs() >= (room.jobs() + agenda.backlog()) / 2) {
                roomWanted = false;
                lanes.tellRoom(id);
            }
        }
        enlist();
    }

    /// Sees to it that the ticker comes by if something waits for time.
    @GuardedBy("this")
    private void enlist() {
        if (!enlisted && !gone && (!agenda.isEmpty() || roomWanted)) {
            enlisted = true;
            lanes.enlist(this);
        }
    }
}
