package dev.fanfare.gateway.session;

import dev.fanfare.gateway.protocol.CloseReason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// The sessions that wait for their clients to read, and what they hold until then. If that is too much in all, those
/// whose clients have not read for longest are cut: their cursors have not moved, so that they can come back.
///
/// Threads: everything may be called by any thread.
final class Unwritten {
    private final long max;
    private final ConcurrentHashMap<Session, Integer> waiting = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicBoolean shedding = new AtomicBoolean();

    /// One that waits.
    private record Stalled(Session session, int bytes, long nanos) {}

    /// @param max bytes of all that wait together
    Unwritten(long max) {
        this.max = max;
    }

    long bytes() {
        return bytes.get();
    }

    /// A session begins to wait.
    ///
    /// @param held by it until it is removed; what polls hold is counted elsewhere
    void add(Session session, int held) {
        waiting.put(session, held);
        if (bytes.addAndGet(held) > max && shedding.compareAndSet(false, true)) {
            try {
                shed();
            } finally {
                shedding.set(false);
            }
        }
    }

    void remove(Session session) {
        var held = waiting.remove(session);
        if (held != null) {
            bytes.addAndGet(-held);
        }
    }

    void forEach(Consumer<Session> action) {
        waiting.keySet().forEach(action);
    }

    /// A little more than needed, so that it is not needed again with the next write.
    private void shed() {
        long now = System.nanoTime();
        var stalled = new ArrayList<Stalled>();
        long left = 0;
        for (var entry : waiting.entrySet()) {
            var session = entry.getKey();
            if (!session.isCut()) { // those will be gone in a moment
                stalled.add(new Stalled(session, entry.getValue(), session.stalledNanos(now)));
                left += entry.getValue();
            }
        }
        if (left <= max || stalled.size() == 1) { // one alone holds no more than a write
            return;
        }
        stalled.sort(Comparator.comparingLong(Stalled::nanos).reversed());
        for (var one : stalled) {
            if (left <= max - max / 8) {
                return;
            }
            if (one.bytes > 0) {
                one.session.cut(CloseReason.WRITE_BUDGET);
                left -= one.bytes;
            }
        }
    }
}
