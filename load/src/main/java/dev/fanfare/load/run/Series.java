package dev.fanfare.load.run;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What is measured again and again, to see whether it grows: a line through the last two thirds of it, by least
/// squares. Not thread-safe.
final class Series {
    private static final double JUDGED = 2.0 / 3;

    private final String name;
    private final String unit;
    private final double perHourMax;
    private final double growthMin;
    private double[] seconds = new double[64];
    private double[] values = new double[64];
    private int count;

    /// How it has changed.
    ///
    /// @param hours that were judged
    /// @param from the line's begin
    /// @param to its end
    record Trend(double hours, double from, double to) {
        double growth() {
            return to - from;
        }

        double perHour() {
            return hours == 0 ? 0 : growth() / hours;
        }
    }

    /// @param unit as it stands behind a number
    /// @param perHourMax how fast it may grow
    /// @param growthMin what is less than that in all is noise
    Series(String name, String unit, double perHourMax, double growthMin) {
        this.name = name;
        this.unit = unit;
        this.perHourMax = perHourMax;
        this.growthMin = growthMin;
    }

    String name() {
        return name;
    }

    void add(double second, double value) {
        if (count == seconds.length) {
            seconds = Arrays.copyOf(seconds, count * 2);
            values = Arrays.copyOf(values, count * 2);
        }
        seconds[count] = second;
        values[count++] = value;
    }

    boolean isEmpty() {
        return count == 0;
    }

    double last() {
        return values[count - 1];
    }

    Trend trend() {
        double begin = count == 0 ? 0 : seconds[count - 1] - (seconds[count - 1] - seconds[0]) * JUDGED;
        int first = 0;
        while (first < count && seconds[first] < begin) {
            first++;
        }
        double n = count - first;
        double time = 0;
        double value = 0;
        for (int i = first; i < count; i++) {
            time += seconds[i] / n;
            value += values[i] / n;
        }
        double both = 0;
        double square = 0;
        for (int i = first; i < count; i++) {
            both += (seconds[i] - time) * (values[i] - value);
            square += (seconds[i] - time) * (seconds[i] - time);
        }
        double slope = square == 0 ? 0 : both / square;
        double lasted = count == 0 ? 0 : seconds[count - 1] - seconds[first];
        double middle = count == 0 ? 0 : seconds[first] + lasted / 2;
        double centre = value + slope * (middle - time);
        return new Trend(lasted / 3600, centre - slope * lasted / 2, centre + slope * lasted / 2);
    }

    /// What is wrong with it.
    Optional<String> fault() {
        var trend = trend();
        if (trend.perHour() <= perHourMax || trend.growth() < growthMin) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "%s grew by %.1f%s an hour, and %.1f are allowed: from %.1f to %.1f%s within %.0f s",
                name,
                trend.perHour(),
                unit,
                perHourMax,
                trend.from(),
                trend.to(),
                unit,
                trend.hours() * 3600));
    }

    /// For the report.
    String told() {
        var trend = trend();
        return String.format(
                Locale.ROOT, "%.1f to %.1f%s, %+.1f an hour", trend.from(), trend.to(), unit, trend.perHour());
    }
}
