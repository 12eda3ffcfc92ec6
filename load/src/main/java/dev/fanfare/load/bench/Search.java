package dev.fanfare.load.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Looks for the highest rung of a ladder that holds: doubling first, then halving the steps, then once more until the
/// rung has held in most of the windows. A rung is 2^(1/8) times the one below it: 9 % more.
final class Search {
    private static final int COARSE = 8;
    private static final int LOWEST = -5 * COARSE;

    private final int windows;
    private final int steps;
    private final Map<Integer, List<Double>> held = new TreeMap<>();
    private final Map<Integer, Integer> failed = new TreeMap<>();
    private int taken;

    /// @param windows in which a rung has to hold, or in most of them
    /// @param steps that may be taken
    Search(int windows, int steps) {
        this.windows = windows;
        this.steps = steps;
    }

    /// How much more than the first one a rung is.
    static double factor(int rung) {
        return Math.pow(2, rung / (double) COARSE);
    }

    boolean isOver() {
        int best = best();
        boolean settled = held(best) >= needed() && highestToTry() - best <= 1;
        return taken >= steps || settled || highestToTry() <= LOWEST;
    }

    /// The rung to try.
    int next() {
        int best = best();
        int top = highestToTry();
        if (best == Integer.MIN_VALUE && top == Integer.MAX_VALUE) {
            return 0;
        }
        if (top == Integer.MAX_VALUE) {
            return best + COARSE;
        }
        if (best == Integer.MIN_VALUE) {
            return top - COARSE;
        }
        return top - best > 1 ? best + (top - best) / 2 : best;
    }

    /// @param value its figure
    void tell(int rung, boolean holds, double value) {
        taken++;
        if (holds) {
            held.computeIfAbsent(rung, _ -> new ArrayList<>()).add(value);
        } else {
            failed.merge(rung, 1, Integer::sum);
        }
    }

    /// Of the highest rung that has held; none: no rung has.
    List<Double> values() {
        return held.getOrDefault(best(), List.of());
    }

    private int needed() {
        return windows / 2 + 1;
    }

    private int held(int rung) {
        return held.getOrDefault(rung, List.of()).size();
    }

    private boolean hasFailed(int rung) {
        return failed.getOrDefault(rung, 0) > held(rung);
    }

    private int best() {
        int top = highestToTry();
        return held.keySet().stream()
                .filter(rung -> rung < top && !hasFailed(rung))
                .mapToInt(Integer::intValue)
                .max()
                .orElse(Integer.MIN_VALUE);
    }

    /// The lowest that has failed: what is below may hold.
    private int highestToTry() {
        return failed.keySet().stream()
                .filter(this::hasFailed)
                .mapToInt(Integer::intValue)
                .min()
                .orElse(Integer.MAX_VALUE);
    }
}
