package dev.fanfare.load.chart;

import com.google.errorprone.annotations.FormatMethod;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/// Lines over one pair of axes, as a figure of HTML with an SVG in it. Small enough for a telephone: wider places show
/// several side by side. Colours and sizes are those of the page: series i has the class `s` with i + 1.
///
/// @param title with the unit
/// @param note what the reader has to know of it; may be empty
/// @param shaded the part of the horizontal axis that counts; both ends the same: none
public record Chart(String title, String note, Scale horizontal, Scale vertical, Range shaded, List<Series> series) {
    private static final int WIDTH = 360;
    private static final int HEIGHT = 190;
    private static final int LEFT = 46;
    private static final int RIGHT = 12;
    private static final int TOP = 8;
    private static final int BOTTOM = 22;

    /// A part of an axis.
    public record Range(double from, double to) {}

    public Chart {
        series = List.copyOf(series);
    }

    public String html() {
        var text = new StringBuilder("<figure><figcaption>" + Markup.escaped(title));
        if (!note.isEmpty()) {
            text.append("<small>").append(Markup.escaped(note)).append("</small>");
        }
        if (series.size() > 1) {
            text.append("<span class=\"legend\">");
            for (int i = 0; i < series.size(); i++) {
                text.append(format(
                        "<span><i class=\"s%d\"></i>%s</span>",
                        i + 1, Markup.escaped(series.get(i).name())));
            }
            text.append("</span>");
        }
        return text.append("</figcaption>").append(svg()).append("</figure>\n").toString();
    }

    private String svg() {
        var text = new StringBuilder(format(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", WIDTH, HEIGHT, Markup.escaped(title)));
        double from = x(Math.max(shaded.from, horizontal.from()));
        double to = x(Math.min(shaded.to, horizontal.to()));
        if (to > from) {
            text.append(format(
                    "<rect class=\"shaded\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
                    from, TOP, to - from, HEIGHT - TOP - BOTTOM));
        }
        for (var tick : vertical.ticks()) {
            double y = y(tick.value());
            text.append(format(
                    "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text class=\"y\" x=\"%d\" y=\"%.1f\">%s</text>",
                    LEFT, y, WIDTH - RIGHT, LEFT - 6, y + 3.5, Markup.escaped(tick.label())));
        }
        for (var tick : horizontal.ticks()) {
            double x = x(tick.value());
            boolean last = x > WIDTH - 2 * RIGHT; // its end is at the edge, not its middle at its place
            text.append(format(
                    "<text class=\"%s\" x=\"%.1f\" y=\"%d\">%s</text>",
                    last ? "y" : "x", last ? WIDTH - 2 : x, HEIGHT - 6, Markup.escaped(tick.label())));
        }
        text.append(format("<path class=\"axis\" d=\"M%d %dH%d\"/>", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT));
        for (int i = series.size() - 1; i >= 0; i--) { // the first one on top
            text.append(format("<path class=\"line s%d\" d=\"%s\"/>", i + 1, path(series.get(i))));
        }
        return text.append(hits()).append("</svg>").toString();
    }

    private String path(Series line) {
        var text = new StringBuilder();
        boolean draws = false;
        for (var point : line.points()) {
            boolean shown = vertical.holds(point.y());
            if (shown) {
                text.append(format(
                        draws ? "L%.1f %.1f" : "M%.1f %.1fh0", x(point.x()), y(point.y()))); // h0: a dot, if alone
            }
            draws = shown;
        }
        return text.toString();
    }

    /// Invisible strips, one for each place, that tell the values there.
    private String hits() {
        var labels = new TreeMap<Double, String>();
        for (var line : series) {
            for (var point : line.points()) {
                if (vertical.holds(point.y())) {
                    labels.merge(point.x(), point.label(), (one, other) -> one + "\n" + other);
                }
            }
        }
        var text = new StringBuilder();
        double left = LEFT;
        for (var place = labels.firstEntry(); place != null; place = labels.higherEntry(place.getKey())) {
            var next = labels.higherKey(place.getKey());
            double right = next == null ? WIDTH - RIGHT : x((place.getKey() + next) / 2);
            text.append(format(
                    "<rect class=\"hit\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>%s</title></rect>",
                    left, TOP, Math.max(0, right - left), HEIGHT - TOP - BOTTOM, Markup.escaped(place.getValue())));
            left = right;
        }
        return text.toString();
    }

    private double x(double value) {
        return LEFT + Math.clamp(horizontal.place(value), 0, 1) * (WIDTH - LEFT - RIGHT);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - Math.clamp(vertical.place(value), 0, 1) * (HEIGHT - TOP - BOTTOM);
    }

    @FormatMethod
    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
