package dev.fanfare.webhook.e2e;

import java.util.Random;

/// Random numbers that can be had again: the seed is printed, and `-Dfanfare.seed=N` sets it.
final class Seeded {
    private final long seed;

    private Seeded(long seed) {
        this.seed = seed;
    }

    /// The seed for a test, printed.
    static Seeded print(String test) {
        Long given = Long.getLong("fanfare.seed");
        var seeded = new Seeded(given == null ? System.nanoTime() : given);
        System.out.println(test + ": -Dfanfare.seed=" + seeded.seed);
        return seeded;
    }

    /// One of the sources of randomness: each thread has its own.
    Random random(int stream) {
        return new Random(seed * 31 + stream);
    }

    /// So many, or as many as a long run takes.
    static int rounds(int normal, int inLongRun) {
        return Boolean.getBoolean("fanfare.long") ? inLongRun : normal;
    }
}
