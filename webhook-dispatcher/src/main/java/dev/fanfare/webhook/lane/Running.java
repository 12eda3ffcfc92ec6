package dev.fanfare.webhook.lane;

/// A lane's calls that are under way, and what one more needs to begin.
///
/// Threads: guarded by the lane.
final class Running {
    private final Slots slots;
    private final Rate rate;
    private final Runnable starves;
    private int calls;
    private boolean starving; // waits for one of the slots

    /// @param starves run when a call waits for a slot; [#fed] when there may be one
    Running(Slots slots, Rate rate, Runnable starves) {
        this.slots = slots;
        this.rate = rate;
        this.starves = starves;
    }

    int calls() {
        return calls;
    }

    /// Takes the breaker's permission, one of the slots and one of the rate: all of them or none.
    boolean tryBegin(Health health, long now) {
        if (!health.tryCall()) {
            return false;
        }
        if (!slots.take(calls)) {
            health.cancelCall();
            if (!starving) {
                starving = true;
                starves.run();
            }
            return false;
        }
        if (!health.ceiling().mayCall(now) || !rate.tryCall()) {
            slots.release();
            health.cancelCall();
            rate.holds(now);
            return false;
        }
        health.ceiling().called();
        calls++;
        return true;
    }

    void ended() {
        calls--;
        slots.release();
    }

    void fed() {
        starving = false;
    }
}
