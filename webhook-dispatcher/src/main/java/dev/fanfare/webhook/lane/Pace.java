package dev.fanfare.webhook.lane;

/// How many jobs a lane brings to a good end in a second, by the last whole second and the present one.
///
/// Threads: guarded by the lane.
final class Pace {
    private static final long SECOND = 1_000_000_000;

    private long since;
    private int count;
    private int before;
    private long movedAt;

    Pace(long now) {
        this.since = now;
        this.movedAt = now;
    }

    /// A call has begun while no other ran.
    void began(long now) {
        movedAt = now;
    }

    void done(int jobs, long now) {
        roll(now);
        count += jobs;
        movedAt = now;
    }

    /// Whether a call came to a good end since that time, or the first of those that run began.
    boolean hasMovedSince(long time) {
        return movedAt - time > 0;
    }

    int perSecond(long now) {
        roll(now);
        return Math.max(before, count);
    }

    private void roll(long now) {
        long passed = now - since;
        if (passed >= SECOND) {
            before = passed < 2 * SECOND ? count : 0;
            count = 0;
            since = now;
        }
    }
}
