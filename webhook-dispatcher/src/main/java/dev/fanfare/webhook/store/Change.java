package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Row;
import dev.fanfare.webhook.journal.Disposition;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a batch makes of one job: its last line says where it stands, as none of the lines is seen without the others.
/// For the journal's thread.
final class Change {
    private final Job job;
    private final @Nullable Row before;
    private final boolean told;
    private Line line;
    private Disposition disposition;
    private @Nullable Row after;
    private boolean inForce = true;

    private Change(Line line) {
        this.job = line.entry().job();
        this.before = job.row().orElse(null);
        this.told = job.isLive() && job.isOnRecord();
        this.after = before;
        this.line = line;
        this.disposition = line.entry().disposition();
    }

    /// In the order of the jobs' first lines.
    static List<Change> of(List<Line> lines) {
        var order = new ArrayList<Change>();
        var byJob = new IdentityHashMap<Job, Change>();
        for (var line : lines) {
            var known = byJob.get(line.entry().job());
            if (known == null) {
                var change = new Change(line);
                byJob.put(change.job, change);
                order.add(change);
            } else {
                known.line = line;
                known.disposition = line.entry().disposition();
            }
        }
        return order;
    }

    Job job() {
        return job;
    }

    Line line() {
        return line;
    }

    Disposition disposition() {
        return disposition;
    }

    /// Where it was parked before the batch.
    Optional<Row> before() {
        return Optional.ofNullable(before);
    }

    /// Where it is parked after it.
    @Nullable
    Row after() {
        return after;
    }

    void parkedAs(@Nullable Row row) {
        after = row;
    }

    /// A later event of its key is parked: this one need not be.
    void supersede() {
        disposition = new Disposition.Ended(Reason.SUPERSEDED, false);
        after = null;
    }

    /// Somebody else has a say about the row now: it stays as it is.
    void leave() {
        inForce = false;
        after = before;
    }

    boolean isInForce() {
        return inForce;
    }

    /// Whether the job has not been told yet: one that was parked while its call went on has, even if its row is gone.
    boolean settles() {
        return !told;
    }

    /// Calls that were made of the delivery, this one included.
    int attempts() {
        return line.entry().attempt().map(made -> made.number()).orElse(job.attempt() - 1);
    }
}
