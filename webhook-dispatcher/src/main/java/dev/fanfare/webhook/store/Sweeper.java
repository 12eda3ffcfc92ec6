package dev.fanfare.webhook.store;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// Has [Retention] remove what is old, every now and then. Each node does, at times of its own: who comes second finds
/// little to do.
///
/// Threads: one of its own.
public final class Sweeper implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Sweeper.class.getName());
    private static final Duration IDEMPOTENCY = Duration.ofHours(24);
    private static final Duration REPLAYS = Duration.ofDays(30);
    private static final Duration TOMBSTONES = Duration.ofDays(30);

    private final Retention retention;
    private final Database database;
    private final Keep keep;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().name("retention").daemon().unstarted(this::run);

    /// How long what is kept, and how often is looked.
    ///
    /// @param attempts the log of attempts
    /// @param ended deliveries that ended, dead letters among them
    /// @param round about so long from a look to the next
    public record Keep(Duration attempts, Duration ended, Duration round) {}

    public Sweeper(Database database, Keep keep) {
        this.retention = new Retention(database);
        this.database = database;
        this.keep = keep;
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!closing.await(pauseMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    sweep();
                } catch (RuntimeException failure) {
                    LOG.log(System.Logger.Level.WARNING, "what is old stays for now: " + Failure.state(failure));
                }
            }
        } catch (InterruptedException stop) {
            // closed
        }
    }

    private long pauseMillis() {
        long half = keep.round.toMillis() / 2;
        return ThreadLocalRandom.current().nextLong(half, 3 * half);
    }

    private void sweep() {
        var now = database.now();
        long attempts = retention.attempts(now.minus(keep.attempts));
        long ended = retention.ended(now.minus(keep.ended));
        // after those that refer to them
        long events = retention.payloads(now);
        retention.idempotency(now.minus(IDEMPOTENCY));
        retention.replays(now.minus(REPLAYS));
        retention.pages(now);
        retention.tombstones(now.minus(TOMBSTONES));
        if (attempts + ended + events > 0) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "removed {0} attempts, {1} ended deliveries and {2} events that were kept for long enough",
                    attempts,
                    ended,
                    events);
        }
    }

    @Override
    public void close() {
        closing.countDown(); // no interrupt: see Database
    }
}
