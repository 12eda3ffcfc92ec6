package dev.fanfare.webhook.store;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.fanfare.service.log.LogField;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.journal.Entry;
import dev.fanfare.webhook.journal.Journal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/// The journal in a database: entries are committed in their order, at most 500 or what came within 100 ms at a time.
/// While the database is away they wait, and are tried again for ever.
///
/// An entry that the database refuses does not stop the others: it is stored without the texts of the answer; refused
/// even so, it is logged and its job is never settled, so that Kafka still has the event.
///
/// Threads: any may [#write]; one platform thread owns the rest and tells [Matched] and the settlements.
public final class SqlJournal implements Journal, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SqlJournal.class.getName());
    private static final int LINES_MAX = 500;
    private static final long LINGER_NANOS = MILLISECONDS.toNanos(100);
    private static final long BACKOFF_MIN_MILLIS = 100;
    private static final long BACKOFF_MAX_MILLIS = 5000;

    private final Database database;
    private final Function<EndpointId, Optional<Endpoint>> endpoints;
    private final Matched matched;
    private final Duration closeTimeout;
    private final Thread thread;
    private final LinkedBlockingQueue<Line> queue = new LinkedBlockingQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicLong commits = new AtomicLong();
    private final AtomicLong entries = new AtomicLong();
    private final AtomicLong statements = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean abandoned;
    private volatile boolean away;

    /// Told which version the registry of endpoints had in the transaction of a batch, after its commit and before its
    /// jobs are settled: events that were matched with an older one have to be matched again first.
    @FunctionalInterface
    public interface Matched {
        /// On the journal's thread, which it must not hold up.
        void registryVersion(long version);
    }

    /// Begins.
    ///
    /// @param endpoints says whether an endpoint orders or conflates by key
    /// @param closeTimeout how long [#close] waits for what is not written yet
    public SqlJournal(
            Database database,
            Function<EndpointId, Optional<Endpoint>> endpoints,
            Matched matched,
            Duration closeTimeout) {
        this.database = database;
        this.endpoints = endpoints;
        this.matched = matched;
        this.closeTimeout = closeTimeout;
        this.thread = Thread.ofPlatform().name("journal").daemon().start(this::run);
    }

    @Override
    public void write(Entry entry) {
        pending.incrementAndGet();
        queue.add(Line.of(entry));
        if (queue.size() >= LINES_MAX) {
            LockSupport.unpark(thread); // enough for a commit
        }
    }

    /// Entries that are not committed yet.
    public int pending() {
        return pending.get();
    }

    /// Whether the database did not take what was last tried.
    public boolean isAway() {
        return away;
    }

    public long commits() {
        return commits.get();
    }

    /// That are committed.
    public long entries() {
        return entries.get();
    }

    /// That were executed in those commits, each row of a batch counted, without `begin` and `commit`.
    public long statements() {
        return statements.get();
    }

    /// Entries that the database does not take in any form.
    public long refused() {
        return refused.get();
    }

    /// Writes what is there, and ends. What cannot be written in time is left: its jobs are not settled.
    @Override
    public void close() {
        closing.countDown();
        LockSupport.unpark(thread);
        try {
            if (!thread.join(closeTimeout)) {
                abandoned = true;
                LOG.log(WARNING, "the store did not take {0} entries in time: their events come again", pending);
            }
        } catch (InterruptedException e) {
            abandoned = true;
            Thread.currentThread().interrupt();
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void run() {
        while (!abandoned) {
            var lines = next();
            if (!lines.isEmpty()) {
                commit(lines);
            } else if (isClosing()) {
                return;
            }
        }
    }

    /// Sleeps while lines gather, instead of being woken by each.
    private List<Line> next() {
        var lines = new ArrayList<Line>();
        long end = System.nanoTime() + LINGER_NANOS;
        while (queue.size() < LINES_MAX && !isClosing()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                break;
            }
            LockSupport.parkNanos(this, left);
        }
        queue.drainTo(lines, LINES_MAX);
        return lines;
    }

    private void commit(List<Line> lines) {
        long backoff = BACKOFF_MIN_MILLIS;
        while (!abandoned) {
            try {
                var batch = transaction(lines);
                back();
                pending.addAndGet(-lines.size());
                commits.incrementAndGet();
                entries.addAndGet(lines.size());
                statements.addAndGet(batch.statements());
                settle(batch);
                return;
            } catch (RuntimeException | Error failure) {
                if (Failure.of(failure) == Failure.DATA) {
                    apart(lines, failure);
                    return;
                }
                gone(failure);
                pause(backoff);
                backoff = Math.min(BACKOFF_MAX_MILLIS, backoff * 2);
            }
        }
    }

    private Batch transaction(List<Line> lines) {
        return database.jdbi().inTransaction(handle -> {
            var batch = new Batch(handle, endpoints, lines);
            batch.write();
            return batch;
        });
    }

    private void apart(List<Line> lines, Throwable failure) {
        if (lines.size() > 1) {
            int half = lines.size() / 2;
            commit(lines.subList(0, half));
            commit(lines.subList(half, lines.size()));
        } else if (!lines.getFirst().stripped()) {
            commit(List.of(lines.getFirst().strip()));
        } else {
            pending.decrementAndGet();
            refused.incrementAndGet();
            var job = lines.getFirst().entry().job();
            LOG.log(
                    ERROR,
                    "the store refuses what became of message {0} for {1}, attempt {2} ({3}): it stays unsettled",
                    new LogField("message-id", job.id().message()),
                    new LogField("endpoint", job.endpoint()),
                    new LogField("attempt", job.attempt()),
                    Failure.state(failure));
        }
    }

    private void count(Batch batch) {
        var endings = database.endings();
        for (var change : batch.changes()) {
            if (change.isInForce() && change.disposition() instanceof Disposition.Ended(var why, var deadLetter)) {
                (deadLetter ? endings.deadLetters(why) : endings.others(why)).increment();
            }
        }
        endings.others(Reason.SUPERSEDED).add(batch.superseded());
    }

    private void settle(Batch batch) {
        count(batch);
        for (var change : batch.changes()) {
            change.job().park(change.after());
        }
        guarded(() -> matched.registryVersion(batch.registryVersion()));
        for (var change : batch.changes()) {
            if (change.settles()) {
                var job = change.job();
                guarded(() -> job.settlement().settled(job));
            }
        }
    }

    private static void guarded(Runnable told) {
        try {
            told.run();
        } catch (RuntimeException failure) {
            LOG.log(ERROR, "a listener of the journal failed", failure);
        }
    }

    private void gone(Throwable failure) {
        if (Failure.of(failure) == Failure.CONFLICT) {
            return;
        }
        database.reconnect();
        if (!away) {
            away = true;
            LOG.log(WARNING, "the store takes nothing ({0}): trying again until it does", Failure.state(failure));
        }
    }

    private void back() {
        if (away) {
            away = false;
            LOG.log(INFO, "the store is back");
        }
    }

    private void pause(long millis) {
        try {
            if (closing.await(millis, MILLISECONDS)) {
                Thread.sleep(Math.min(millis, BACKOFF_MIN_MILLIS)); // the last tries
            }
        } catch (InterruptedException nobodys) {
            // tries again sooner
        }
    }
}
