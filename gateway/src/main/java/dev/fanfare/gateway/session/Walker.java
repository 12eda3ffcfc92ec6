package dev.fanfare.gateway.session;

import dev.fanfare.gateway.channel.HistoryUnavailableException;
import dev.fanfare.gateway.protocol.CloseReason;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Takes one session through Kafka, in turns that all sessions share. Owned by the session's drain, which waits in it.
final class Walker {
    private static final int BLOCKS_A_TURN = 4;
    private static final Duration TURN_TRY = Duration.ofMillis(200); // then heartbeats and commands are looked after
    private static final long KAFKA_RETRY_NANOS = Duration.ofMillis(250).toNanos();

    private final Session session;
    private final Sessions sessions;
    private final SessionOptions options;
    private final Outlet outlet;
    private long waitingSinceNanos; // for a turn; 0: not

    Walker(Session session, Sessions sessions, Outlet outlet) {
        this.session = session;
        this.sessions = sessions;
        this.options = session.options();
        this.outlet = outlet;
    }

    /// Walks on for one turn, or until there is enough for a write; what was found goes out before the next turn is
    /// waited for.
    ///
    /// @return whether the walk is done
    boolean walk(Replay walk) throws InterruptedException {
        if (!takeTurn(walk)) {
            return false;
        }
        var recorder = sessions.recorder();
        Consumer<Replay.Matched> take = recorder == null
                ? outlet::deliver
                : matched -> {
                    outlet.deliver(matched);
                    recorder.replayed(session, matched);
                };
        boolean kafkaAway = false;
        try {
            if (walk.state() == null) { // of a state, how far it reaches back tells nothing of how much it is
                walk.limit(options.replayEventsMax(), outlet::tellLost);
            }
            for (int blocks = 0; blocks < BLOCKS_A_TURN && !walk.isDone() && goesOn(); ) {
                blocks += walk.step(take, outlet::tellLost, outlet::isFull) ? 1 : 0;
            }
        } catch (HistoryUnavailableException away) {
            kafkaAway = true;
        } finally {
            walk.rest(); // a client that takes its time with what was read holds nothing that others wait for
            sessions.replays().giveBack();
            options.permit().endReplay();
        }
        if (kafkaAway) {
            LockSupport.parkNanos(KAFKA_RETRY_NANOS); // stays connected: the walk goes on where it stopped
        }
        if (walk.takeMoved()) {
            outlet.moved();
        }
        return walk.isDone();
    }

    private boolean goesOn() {
        return !outlet.isFull() && !outlet.isHeartbeatDue() && !session.isEnding();
    }

    /// Waits a little for a turn to read from Kafka, and ends the session when that took too long in all.
    private boolean takeTurn(Replay walk) throws InterruptedException {
        long since = waitingSinceNanos == 0 ? System.nanoTime() : waitingSinceNanos;
        if (options.permit().beginReplay()) {
            boolean taken = false;
            try {
                taken = sessions.replays().take(walk::distance, since, TURN_TRY);
            } finally {
                if (!taken) {
                    options.permit().endReplay();
                }
            }
            if (taken) {
                waitingSinceNanos = 0;
                return true;
            }
        } else {
            LockSupport.parkNanos(TURN_TRY.toNanos()); // others like this one have their turn
        }
        waitingSinceNanos = since;
        if (System.nanoTime() - since > options.permitWait().toNanos()) {
            if (sessions.replays().isHeld()) {
                sessions.metrics().replaysHeldBack.increment();
            }
            session.end(CloseReason.REPLAY_BUSY);
        }
        return false;
    }
}
