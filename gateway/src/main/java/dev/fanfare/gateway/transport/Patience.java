package dev.fanfare.gateway.transport;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Looks every so often for connections whose peers keep us waiting too long, and cuts them: Helidon waits without end
/// for the rest of a request, and for the first byte of all.
///
/// Threads: everything may be called by any thread.
public final class Patience implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(250);

    private final Duration request;
    private final Set<Awaited> all = ConcurrentHashMap.newKeySet();
    private final Thread ticker = Thread.ofPlatform().name("patience").daemon().unstarted(this::tick);

    /// A connection, as seen from here.
    interface Awaited {
        boolean isOverdue(long nowNanos);

        /// Cuts the connection. Does not block.
        void cut();
    }

    /// @param request what a request may take from its first byte to its last, if it is small
    public Patience(Duration request) {
        this.request = request;
        ticker.start();
    }

    Deadline deadline() {
        return new Deadline(request);
    }

    void watch(Awaited connection) {
        all.add(connection);
    }

    void forget(Awaited connection) {
        all.remove(connection);
    }

    private static boolean cutIfOverdue(Awaited connection, long nowNanos) {
        boolean overdue = connection.isOverdue(nowNanos);
        if (overdue) {
            connection.cut();
        }
        return overdue;
    }

    private void tick() {
        try {
            while (true) {
                Thread.sleep(TICK);
                long now = System.nanoTime();
                all.removeIf(connection -> cutIfOverdue(connection, now)); // nobody need say that it is gone
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        ticker.interrupt();
    }
}
