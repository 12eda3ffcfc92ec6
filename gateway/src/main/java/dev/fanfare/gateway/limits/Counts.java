package dev.fanfare.gateway.limits;

import java.util.concurrent.ConcurrentHashMap;

/// How many of something each of many has now. Remembers those only who have any.
///
/// Threads: any.
///
/// @param <K> who
final class Counts<K> {
    private final int max;
    private final ConcurrentHashMap<K, Integer> held = new ConcurrentHashMap<>();

    /// @param max of each; 0: as many as they want, and nothing is counted
    Counts(int max) {
        this.max = max;
    }

    /// Takes one, if that is not one too many. To be given back once.
    boolean tryTake(K key) {
        while (max != 0) {
            var now = held.get(key);
            if (now == null) {
                if (held.putIfAbsent(key, 1) == null) {
                    return true;
                }
            } else if (now >= max) {
                return false;
            } else if (held.replace(key, now, now + 1)) {
                return true;
            }
        }
        return true;
    }

    boolean isFull(K key) {
        return max != 0 && held.getOrDefault(key, 0) >= max;
    }

    void giveBack(K key) {
        if (max != 0) {
            held.computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1);
        }
    }

    /// How many have any.
    int size() {
        return held.size();
    }
}
