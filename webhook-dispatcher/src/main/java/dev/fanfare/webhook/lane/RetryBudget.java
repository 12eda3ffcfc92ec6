package dev.fanfare.webhook.lane;

/// Which share of an endpoint's attempts may be retries while it struggles: a fifth of the last minute's, and one a
/// second in any case, or nothing would ever be learnt.
///
/// Threads: guarded by the lane.
final class RetryBudget {
    private static final int SHARE = 5; // one in
    private static final int SLICES = 12;
    private static final long SLICE_NANOS = 5_000_000_000L;
    private static final long PROBE_NANOS = 1_000_000_000L;

    private final int[] attempts = new int[SLICES];
    private final int[] retries = new int[SLICES];
    private long slice; // index of the newest
    private int attemptsSum;
    private int retriesSum;
    private long lastRetry;

    RetryBudget(long now) {
        slice = Math.floorDiv(now, SLICE_NANOS);
        lastRetry = now - PROBE_NANOS;
    }

    void attempted(boolean retry, long now) {
        advance(now);
        int slot = (int) Math.floorMod(slice, (long) SLICES);
        attempts[slot]++;
        attemptsSum++;
        if (retry) {
            retries[slot]++;
            retriesSum++;
            lastRetry = now;
        }
    }

    boolean allowsRetry(long now) {
        advance(now);
        return now - lastRetry >= PROBE_NANOS || (retriesSum + 1) * SHARE <= attemptsSum + 1;
    }

    private void advance(long now) {
        long newest = Math.floorDiv(now, SLICE_NANOS);
        for (long step = Math.min(newest - slice, SLICES); step > 0; step--) {
            int slot = (int) Math.floorMod(newest - step + 1, (long) SLICES);
            attemptsSum -= attempts[slot];
            retriesSum -= retries[slot];
            attempts[slot] = 0;
            retries[slot] = 0;
        }
        slice = newest;
    }
}
