package dev.fanfare.webhook.lane;

/// How many calls a second an endpoint gets that has shown that it got too many: half of what it managed, then a
/// tenth of that more each second, until that is no longer what holds calls back.
///
/// Threads: guarded by the lane.
final class Ceiling {
    private static final double STEPS = 10;
    private static final double SECOND = 1e9;

    private double perSecond = Double.POSITIVE_INFINITY;
    private double half; // what it began with
    private double tokens;
    private long at; // as of which the others are

    /// @param pace calls a second that came to a good end of late
    void lower(int pace, long now) {
        advance(now);
        half = Math.max(1, Math.min(perSecond, pace) / 2);
        perSecond = half;
        tokens = 1;
        at = now;
    }

    boolean isGone(long now) {
        return perSecond(now) == Double.POSITIVE_INFINITY;
    }

    /// Infinite if there is none.
    double perSecond(long now) {
        advance(now);
        return perSecond;
    }

    boolean mayCall(long now) {
        return isGone(now) || tokens >= 1;
    }

    void called() {
        tokens = Math.max(0, tokens - 1);
    }

    private void advance(long now) {
        if (perSecond == Double.POSITIVE_INFINITY) {
            return;
        }
        double seconds = (now - at) / SECOND;
        at = now;
        tokens = Math.min(Math.max(1, perSecond / 10), tokens + seconds * perSecond);
        perSecond += seconds * half / STEPS;
        if (perSecond >= 4 * half) {
            perSecond = Double.POSITIVE_INFINITY;
        }
    }
}
