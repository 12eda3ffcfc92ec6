package dev.fanfare.webhook.observe;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.webhook.store.Parked;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What is parked, asked of the store at most every 10 seconds, however often somebody scrapes.
final class BacklogReading {
    private static final Duration KEPT = Duration.ofSeconds(10);

    private final Parked parked;

    @GuardedBy("this")
    private Parked.Backlog last = new Parked.Backlog(0, Optional.empty());

    @GuardedBy("this")
    private long readAt = System.nanoTime() - KEPT.toNanos();

    BacklogReading(Parked parked) {
        this.parked = parked;
    }

    long count() {
        return read().count();
    }

    long overdueSeconds() {
        return read().oldestDue()
                .map(due -> Math.max(0, Duration.between(due, Instant.now()).toSeconds()))
                .orElse(0L);
    }

    private synchronized Parked.Backlog read() {
        if (System.nanoTime() - readAt > KEPT.toNanos()) {
            readAt = System.nanoTime();
            try {
                last = parked.backlog();
            } catch (RuntimeException storeAway) {
                return last; // another gauge says so
            }
        }
        return last;
    }
}
