package dev.fanfare.gateway.overload;

/// The least of the last few delays: what comes and goes, as a pause of the collector does, is no overload. Not
/// thread-safe.
final class Lateness {
    private static final int SAMPLES = 5;

    private final long[] last = new long[SAMPLES];
    private int next;

    /// Adds one, and returns the least of the last few.
    long add(long nanos) {
        last[next] = nanos;
        next = (next + 1) % SAMPLES;
        long least = nanos;
        for (long one : last) {
            least = Math.min(least, one);
        }
        return least;
    }
}
