package dev.fanfare.webhook.park;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.Ordering;
import dev.fanfare.webhook.endpoint.Registry;
import dev.fanfare.webhook.lane.Lanes;
import dev.fanfare.webhook.lane.Room;
import dev.fanfare.webhook.store.Failure;
import dev.fanfare.webhook.store.Leases;
import dev.fanfare.webhook.store.OrderKey;
import dev.fanfare.webhook.store.Parked;
import dev.fanfare.webhook.store.ParkedDelivery;
import dev.fanfare.webhook.store.Shards;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Brings parked deliveries back when they are due: of the shards that this node holds, as many of each endpoint as its
/// lane takes.
///
/// Threads: one of its own; settlements come from any.
public final class Scheduler {
    /// How long the deliveries of a node that has died wait at most. A node that lives renews its leases while it
    /// calls; one that the store does not hear of goes on calling for rows that it can change no more.
    public static final Duration LEASE = Duration.ofSeconds(15);

    private static final System.Logger LOG = System.getLogger(Scheduler.class.getName());
    private static final Duration RENEW = Duration.ofSeconds(5);
    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final long PAUSE_MILLIS = 20;

    /// Of one key at a time.
    private static final int CHAIN_MAX = 16;

    private final Parked parked;
    private final Leases leases;
    private final Lanes lanes;
    private final Gate gate;
    private final Registry registry;
    private final InstantSource clock;
    private final Map<EndpointId, Set<MessageId>> inFlight = new ConcurrentHashMap<>();
    private final Set<EndpointId> withRoom = ConcurrentHashMap.newKeySet();
    private final Semaphore nudges = new Semaphore(0);
    private final Thread thread = Thread.ofPlatform().name("scheduler").daemon().unstarted(this::run);
    private Leases.Held held =
            new Leases.Held(Map.of(), System.nanoTime(), Shards.COUNT); // own thread, then who closes
    private long renewedAt = System.nanoTime() - RENEW.toNanos(); // own thread only
    private long roundAt = System.nanoTime() - ROUND.toNanos(); // own thread only
    private final Set<EndpointId> more = new HashSet<>(); // own thread only: may have more due than was loaded
    private volatile boolean closing;
    private volatile int shards;
    private volatile boolean away;

    public Scheduler(Parked parked, Leases leases, Lanes lanes, Gate gate, Registry registry, InstantSource clock) {
        this.parked = parked;
        this.leases = leases;
        this.lanes = lanes;
        this.gate = gate;
        this.registry = registry;
        this.clock = clock;
    }

    public void start() {
        lanes.onRoom(endpoint -> {
            withRoom.add(endpoint);
            nudges.release();
        });
        thread.start();
    }

    /// Shards that this node works off.
    public int shards() {
        return shards;
    }

    /// Deliveries that were loaded and are not settled.
    public int inFlight() {
        return inFlight.values().stream().mapToInt(Set::size).sum();
    }

    private void run() {
        while (!closing) {
            try {
                nudges.tryAcquire(ROUND.toMillis(), TimeUnit.MILLISECONDS);
                nudges.drainPermits();
                if (closing) {
                    return;
                }
                renew();
                load();
                if (away) {
                    LOG.log(System.Logger.Level.INFO, "parked deliveries are tried again: the store answers");
                }
                away = false;
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException stop) {
                return;
            } catch (RuntimeException failure) {
                if (!away) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "parked deliveries wait, the store is away: " + Failure.state(failure));
                }
                away = true;
            }
        }
    }

    private void renew() {
        if (System.nanoTime() - renewedAt < RENEW.toNanos()) {
            return;
        }
        held = leases.acquire();
        renewedAt = System.nanoTime();
        lanes.setNodes(Math.max(1, Math.ceilDiv(Shards.COUNT, Math.max(1, held.fairShare()))));
        var surplus = surplus();
        var idle = surplus.stream().filter(shard -> !isBusy(shard)).toList();
        if (!idle.isEmpty()) {
            leases.release(idle);
        }
        var epochs = new HashMap<>(held.epochs());
        surplus.forEach(epochs::remove);
        held = new Leases.Held(epochs, held.untilNanos(), held.fairShare());
        shards = epochs.size();
    }

    /// Shards above this node's fair share, which others may have.
    private List<Integer> surplus() {
        int over = held.epochs().size() - held.fairShare();
        return over <= 0
                ? List.of()
                : held.epochs().keySet().stream().sorted().limit(over).toList();
    }

    private boolean isBusy(int shard) {
        return inFlight.entrySet().stream()
                .anyMatch(one -> !one.getValue().isEmpty() && Shards.of(one.getKey()) == shard);
    }

    private void load() {
        var now = clock.instant();
        if (System.nanoTime() - roundAt >= ROUND.toNanos()) {
            roundAt = System.nanoTime();
            gate.refresh();
            more.clear();
            parked.due(held.epochs().keySet(), now).forEach(due -> load(due.endpoint(), now));
            return;
        }
        var some = new LinkedHashSet<EndpointId>();
        for (var endpoint : List.copyOf(withRoom)) {
            withRoom.remove(endpoint);
            if (more.contains(endpoint)) {
                some.add(endpoint);
            }
        }
        some.forEach(endpoint -> load(endpoint, now));
    }

    private void load(EndpointId id, Instant now) {
        var endpoint = registry.find(id);
        if (endpoint.isEmpty()) {
            parked.cancelOfDeleted(id);
            return;
        }
        var epoch = held.epochs().get(Shards.of(id));
        var flying = inFlight.computeIfAbsent(id, _ -> ConcurrentHashMap.newKeySet());
        if (epoch != null) {
            while (!closing && parked.expire(endpoint.get(), epoch, now, Set.copyOf(flying))) {}
        }
        var room = lanes.backlogRoom(id);
        if (epoch == null || !endpoint.get().isActive() || room.jobs() == 0 || leaseIsShort()) {
            more.add(id); // tried again when there is room
            return;
        }
        boolean ordered = endpoint.get().settings().ordering() == Ordering.KEY;
        var rows = rows(endpoint.get(), epoch, now, flying, room);
        if (rows.size() >= room.retries() || (ordered && !(rows.isEmpty() && flying.isEmpty()))) {
            more.add(id);
        } else {
            more.remove(id);
        }
        var chains = ordered
                ? chains(endpoint.get(), rows, flying, now, room.jobs())
                : rows.stream().map(List::of).toList();
        for (var chain : chains) {
            offer(id, chain, flying, ordered);
        }
    }

    private List<ParkedDelivery> rows(Endpoint endpoint, long epoch, Instant now, Set<MessageId> flying, Room room) {
        var rows = parked.load(endpoint, epoch, now, Set.copyOf(flying), room.retries());
        if (rows.size() < room.retries() || room.retries() == room.jobs()) {
            return rows;
        }
        var taken = new HashSet<>(flying);
        rows.forEach(row -> taken.add(row.message().id()));
        return Stream.concat(
                        rows.stream(),
                        parked.loadUntried(endpoint, epoch, now, taken, room.jobs() - rows.size()).stream())
                .toList();
    }

    /// What is due of each key, in its order: one after the other is called while none fails.
    private List<List<ParkedDelivery>> chains(
            Endpoint endpoint, List<ParkedDelivery> firsts, Set<MessageId> flying, Instant now, int room) {
        var chains = new ArrayList<List<ParkedDelivery>>();
        var taken = new HashSet<>(flying);
        firsts.forEach(first -> taken.add(first.message().id()));
        int left = room - firsts.size();
        for (var first : firsts) {
            var chain = new ArrayList<>(List.of(first));
            var key = OrderKey.of(endpoint, first.message());
            if (key.isPresent() && left > 0) {
                for (var next : parked.behind(key.get(), first, now, Math.min(left, CHAIN_MAX))) {
                    if (!taken.add(next.message().id())) {
                        break; // it is the first of another chain, or on its way
                    }
                    chain.add(next);
                }
            }
            key.ifPresent(of -> {
                int end = 0;
                while (end < chain.size()
                        && !gate.isOvertaking(of, chain.get(end).message().id())) {
                    end++;
                }
                chain.subList(end, chain.size()).clear();
            });
            left -= Math.max(0, chain.size() - 1);
            chains.add(chain);
        }
        return chains;
    }

    private void offer(EndpointId endpoint, List<ParkedDelivery> chain, Set<MessageId> flying, boolean ordered) {
        chain.forEach(row -> flying.add(row.message().id()));
        var jobs = new ArrayList<Job>();
        for (var row : chain) {
            boolean last = jobs.size() == chain.size() - 1;
            jobs.add(row.job(ordered && last ? this::settledLast : this::settled));
        }
        lanes.offerBacklog(endpoint, jobs);
    }

    private boolean leaseIsShort() {
        return held.untilNanos() - System.nanoTime() < LEASE.toNanos() / 2;
    }

    private void settled(Job job) {
        var flying = inFlight.get(job.endpoint());
        if (flying != null) {
            flying.remove(job.id().message());
        }
    }

    /// Of a chain: what waits behind it may be loaded.
    private void settledLast(Job job) {
        settled(job);
        withRoom.add(job.endpoint());
        nudges.release();
    }

    /// Loads no more, and gives up the shards of which nothing is in flight. The others are kept for long enough: who
    /// leaves gives them up when the last call has ended.
    ///
    /// @param deadline for calls
    public void close(Duration deadline) {
        closing = true;
        nudges.release();
        try {
            thread.join(5_000); // unlike the other join, none for a thread that was not started
            leases.release(held.epochs().keySet().stream()
                    .filter(shard -> !isBusy(shard))
                    .toList());
            leases.keep(deadline.plus(LEASE));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException storeAway) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the leases were not given back, and run out: " + Failure.state(storeAway));
        }
    }
}
