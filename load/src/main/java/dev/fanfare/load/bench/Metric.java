package dev.fanfare.load.bench;

import java.util.function.ToDoubleFunction;

/// One figure of a run.
///
/// @param title behind the load's, in the table
record Metric(String title, String unit, boolean moreIsBetter, ToDoubleFunction<Figures> value) {
    static final Metric CPU_PER_MILLION =
            new Metric("server CPU", "CPU s per million deliveries", false, Figures::cpuPerMillion);
    static final Metric P50 = new Metric("p50", "ms", false, Figures::p50);
    static final Metric P99 = new Metric("p99", "ms", false, Figures::p99);
    static final Metric CPU_PER_RECORD = new Metric(
            "server CPU",
            "CPU µs per record",
            false,
            figures -> figures.cpuSeconds() / figures.load().events() * 1e6);
    static final Metric CONNECTS = new Metric(
            "connecting", "sessions/s", true, figures -> figures.load().sessions() / figures.connectSeconds());
    static final Metric CAUGHT_UP = new Metric(
            "all caught up after",
            "s",
            false,
            figures ->
                    figures.json().path("disturbance").path("caughtUpSeconds").asDouble());

    /// @param when as the storm's rows are called
    static Metric ofThoseWhoStay(String when, int percentile) {
        return new Metric(
                "p%d of the others %s".formatted(percentile, when),
                "ms",
                false,
                figures -> figures.json()
                        .path("latenciesMs")
                        .path(when)
                        .path("p" + percentile)
                        .asDouble());
    }
}
