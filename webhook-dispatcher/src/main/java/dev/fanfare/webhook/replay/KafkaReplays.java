package dev.fanfare.webhook.replay;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.fanfare.service.kafka.KafkaClients;
import dev.fanfare.webhook.api.Replays;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.ingest.RecordTaker;
import dev.fanfare.webhook.store.Database;
import dev.fanfare.webhook.store.EndpointStore;
import dev.fanfare.webhook.store.Failure;
import dev.fanfare.webhook.store.ReplayStore;
import dev.fanfare.webhook.store.ReplayStore.Claim;
import dev.fanfare.webhook.store.ReplayStore.State;
import dev.fanfare.webhook.store.ReplayStore.Stored;
import dev.fanfare.webhook.store.StoredPositions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;

/// Replays that all nodes share: they are kept in the store, and any node goes on with one that nobody goes on with.
/// Each gets a turn of a minute at most, and they take turns, so that one that has to wait holds up no other.
///
/// With `missingOnly` is left out what is delivered or parked, and what has ended as superseded, expired, too large or
/// aborted by the receiver: see [ReplayStore#present]. Dead letters are parked again.
///
/// Threads: one looks for replays without an owner, and each turn has its own. None is ever interrupted.
public final class KafkaReplays implements Replays, AutoCloseable {
    /// Parked deliveries of an endpoint, by a replay or not, beyond which replays wait.
    public static final int WAITING_MAX = 10_000;

    private static final System.Logger LOG = System.getLogger(KafkaReplays.class.getName());
    private static final int TURNS_MAX = 8;
    private static final int CANDIDATES_MAX = 100;
    private static final long ROUND_MILLIS = 1000;
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final Duration CLOSE = Duration.ofSeconds(10);

    private final ReplayStore store;
    private final EndpointStore endpoints;
    private final Kafka kafka;
    private final Planner planner;
    private final Run.Parts parts;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Semaphore nudges = new Semaphore(0);
    private final Map<String, Thread> turns = new ConcurrentHashMap<>();
    private final Map<String, Long> notBefore = new ConcurrentHashMap<>(); // System.nanoTime
    private final Thread thread = Thread.ofPlatform().name("replays").daemon().unstarted(this::look);
    private volatile boolean storeAway; // and told
    private volatile boolean waiting; // a turn has failed, and that is told

    /// Does nothing until [#start()].
    ///
    /// @param attemptsKept how long the store keeps attempts: what is missing is known for so long
    public KafkaReplays(KafkaClients clients, RecordTaker taker, Database database, Duration attemptsKept) {
        this(clients, taker, database, attemptsKept, WAITING_MAX);
    }

    KafkaReplays(KafkaClients clients, RecordTaker taker, Database database, Duration attemptsKept, int waitingMax) {
        this.store = new ReplayStore(database);
        this.endpoints = new EndpointStore(database);
        this.kafka = new Kafka(clients);
        this.planner = new Planner(kafka, taker.topics(), attemptsKept);
        var positions = new StoredPositions(database);
        Run.Settled settled = (part, offset) -> {
            var next = positions.stored(part.topicId(), part.partition());
            return next.isEmpty() || next.getAsLong() > offset;
        };
        this.parts = new Run.Parts(store, endpoints, settled, taker, kafka, waitingMax, closing);
    }

    /// Goes on with what is there.
    public void start() {
        thread.start();
    }

    /// Blocks for seconds at most.
    ///
    /// @throws dev.fanfare.service.http.ProblemException with 422 for what cannot be replayed, 503 if Kafka is away
    @Override
    public Status start(String id, Endpoint endpoint, Request request) {
        var known = find(endpoint, id);
        if (known.isPresent()) {
            return known.get();
        }
        try {
            var plan = planner.plan(request, Instant.now());
            var stored = store.begin(id, endpoint.id(), Codec.text(request), plan.detail(), Codec.text(plan));
            nudges.release();
            return status(stored);
        } catch (KafkaException failure) {
            throw Kafka.away();
        }
    }

    @Override
    public List<Status> list(Endpoint endpoint, int limit) {
        return store.list(endpoint.id(), limit).stream()
                .map(KafkaReplays::status)
                .toList();
    }

    @Override
    public Optional<Status> find(Endpoint endpoint, String id) {
        return store.find(endpoint.id(), id).map(KafkaReplays::status);
    }

    @Override
    public Optional<Status> cancel(Endpoint endpoint, String id) {
        return store.cancel(endpoint.id(), id).map(KafkaReplays::status);
    }

    private static Status status(Stored stored) {
        return new Status(
                stored.id(),
                stored.state(),
                stored.detail(),
                Codec.request(stored.request()),
                stored.matched(),
                stored.queued(),
                stored.createdAt(),
                stored.updatedAt());
    }

    private void look() {
        while (closing.getCount() > 0) {
            try {
                notBefore.values().removeIf(time -> System.nanoTime() - time > 0);
                if (turns.size() < TURNS_MAX) {
                    store.unclaimed(CANDIDATES_MAX).forEach(this::claim);
                }
                storeAway = false;
            } catch (RuntimeException failure) {
                if (!storeAway) {
                    storeAway = true;
                    LOG.log(WARNING, "replays wait, as the store does not answer: {0}", failure.getClass());
                }
            }
            await();
        }
    }

    private void await() {
        try {
            nudges.tryAcquire(ROUND_MILLIS, TimeUnit.MILLISECONDS);
            nudges.drainPermits();
        } catch (InterruptedException nobodys) {
            // looks once more
        }
    }

    private void claim(String id) {
        if (turns.size() >= TURNS_MAX || turns.containsKey(id) || notBefore.containsKey(id)) {
            return;
        }
        var claim = new Claim(id, UUID.randomUUID().toString());
        store.claim(claim).ifPresent(stored -> {
            var turn = Thread.ofPlatform().name("replay-" + id).daemon().unstarted(() -> turn(claim, stored));
            turns.put(id, turn);
            turn.start();
        });
    }

    private void turn(Claim claim, Stored stored) {
        try {
            var endpoint = endpoints.find(stored.endpoint());
            if (endpoint.isPresent()) {
                new Run(parts, claim, stored, endpoint.get()).run();
            } else {
                store.leave(claim, State.FAILED, "The endpoint was deleted.");
            }
            notBefore.put(stored.id(), System.nanoTime() + PAUSE_NANOS);
            waiting = false;
        } catch (KafkaException failure) {
            goOnLater(claim, "Kafka does not answer", failure.toString());
        } catch (RuntimeException failure) {
            // messages of the store may quote what was to be stored
            switch (Failure.of(failure)) {
                case AWAY, CONFLICT -> goOnLater(claim, "the store does not answer", Failure.state(failure));
                case OTHER -> goOnLater(claim, "the store has a fault", Failure.state(failure));
                case DATA -> {
                    LOG.log(ERROR, "replay " + stored.id() + " failed: a fault of this program", failure);
                    leave(claim, State.FAILED, "Failed by a fault of the dispatcher, which is in its log.");
                }
            }
        } finally {
            turns.remove(stored.id());
        }
    }

    private void goOnLater(Claim claim, String why, String failure) {
        notBefore.put(claim.replay(), System.nanoTime() + AGAIN_NANOS);
        if (!waiting) {
            waiting = true;
            LOG.log(WARNING, "replay {0} goes on later, {1}: {2}", claim.replay(), why, failure);
        }
        leave(claim, State.RUNNING, "Waits, as %s.".formatted(why));
    }

    private void leave(Claim claim, State state, String detail) {
        try {
            store.leave(claim, state, detail);
        } catch (RuntimeException away) {
            LOG.log(INFO, "replay {0} is free when its lease ends", claim.replay());
        }
    }

    /// Lets turns commit how far they have come, and leaves the rest to other nodes.
    @Override
    public void close() {
        closing.countDown();
        nudges.release();
        try {
            long end = System.nanoTime() + CLOSE.toNanos();
            thread.join(CLOSE.toMillis()); // unlike the other join, none for a thread that was not started
            for (var turn : turns.values()) {
                turn.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kafka.close();
    }
}
