package dev.fanfare.load.client;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Queue;
import java.util.function.Consumer;

/// Which sessions of a loop connect next, and when: so many per second, and not too many at once. Owned by the loop.
final class Opening {
    private static final int CONNECTING_MAX = 128; // a listener's queue is short

    private final Queue<Session> waiting = new ArrayDeque<>();
    private final Consumer<Session> opener;
    private double perSecond;
    private long sinceNanos;
    private long begun; // since then
    private int connecting;

    /// @param opener begins to connect a session
    Opening(Consumer<Session> opener) {
        this.opener = opener;
    }

    void add(Collection<Session> sessions, double rate) {
        waiting.addAll(sessions);
        perSecond = rate;
        sinceNanos = System.nanoTime();
        begun = 0;
    }

    boolean isOver() {
        return waiting.isEmpty();
    }

    void proceed() {
        double due = (System.nanoTime() - sinceNanos) / 1e9 * perSecond;
        while (begun < due && connecting < CONNECTING_MAX) {
            var session = waiting.poll();
            if (session == null) {
                return;
            }
            begun++;
            open(session);
        }
    }

    void open(Session session) {
        opener.accept(session);
        connecting += session.standing().connecting() ? 1 : 0;
    }

    /// A session does not connect any longer.
    void opened() {
        connecting--;
    }
}
