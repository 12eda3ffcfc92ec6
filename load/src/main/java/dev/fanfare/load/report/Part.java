package dev.fanfare.load.report;

import java.util.List;

/// One of the runs that an outcome was put together from.
///
/// @param name of its file
/// @param p99Micros of all its deliveries
/// @param failures what was wrong with it
public record Part(
        String name, int sessions, long deliveries, double perSecond, long p99Micros, List<String> failures) {
    static Part of(String name, Outcome outcome) {
        var total = outcome.total();
        return new Part(
                name,
                total.sessions(),
                total.receipts(),
                outcome.deliveriesPerSecond(),
                total.latency().getValueAtPercentile(99),
                outcome.failures());
    }
}
