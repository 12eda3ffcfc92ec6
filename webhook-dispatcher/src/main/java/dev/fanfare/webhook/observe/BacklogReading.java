package dev.fanfare.webhook.observe;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.endpoint.Registry;
import dev.fanfare.webhook.store.Parked;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/// What is parked, asked of the store at most every 10 seconds, however often somebody scrapes.
final class BacklogReading {
    private static final Duration KEPT = Duration.ofSeconds(10);

    private final Parked parked;
    private final Registry registry;

    @GuardedBy("this")
    private List<Parked.Waiting> last = List.of();

    @GuardedBy("this")
    private long readAt = System.nanoTime() - KEPT.toNanos();

    BacklogReading(Parked parked, Registry registry) {
        this.parked = parked;
        this.registry = registry;
    }

    long count() {
        return read().stream().mapToLong(Parked.Waiting::count).sum();
    }

    /// Of what can be called: disabled endpoints keep what is parked, and paused ones have asked for that.
    long overdueSeconds() {
        var now = Instant.now();
        return seconds(
                read().stream().filter(one -> isCalled(one.endpoint(), now)).map(Parked.Waiting::oldestDue), now);
    }

    long ageSeconds() {
        return seconds(read().stream().map(Parked.Waiting::oldestParked), Instant.now());
    }

    private boolean isCalled(EndpointId id, Instant now) {
        return registry.find(id)
                .filter(endpoint -> endpoint.isActive()
                        && endpoint.pausedUntil().filter(now::isBefore).isEmpty())
                .isPresent();
    }

    private static long seconds(Stream<Instant> since, Instant now) {
        return since.min(Instant::compareTo)
                .map(first -> Math.max(0, Duration.between(first, now).toSeconds()))
                .orElse(0L);
    }

    private synchronized List<Parked.Waiting> read() {
        if (System.nanoTime() - readAt > KEPT.toNanos()) {
            readAt = System.nanoTime();
            try {
                last = parked.waiting();
            } catch (RuntimeException storeAway) {
                return last; // another gauge says so
            }
        }
        return last;
    }
}
