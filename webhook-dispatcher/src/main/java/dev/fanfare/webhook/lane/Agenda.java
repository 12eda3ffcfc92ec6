package dev.fanfare.webhook.lane;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.endpoint.Ordering;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The jobs of a lane that wait: which is next, and where they go if they are not called.
///
/// Threads: guarded by the lane.
final class Agenda {
    /// Live jobs called in a row while backlog waits.
    static final int LIVE_TURNS = 4;

    /// How long a job rests whose deliverer has thrown.
    private static final Duration FAULT_DELAY = Duration.ofSeconds(5);

    /// After so long a call is over, or on record: until then another node cannot know that its key is busy.
    private static final long CALLED_NANOS = Duration.ofSeconds(2).toNanos();

    private static final long SPREAD_NANOS = Duration.ofSeconds(1).toNanos();

    private final Parking parking;
    private final Keys keys;
    private final Pause pause;
    private final Waiting live = new Waiting();
    private final Waiting backlog = new Waiting();
    private int liveTurns; // since backlog had one

    Agenda(EndpointId endpoint, Parking parking, KeyGate gate, Pause pause, Ordering ordering) {
        this.parking = parking;
        this.pause = pause;
        this.keys = new Keys(endpoint, gate, ordering);
    }

    Keys keys() {
        return keys;
    }

    boolean isEmpty() {
        return live.isEmpty() && backlog.isEmpty();
    }

    int live() {
        return live.size();
    }

    int backlog() {
        return backlog.size();
    }

    int backlogRetries() {
        return backlog.retries();
    }

    void add(Job job, long now) {
        (job.isLive() ? live : backlog).add(job, now);
    }

    /// Live first, but backlog gets its turns. Live jobs whose key is blocked are parked on the way.
    ///
    /// @param retries whether retries may be called
    @Nullable
    Job next(boolean retries, long now) {
        boolean backlogFirst = !backlog.isEmpty() && liveTurns >= LIVE_TURNS;
        var job = backlogFirst ? backlog.next(keys, retries) : nextLive(now);
        if (job != null) {
            return job;
        }
        return backlogFirst ? nextLive(now) : backlog.next(keys, retries);
    }

    private @Nullable Job nextLive(long now) {
        for (Job job; (job = live.next(keys, true)) != null; ) {
            if (!keys.isBlocked(job)) {
                return job;
            }
            live.remove(job);
            park(job, ParkReason.KEY_BLOCKED, now);
        }
        return null;
    }

    /// Removes the next one, and what goes with it in a batch.
    List<Job> take(Job next, boolean batch) {
        liveTurns = next.isLive() && !backlog.isEmpty() ? liveTurns + 1 : 0;
        return (next.isLive() ? live : backlog).take(next, keys, batch);
    }

    /// Whether a live job has waited since before that time.
    boolean hasWaitedSince(long since) {
        return live.expired(since) != null;
    }

    /// Parks live jobs that have waited since before that time, and what waits behind them.
    ///
    /// @param why if it is not their key
    void expire(long since, ParkReason why, long now) {
        for (Job job; (job = live.expired(since)) != null; ) {
            live.remove(job);
            park(job, reason(job, why), now);
            var key = keys.of(job);
            if (key != null) {
                block(key, now);
            }
        }
    }

    /// Why a job cannot be called.
    ///
    /// @param otherwise if it is not its key
    ParkReason reason(Job job, ParkReason otherwise) {
        return keys.isFree(job) ? otherwise : ParkReason.KEY_BLOCKED;
    }

    /// Parks what waits behind an event of its key that is parked by now.
    void block(String key, long now) {
        Predicate<Job> behind = job -> key.equals(keys.of(job));
        for (var job : live.removeAll(behind)) {
            park(job, ParkReason.KEY_BLOCKED, now);
        }
        for (var job : backlog.removeAll(behind)) {
            parking.giveBack(job, ParkReason.KEY_BLOCKED);
        }
    }

    void empty(ParkReason why, long now) {
        for (var job : live.removeAll(_ -> true)) {
            park(job, why, now);
        }
        for (var job : backlog.removeAll(_ -> true)) {
            parking.giveBack(job, why);
        }
    }

    /// Live jobs are not delivered at all.
    void end(Reason why) {
        for (var job : live.removeAll(_ -> true)) {
            parking.end(job, why);
        }
        for (var job : backlog.removeAll(_ -> true)) {
            parking.giveBack(job, ParkReason.PAUSED);
        }
    }

    /// Parks jobs of which nobody has told the journal anything.
    void putBack(List<Job> jobs) {
        for (var job : jobs) {
            if (job.isLive()) {
                parking.park(job, ParkReason.RETRY, FAULT_DELAY);
            } else {
                parking.giveBack(job, ParkReason.RETRY);
            }
        }
    }

    /// Forgets live jobs.
    ///
    /// @return how many
    int release(Predicate<Job> which) {
        return live.removeAll(which).size();
    }

    /// Full jitter, so that what was parked together does not come back together.
    void park(Job job, ParkReason why, long now) {
        long from = why == ParkReason.PAUSED ? Math.max(0, pause.left(now)) : 0;
        long spread = switch (why) {
            case LANE_FULL, RATE, PAUSED -> SPREAD_NANOS;
            case BREAKER_OPEN -> Health.OPEN_MIN.toNanos();
            case KEY_BLOCKED, STOPPING, RETRY, SLOW, REQUESTED -> 0;
        };
        long jitter = spread == 0 ? 0 : ThreadLocalRandom.current().nextLong(spread);
        long behind = keys.isFree(job) ? 0 : CALLED_NANOS;
        parking.park(job, why, Duration.ofNanos(Math.max(from + jitter, behind)));
    }
}
