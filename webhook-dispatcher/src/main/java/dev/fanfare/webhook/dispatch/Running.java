package dev.fanfare.webhook.dispatch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.journal.Entry;
import dev.fanfare.webhook.journal.Journal;
import java.time.Instant;
import java.util.List;

/// A call under way. If it takes long its live jobs are parked as insurance, so that what came after them in Kafka can
/// be
/// committed: the parked rows are due only when the call must have ended, and are what the call's outcome changes.
///
/// Threads: the caller's and the insurer's; the journal hears the insurance before the outcome, or only the outcome.
final class Running {
    final long startedNanos;
    private final List<Job> jobs;
    private final Instant mustHaveEnded;

    @GuardedBy("this")
    private boolean over; // or insured

    Running(List<Job> jobs, long startedNanos, Instant mustHaveEnded) {
        this.jobs = jobs;
        this.startedNanos = startedNanos;
        this.mustHaveEnded = mustHaveEnded;
    }

    synchronized void insure(Journal journal) {
        if (over) {
            return;
        }
        over = true;
        for (var job : jobs) {
            if (job.isLive()) {
                journal.write(Entry.of(job, new Disposition.Parked(ParkReason.SLOW, mustHaveEnded, job.attempt())));
            }
        }
    }

    synchronized void end() {
        over = true;
    }
}
