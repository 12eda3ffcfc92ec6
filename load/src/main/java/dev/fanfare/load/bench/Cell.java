package dev.fanfare.load.bench;

import java.util.List;
import java.util.OptionalDouble;

/// One server's figure of a line.
///
/// @param windows each window's, in the order in which they were measured
/// @param why there is none; empty: there is one
record Cell(List<Double> windows, String why) {
    Cell {
        windows = List.copyOf(windows);
    }

    static Cell of(List<Double> windows) {
        return new Cell(windows, "");
    }

    static Cell none(String why) {
        return new Cell(List.of(), why);
    }

    OptionalDouble median() {
        if (windows.isEmpty()) {
            return OptionalDouble.empty();
        }
        var sorted = windows.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return OptionalDouble.of(
                sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2);
    }
}
