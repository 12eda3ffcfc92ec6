package dev.fanfare.load.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Where values lie on an axis, and which of them are written beside it.
///
/// @param logarithmic whether equal distances are equal ratios; then `from` is above 0
public record Scale(double from, double to, boolean logarithmic, List<Tick> ticks) {
    private static final int TICKS = 5;
    private static final int[] TIMES = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200};

    /// What is written at a value.
    public record Tick(double value, String label) {}

    public Scale {
        ticks = List.copyOf(ticks);
    }

    /// From 0 to a round number above `max`.
    public static Scale linear(double max) {
        double top = max > 0 ? max : 1;
        double step = step(top);
        double end = Math.ceil(top / step - 1e-9) * step;
        var ticks = new ArrayList<Tick>();
        for (int i = 0; i * step <= end + step / 2; i++) {
            ticks.add(new Tick(i * step, label(i * step)));
        }
        return new Scale(0, end, false, ticks);
    }

    /// Whole decades around both, which are above 0; 1, 2 and 5 of each if there are few.
    public static Scale logarithmic(double min, double max) {
        int low = (int) Math.floor(Math.log10(min) + 1e-9);
        int high = Math.max(low + 1, (int) Math.ceil(Math.log10(max) - 1e-9));
        var ticks = new ArrayList<Tick>();
        for (int power = low; power <= high; power++) {
            for (int digit : high - low <= 2 ? new int[] {1, 2, 5} : new int[] {1}) {
                double value = digit * Math.pow(10, power);
                if (digit == 1 || power < high) {
                    ticks.add(new Tick(value, label(value)));
                }
            }
        }
        return new Scale(Math.pow(10, low), Math.pow(10, high), true, ticks);
    }

    /// Seconds from one to another, 0 being the one that counts.
    public static Scale time(double from, double to) {
        double end = Math.max(to, from + 1);
        int step = TIMES[TIMES.length - 1];
        for (int i = TIMES.length - 1; i >= 0; i--) {
            step = (end - from) / TIMES[i] <= TICKS + 1 ? TIMES[i] : step;
        }
        var ticks = new ArrayList<Tick>();
        for (double value = Math.ceil(from / step) * step; value <= end; value += step) {
            ticks.add(new Tick(value, time(Math.round(value))));
        }
        return new Scale(from, end, false, ticks);
    }

    /// Percentiles up to this number of nines, each as far from the next: values are the logarithm of 1 / (1 - p).
    public static Scale percentiles(int nines) {
        var ticks = new ArrayList<Tick>();
        ticks.add(new Tick(0, "0"));
        for (int i = 1; i <= nines; i++) {
            if (i < 5 || i != nines - 1) { // their labels are long
                ticks.add(new Tick(i, i == 1 ? "90" : i == 2 ? "99" : "99." + "9".repeat(i - 2)));
            }
        }
        return new Scale(0, nines, false, ticks);
    }

    /// 0 at the beginning, 1 at the end.
    double place(double value) {
        return logarithmic ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
    }

    boolean holds(double value) {
        return Double.isFinite(value) && (!logarithmic || value > 0);
    }

    /// `1500` as `1.5k`.
    public static String label(double value) {
        double size = Math.abs(value);
        if (size >= 1e9) {
            return brief(value / 1e9) + "G";
        }
        if (size >= 1e6) {
            return brief(value / 1e6) + "M";
        }
        return size >= 1e4 ? brief(value / 1e3) + "k" : brief(value);
    }

    private static String brief(double value) {
        double size = Math.abs(value);
        var text = String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 1 ? "%.1f" : "%.3f", value);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }

    private static String time(long seconds) {
        if (Math.abs(seconds) < 60 || seconds % 60 != 0) {
            return seconds + " s";
        }
        return seconds % 3600 == 0 ? seconds / 3600 + " h" : seconds / 60 + " min";
    }

    private static double step(double max) {
        double raw = max / (TICKS - 1);
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double lead = raw / power;
        return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 2.5 ? 2.5 : lead <= 5 ? 5 : 10) * power;
    }
}
