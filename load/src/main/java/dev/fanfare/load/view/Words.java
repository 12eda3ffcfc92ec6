package dev.fanfare.load.view;

import com.google.errorprone.annotations.FormatMethod;
import dev.fanfare.load.report.Second;
import dev.fanfare.load.watch.Moment;
import java.util.Locale;

/// What is said of a second.
final class Words {
    private Words() {}

    static String phase(Moment moment) {
        return switch (moment.phase()) {
            case CONNECTING -> "connecting";
            case WARM_UP -> "warm-up";
            case MEASURING -> "measuring";
            case DRAINING -> "draining";
        };
    }

    /// `12 of 30 s`, or of sessions.
    static String progress(Moment moment) {
        var unit = switch (moment.phase()) {
            case CONNECTING -> moment.who();
            case WARM_UP, MEASURING, DRAINING -> "s";
        };
        return format("%.0f of %.0f %s", moment.done(), moment.all(), unit);
    }

    static String open(Second second) {
        return format("%,d open", second.open());
    }

    static String rates(Second second) {
        return format(
                "%,.0f deliveries/s, %,.0f published/s", second.deliveriesPerSecond(), second.publishedPerSecond());
    }

    static String latency(Second second) {
        var latency = second.latency();
        return latency.count() == 0
                ? "-"
                : format(
                        "p50 %.2f ms, p99 %.2f ms, max %.2f ms",
                        latency.p50() / 1e3, latency.p99() / 1e3, latency.max() / 1e3);
    }

    static String errors(Second second) {
        return format("%,d", second.errors());
    }

    @FormatMethod
    static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
