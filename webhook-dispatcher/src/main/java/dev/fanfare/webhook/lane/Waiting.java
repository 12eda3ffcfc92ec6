package dev.fanfare.webhook.lane;

import dev.fanfare.webhook.delivery.Job;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Jobs that wait in a lane, oldest first.
///
/// Threads: guarded by the lane.
final class Waiting {
    /// Of one request.
    static final int BATCH_JOBS_MAX = 100;

    static final int BATCH_BYTES_MAX = 1 << 20;

    private record Entry(Job job, long since) {}

    private final ArrayDeque<Entry> entries = new ArrayDeque<>();

    int size() {
        return entries.size();
    }

    int retries() {
        return (int) entries.stream().filter(entry -> isRetry(entry.job)).count();
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    void add(Job job, long now) {
        entries.add(new Entry(job, now));
    }

    /// The first that may be called as far as its key and the retry budget go; null if there is none.
    @Nullable
    Job next(Keys keys, boolean retries) {
        for (var entry : entries) {
            if (keys.isFree(entry.job) && (retries || !isRetry(entry.job))) {
                return entry.job;
            }
        }
        return null;
    }

    /// Removes a job and, for a batch, what may go with it: after it in the queue, no more than one of a key. Marks
    /// their keys as busy.
    List<Job> take(Job first, Keys keys, boolean batch) {
        if (!batch) {
            keys.take(first);
            remove(first);
            return List.of(first);
        }
        var taken = new ArrayList<Job>();
        long bytes = 0;
        for (var entries = this.entries.iterator(); entries.hasNext() && taken.size() < BATCH_JOBS_MAX; ) {
            var job = entries.next().job;
            if (taken.isEmpty() ? job != first : !keys.mayFollow(job) || isRetry(job) != isRetry(first)) {
                continue;
            }
            bytes += job.message().event().dataLength();
            if (bytes > BATCH_BYTES_MAX && !taken.isEmpty()) {
                break;
            }
            keys.take(job);
            taken.add(job);
            entries.remove();
        }
        return taken;
    }

    void remove(Job job) {
        var head = entries.peek();
        if (head != null && head.job == job) {
            entries.remove();
        } else {
            entries.removeIf(entry -> entry.job == job);
        }
    }

    /// The oldest, if it has waited since before that time.
    @Nullable
    Job expired(long limit) {
        var head = entries.peek();
        return head != null && head.since - limit < 0 ? head.job : null;
    }

    /// Removes those that match, and hands them out.
    List<Job> removeAll(Predicate<Job> which) {
        if (entries.isEmpty()) {
            return List.of();
        }
        var removed = new ArrayList<Job>();
        for (Iterator<Entry> all = entries.iterator(); all.hasNext(); ) {
            var job = all.next().job;
            if (which.test(job)) {
                all.remove();
                removed.add(job);
            }
        }
        return removed;
    }

    static boolean isRetry(Job job) {
        return job.attempt() > 1;
    }
}
