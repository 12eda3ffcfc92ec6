package dev.fanfare.gateway.e2e;

import java.util.Random;

/// Random numbers that can be had again: the seed is printed, and `-Dfanfare.seed=N` sets it.
public final class Seeded {
    private final long seed;

    private Seeded(long seed) {
        this.seed = seed;
    }

    /// The seed for a test, printed.
    public static Seeded print(String test) {
        Long given = Long.getLong("fanfare.seed");
        var seeded = new Seeded(given == null ? System.nanoTime() : given);
        System.out.println(test + ": " + seeded);
        return seeded;
    }

    /// One of the sources of randomness: each thread has its own.
    public Random random(int stream) {
        return new Random(seed * 31 + stream);
    }

    /// Whether tests run at their full sizes.
    public static boolean isLong() {
        return Boolean.getBoolean("fanfare.long");
    }

    @Override
    public String toString() {
        return "-Dfanfare.seed=" + seed;
    }
}
