package dev.fanfare.load.bench;

import java.util.Locale;

/// Numbers as the table has them: three digits that count.
final class Figure {
    private Figure() {}

    static String text(double value) {
        var format = value >= 1000 || value == 0 ? "%,.0f" : value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value >= 10_000 ? Math.round(value / 100) * 100.0 : value);
    }
}
