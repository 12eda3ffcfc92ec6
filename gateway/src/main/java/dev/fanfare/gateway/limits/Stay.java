package dev.fanfare.gateway.limits;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// What one session takes of its client's limits, until it is closed.
///
/// Threads: any, but one at a time for replays.
public final class Stay implements AutoCloseable {
    private final Places places;
    private final Party party;
    private final AtomicReference<State> state = new AtomicReference<>(State.OUTSIDE);
    private boolean refused; // a turn to replay, the last time

    private enum State {
        OUTSIDE,
        INSIDE,
        LEFT
    }

    Stay(Places places, Party party) {
        this.places = places;
        this.party = party;
    }

    public Party party() {
        return party;
    }

    /// Takes the place of a session, once.
    ///
    /// @return why there is none, if there is none
    public Optional<Limit> enter() {
        var full = places.enter(party);
        full.ifPresent(places::refused);
        if (full.isEmpty() && !state.compareAndSet(State.OUTSIDE, State.INSIDE)) {
            places.leave(party);
        }
        return full;
    }

    /// Takes a turn to read back from Kafka.
    ///
    /// @return whether there is one; then [#endReplay] follows soon
    public boolean tryReplay() {
        var busy = places.beginReplay(party);
        if (busy.isPresent() && !refused) { // not each time that it asks again
            places.refused(busy.get());
        }
        refused = busy.isPresent();
        return !refused;
    }

    public void endReplay() {
        places.endReplay(party);
    }

    /// Gives the place back.
    @Override
    public void close() {
        if (state.getAndSet(State.LEFT) == State.INSIDE) {
            places.leave(party);
        }
    }
}
