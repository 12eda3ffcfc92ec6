package dev.fanfare.webhook.lane;

import dev.fanfare.service.log.Faults;
import dev.fanfare.service.log.LogField;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.endpoint.Endpoint;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// Calls endpoints, each in a lane of its own: a lane keeps to what its endpoint's owner allows and to what the
/// endpoint bears, and hands over to [Parking] what it cannot call soon. Each job that is offered ends exactly once: a
/// [Deliverer] has returned, it is parked, given back, ended, or its partition was released.
///
/// Threads: any. A lane has a lock of its own; nothing is locked for all of them. A ticker thread wakes lanes in which
/// something waits for time to pass.
public final class Lanes implements AutoCloseable {
    /// The longest that a call may take.
    private static final Duration CLOSE_MAX = Duration.ofSeconds(30);

    private static final int PARKED_PER_SECOND = 1000; // what a store takes at least
    private static final Duration TICK = Duration.ofMillis(20);
    private static final System.Logger LOG = System.getLogger(Lanes.class.getName());

    private final Ports ports;
    private final LaneLimits limits;
    private final Time time;
    private final Executor calls;
    private final CircuitBreakerConfig breakerConfig;
    private final Slots slots;
    private final LongAdder done = new LongAdder();
    private final ConcurrentHashMap<EndpointId, Lane> lanes = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Lane> waiting = new ConcurrentLinkedQueue<>(); // for time; each lane once
    private final ConcurrentLinkedQueue<Lane> starving = new ConcurrentLinkedQueue<>(); // for a slot; each lane once
    private @Nullable Thread ticker;
    private volatile Consumer<EndpointId> onRoom = _ -> {};
    private volatile int nodes = 1;
    private volatile boolean closing;
    private volatile int perSecond; // jobs that come to a good end, by the last tenth of a second
    private long doneBefore; // by the ticker
    private long tickedAt; // by the ticker
    private long evictedAt; // by the ticker

    /// What lanes work with.
    ///
    /// @param endpoints as they are at present; an update is published there before [Lanes#update] tells of it
    public record Ports(
            Deliverer deliverer, Parking parking, KeyGate gate, Function<EndpointId, Optional<Endpoint>> endpoints) {}

    Lanes(Ports ports, LaneLimits limits, Time time, Executor calls) {
        this.ports = ports;
        this.limits = limits;
        this.time = time;
        this.calls = calls;
        this.breakerConfig = Health.breakerConfig(time);
        this.slots = new Slots(limits.runningMax());
        this.evictedAt = time.now();
        this.tickedAt = evictedAt;
    }

    public static Lanes start(Ports ports, LaneLimits limits) {
        var lanes = new Lanes(ports, limits, Time.SYSTEM, Thread::startVirtualThread);
        lanes.ticker = Thread.ofPlatform().name("lanes").daemon().start(lanes::tickOn);
        return lanes;
    }

    /// Whom to tell that an endpoint that had no room has some again. Called under a lane's lock: never blocks, and
    /// does not call lanes back.
    public void onRoom(Consumer<EndpointId> listener) {
        onRoom = listener;
    }

    /// Calls, queues or parks it. Never blocks.
    public void offerLive(Job job) {
        while (true) {
            var lane = laneOf(job.endpoint());
            if (lane == null) {
                ports.parking.end(job, Reason.ENDPOINT_DELETED);
                return;
            }
            if (lane.offerLive(job)) {
                return;
            }
            lanes.remove(job.endpoint(), lane);
        }
    }

    /// Whether it is better not to offer these endpoints more for a moment, as that would be parked: half of
    /// those that take jobs have a quarter of a second's work waiting, and all lanes together do more than could
    /// be parked in the same time. Where that is not known yet, as the work has just come, it is supposed.
    public boolean areBusy(Collection<EndpointId> endpoints) {
        boolean fast = perSecond >= PARKED_PER_SECOND;
        int share = PARKED_PER_SECOND / Math.max(1, endpoints.size());
        int busy = 0;
        int taking = 0;
        for (var endpoint : endpoints) {
            var lane = lanes.get(endpoint);
            var crowd = lane == null ? Crowd.PARKING : lane.crowd(share);
            taking += crowd == Crowd.PARKING ? 0 : 1;
            busy += crowd == Crowd.BURST || (fast && crowd == Crowd.BUSY) ? 1 : 0;
        }
        return busy > 0 && 2 * busy >= taking;
    }

    /// Calls, queues or gives it back. Never blocks.
    public void offerBacklog(Job job) {
        offerBacklog(job.endpoint(), List.of(job));
    }

    /// The same for several, in this order: what comes after one that is given back is given back, too.
    public void offerBacklog(EndpointId endpoint, List<Job> jobs) {
        while (true) {
            var lane = laneOf(endpoint);
            if (lane == null) {
                jobs.forEach(job -> ports.parking.giveBack(job, ParkReason.REQUESTED));
                return;
            }
            if (lane.offerBacklog(jobs)) {
                return;
            }
            lanes.remove(endpoint, lane);
        }
    }

    /// How many backlog jobs an endpoint's lane would take now.
    public Room backlogRoom(EndpointId endpoint) {
        var lane = laneOf(endpoint);
        return lane == null ? Room.NONE : lane.backlogRoom();
    }

    /// New settings hold for calls that begin after this.
    public void update(Endpoint endpoint) {
        // waits for a lane that is being made of what the registry said before
        var lane = lanes.computeIfPresent(endpoint.id(), (_, present) -> present);
        if (lane != null) {
            lane.update(endpoint);
        }
    }

    /// The endpoint is deleted. Calls under way end as they end.
    public void remove(EndpointId endpoint) {
        var lane = lanes.remove(endpoint);
        if (lane != null) {
            lane.remove();
        }
    }

    /// Forgets live jobs of a partition that wait: its new owner reads them again. Calls under way go on.
    ///
    /// @return how many these were
    public int releasePartition(Uuid topicId, int partition) {
        int released = 0;
        for (var lane : lanes.values()) {
            released += lane.release(job -> job.message().id().partition() == partition
                    && job.message().id().topicId().equals(topicId));
        }
        return released;
    }

    /// How many live dispatchers share the endpoints' rates, at least 1.
    public void setNodes(int count) {
        nodes = count;
    }

    /// Calls under way.
    public int inFlight() {
        return slots.running();
    }

    /// Lanes that are kept.
    public int size() {
        return lanes.size();
    }

    /// How each of them stands.
    public List<LaneState> states() {
        return lanes.values().stream().map(Lane::state).toList();
    }

    /// Empty if the endpoint has no lane, as nothing was sent for a while.
    public Optional<LaneState> state(EndpointId endpoint) {
        return Optional.ofNullable(lanes.get(endpoint)).map(Lane::state);
    }

    @Override
    public void close() {
        close(CLOSE_MAX);
    }

    /// Parks what waits, and waits for calls under way. What is offered from now on is parked or given back.
    ///
    /// @return whether all of them have ended
    public boolean close(Duration deadline) {
        closing = true;
        if (ticker != null) {
            ticker.interrupt();
        }
        lanes.values().forEach(Lane::stop);
        try {
            return slots.awaitIdle(deadline);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void tickOn() {
        while (!closing) {
            LockSupport.parkNanos(this, TICK.toNanos());
            try {
                tick();
            } catch (RuntimeException fault) {
                LOG.log(System.Logger.Level.ERROR, "lanes: a tick failed; they go on", fault);
            }
        }
    }

    /// By one thread.
    void tick() {
        for (int n = waiting.size(); n > 0; n--) {
            var lane = waiting.poll();
            if (lane != null) {
                lane.tick();
            }
        }
        long now = time.now();
        measure(now);
        if (lanes.size() > limits.lanesMax()) {
            evictOldest(lanes.size() - limits.lanesMax() * 9 / 10, now);
        }
        if (now - evictedAt > limits.idleMax().toNanos() / 10) {
            evictedAt = now;
            lanes.values().forEach(lane -> evict(lane, now - limits.idleMax().toNanos(), false));
        }
    }

    private void measure(long now) {
        if (now > tickedAt) {
            long all = done.sum();
            long present = (all - doneBefore) * 1_000_000_000 / (now - tickedAt);
            perSecond = (int) ((3L * perSecond + present) / 4);
            doneBefore = all;
            tickedAt = now;
        }
    }

    private void evictOldest(int count, long now) {
        record Used(Lane lane, long at) {}
        lanes.values().stream()
                .map(lane -> new Used(lane, lane.usedAt()))
                .sorted(Comparator.comparingLong(used -> used.at - now))
                .limit(count)
                .forEach(used -> evict(used.lane, used.at, true));
    }

    private void evict(Lane lane, long unusedSince, boolean forced) {
        if (lane.evict(unusedSince, forced)) {
            lanes.remove(lane.id(), lane);
        }
    }

    private @Nullable Lane laneOf(EndpointId id) {
        var lane = lanes.get(id);
        return lane != null
                ? lane
                : lanes.computeIfAbsent(
                        id,
                        absent -> ports.endpoints
                                .apply(absent)
                                .map(endpoint -> new Lane(endpoint, this, time))
                                .orElse(null));
    }

    void enlist(Lane lane) {
        waiting.add(lane);
    }

    void starves(Lane lane) {
        starving.add(lane);
    }

    /// After a slot was released. Without any lane's lock.
    void feedStarving() {
        var lane = starving.poll();
        if (lane != null) {
            lane.feed();
        }
    }

    void tellRoom(EndpointId endpoint) {
        onRoom.accept(endpoint);
    }

    void done(int jobs) {
        done.add(jobs);
    }

    void report(EndpointId endpoint, RuntimeException fault) {
        Faults.log(
                Lanes.class, fault, "the call of a delivery to {0} failed within", new LogField("endpoint", endpoint));
    }

    Optional<Endpoint> endpoint(EndpointId id) {
        return ports.endpoints.apply(id);
    }

    boolean isClosing() {
        return closing;
    }

    int nodes() {
        return nodes;
    }

    LaneLimits limits() {
        return limits;
    }

    CircuitBreakerConfig breakerConfig() {
        return breakerConfig;
    }

    Slots slots() {
        return slots;
    }

    Executor calls() {
        return calls;
    }

    Deliverer deliverer() {
        return ports.deliverer;
    }

    Parking parking() {
        return ports.parking;
    }

    KeyGate gate() {
        return ports.gate;
    }
}
