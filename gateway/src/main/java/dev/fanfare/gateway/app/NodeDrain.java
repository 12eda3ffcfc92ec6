package dev.fanfare.gateway.app;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.gateway.manage.Drainage;
import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.session.Drain;
import dev.fanfare.gateway.session.Sessions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Drains the node while it goes on running: as a stop does, but it can be taken back.
final class NodeDrain implements Drainage, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NodeDrain.class.getName());
    private static final Duration ROUND = Duration.ofMillis(20); // for those who were let in just before

    private final Doors doors;
    private final Sessions sessions;

    @GuardedBy("this")
    private State state = State.NONE;

    @GuardedBy("this")
    private int total;

    @GuardedBy("this")
    private @Nullable Instant begun;

    @GuardedBy("this")
    private @Nullable Instant ends;

    @GuardedBy("this")
    private @Nullable Thread worker;

    NodeDrain(Doors doors, Sessions sessions) {
        this.doors = doors;
        this.sessions = sessions;
    }

    @Override
    public synchronized Progress begin(Duration notice, Duration over) {
        if (state != State.NOTICE && state != State.DRAINING && state != State.DONE) {
            state = State.NOTICE;
            total = sessions.all().size();
            var now = Instant.now();
            begun = now;
            ends = now.plus(notice).plus(over);
            doors.drain(true, false);
            worker = Thread.ofVirtual().name("node-drain").start(() -> run(notice, over));
            LOG.log(
                    System.Logger.Level.INFO,
                    "draining: not ready any more; in {0} s the sessions, {1} now, are sent away over {2} s",
                    notice.toSeconds(),
                    total,
                    over.toSeconds());
        }
        return progress();
    }

    private void run(Duration notice, Duration over) {
        try {
            Thread.sleep(notice);
            if (!enter(State.DRAINING)) {
                return;
            }
            new Drain(sessions, System::nanoTime).over(over, sessions.all(), CloseReason.SHUTTING_DOWN);
            while (!sessions.all().isEmpty()) {
                sessions.endAll(CloseReason.SHUTTING_DOWN);
                Thread.sleep(ROUND);
            }
            if (enter(State.DONE)) {
                LOG.log(System.Logger.Level.INFO, "drained: no session is left, and nobody is let in");
            }
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
        }
    }

    /// False if it was cancelled meanwhile.
    private synchronized boolean enter(State next) {
        if (!Thread.currentThread().equals(worker)) {
            return false;
        }
        if (next == State.DRAINING) {
            total = sessions.all().size();
            doors.drain(true, true);
        }
        state = next;
        return true;
    }

    @Override
    public synchronized Progress cancel() {
        if (state != State.NONE && state != State.CANCELLED) {
            close();
            state = State.CANCELLED;
            doors.drain(false, false);
            LOG.log(System.Logger.Level.INFO, "the drain is cancelled: ready again");
        }
        return progress();
    }

    @Override
    public synchronized Progress progress() {
        var goesOn = state == State.NOTICE || state == State.DRAINING;
        return new Progress(
                state,
                total,
                sessions.all().size(),
                Optional.ofNullable(begun),
                goesOn ? Optional.ofNullable(ends) : Optional.empty());
    }

    /// Sends nobody away any more; the doors stay as they are.
    @Override
    public synchronized void close() {
        var running = worker;
        worker = null;
        if (running != null) {
            running.interrupt();
        }
    }
}
