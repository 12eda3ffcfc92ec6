package dev.fanfare.load.chart;

import java.util.List;

/// One line of a chart. A value that cannot be on its axis, such as NaN, is a hole in it.
public record Series(String name, List<Point> points) {
    public Series {
        points = List.copyOf(points);
    }

    /// A place on both axes.
    ///
    /// @param label what a reader who points at it is told
    public record Point(double x, double y, String label) {}
}
