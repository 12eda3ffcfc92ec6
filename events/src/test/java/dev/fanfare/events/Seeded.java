package dev.fanfare.events;

import java.util.Random;

/// Random numbers that can be had again: the seed is printed, and `-Dfanfare.seed=N` sets it.
final class Seeded {
    private Seeded() {}

    static Random random(String test) {
        Long given = Long.getLong("fanfare.seed");
        long seed = given == null ? System.nanoTime() : given;
        System.out.println(test + ": -Dfanfare.seed=" + seed);
        return new Random(seed);
    }

    /// So many, or twenty times as many in a long run.
    static int rounds(int count) {
        return Boolean.getBoolean("fanfare.long") ? 20 * count : count;
    }
}
