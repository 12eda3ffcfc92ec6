package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.Attempt;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.journal.Entry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/// An entry with the names that its rows get, chosen once: where it is not known whether a commit came through, the
/// same rows are written again, which changes nothing.
///
/// @param attemptId grows with time
/// @param version of the parked row if it is a new one. Begins anywhere, so that a row that somebody else has parked
///     meanwhile is not taken for this one
/// @param stripped whether the texts of the answer were left out, as the database has refused the whole
record Line(Entry entry, long attemptId, int version, boolean stripped) {
    private static final AtomicLong LAST_ID = new AtomicLong();
    private static final int FIRST_VERSION_MAX = 1 << 30;

    static Line of(Entry entry) {
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        return new Line(
                entry,
                LAST_ID.updateAndGet(last -> Math.max(last + 1, now)),
                ThreadLocalRandom.current().nextInt(FIRST_VERSION_MAX),
                false);
    }

    Line strip() {
        var attempt = entry.attempt()
                .map(made -> new Attempt(
                        made.delivery(),
                        made.number(),
                        made.trigger(),
                        made.at(),
                        Result.without(
                                made.result().reason(),
                                "the store refused the details",
                                made.result().timings())));
        var rest = new Entry(entry.job(), attempt, entry.disposition(), entry.effects(), entry.news());
        return new Line(rest, attemptId, version, true);
    }
}
