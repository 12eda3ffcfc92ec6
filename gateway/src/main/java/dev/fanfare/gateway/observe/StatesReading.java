package dev.fanfare.gateway.observe;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.gateway.session.SessionState;
import dev.fanfare.gateway.session.Sessions;
import dev.fanfare.gateway.session.Transport;
import java.time.Duration;
import java.util.Map;

/// How sessions stand, looked at once for all gauges of a scrape: there may be many thousands. Thread-safe.
final class StatesReading {
    private static final long KEPT_NANOS = Duration.ofMillis(100).toNanos();

    private final Sessions sessions;

    @GuardedBy("this")
    private Map<Transport, Map<SessionState, Integer>> last = Map.of();

    @GuardedBy("this")
    private long readAt = System.nanoTime() - 2 * KEPT_NANOS;

    StatesReading(Sessions sessions) {
        this.sessions = sessions;
    }

    synchronized int count(Transport transport, SessionState state) {
        if (System.nanoTime() - readAt > KEPT_NANOS) {
            last = sessions.states();
            readAt = System.nanoTime();
        }
        return last.getOrDefault(transport, Map.of()).getOrDefault(state, 0);
    }
}
