package dev.fanfare.load.check;

import java.time.Duration;
import java.time.Instant;

/// Microseconds since 1970 that never go back: the wall clock at the start, and what has passed since.
public final class Micros {
    private static final long OFFSET = wall() - System.nanoTime() / 1000;

    private Micros() {}

    public static long now() {
        return OFFSET + System.nanoTime() / 1000;
    }

    public static long of(Duration duration) {
        return duration.toNanos() / 1000;
    }

    private static long wall() {
        var now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    }
}
