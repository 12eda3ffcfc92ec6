package dev.fanfare.webhook.lane;

/// How many calls an endpoint takes at a time: additive increase, multiplicative decrease, between 1 and what its owner
/// allows. After a recovery it begins at 1 and doubles, so that a backlog does not knock the endpoint down again.
///
/// Threads: guarded by the lane.
final class Limit {
    /// Successes in a row before a step up, at least.
    static final int WINDOW = 5;

    private int max;
    private int limit;
    private int successes; // in a row, since the last step
    private boolean ramping;
    private long narrowedAt;

    Limit(int max, long now) {
        this.max = max;
        this.limit = max;
        this.narrowedAt = now - 1;
    }

    int calls() {
        return limit;
    }

    boolean isFull() {
        return limit == max;
    }

    void resize(int newMax) {
        limit = isFull() ? newMax : Math.min(limit, newMax);
        max = newMax;
    }

    void succeeded() {
        if (limit < max && ++successes >= Math.max(WINDOW, limit)) {
            limit = Math.min(max, ramping ? 2 * limit : limit + 1);
            ramping &= limit < max;
            successes = 0;
        }
    }

    void failed() {
        successes = 0;
    }

    /// A call showed that the endpoint gets too much. Calls that ran side by side count once: those that began before
    /// the last step down say nothing about it.
    ///
    /// @return whether it does
    boolean overloaded(long startedAt, long now) {
        successes = 0;
        if (startedAt - narrowedAt <= 0) {
            return false;
        }
        limit = Math.max(1, limit / 2);
        ramping = false;
        narrowedAt = now;
        return true;
    }

    void restart() {
        limit = 1;
        successes = 0;
        ramping = true;
    }
}
