package dev.fanfare.load.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/// What a run has come to.
///
/// @param sessions that were asked for
/// @param seconds measured
/// @param deliverySeconds from the measured time's start to its last receipt, and at least `seconds`
/// @param reasons why sessions were lost
/// @param notBack sessions that have left and did not come back
/// @param particulars what only this scenario has to say
/// @param self what the tool itself has taken
/// @param server what the server has taken, if it could be measured
public record Outcome(
        String scenario,
        Map<String, Object> settings,
        int sessions,
        double seconds,
        double deliverySeconds,
        List<Row> rows,
        Published published,
        Map<String, Integer> reasons,
        int notBack,
        Particulars particulars,
        Self self,
        Optional<Server> server) {

    /// What became of the events that were sent.
    ///
    /// @param seconds that it took
    /// @param acknowledged events of the whole run
    /// @param failed events that may come or not
    /// @param latency from the intended time to the acknowledgement, in microseconds
    public record Published(
            double seconds, long acknowledged, long failed, Optional<String> firstFailure, Histogram latency) {}

    /// What the tool itself has taken.
    ///
    /// @param loopCpu the share of one CPU that the busiest loop's thread has taken
    /// @param processCpu CPUs that the process has taken
    /// @param receiptsPerCpuSecond of the loops' threads
    /// @param delay of a timer in each loop, in microseconds
    public record Self(double loopCpu, double processCpu, double receiptsPerCpuSecond, Histogram delay) {
        private static final double CPU_MAX = 0.85;
        private static final long DELAY_MAX_MICROS = 10_000;

        /// Why the figures are rather the tool's own; empty: they are the server's.
        public Optional<String> saturation() {
            if (loopCpu > CPU_MAX) {
                return Optional.of(
                        "a loop took %.0f %% of a CPU: use more --loops, or another machine".formatted(loopCpu * 100));
            }
            long late = delay.getValueAtPercentile(99);
            return late <= DELAY_MAX_MICROS
                    ? Optional.empty()
                    : Optional.of("the loops' own timers were %.1f ms late (p99): this machine has too much to do"
                            .formatted(late / 1e3));
        }
    }

    /// What the server has taken.
    ///
    /// @param cpuSeconds within the measured time
    public record Server(double cpuSeconds) {}

    public Row total() {
        return Row.total(rows);
    }

    public double deliveriesPerSecond() {
        return total().receipts() / deliverySeconds;
    }

    /// What is wrong; nothing: the run has passed.
    public List<String> failures() {
        var total = total();
        var failures = new ArrayList<String>();
        add(failures, sessions - total.sessions(), "sessions were never open");
        add(failures, total.lost(), "sessions were lost");
        add(failures, notBack, "sessions did not come back");
        add(failures, total.gaps(), "gaps");
        add(failures, total.duplicates(), "duplicates");
        add(failures, total.reorderings(), "reorderings");
        add(failures, total.missing(), "deliveries missing at the end");
        add(failures, total.reportedGaps(), "gaps that the server has told");
        add(failures, total.strays(), "events of channels that were not subscribed to");
        failures.addAll(particulars.faults());
        add(failures, published.failed(), "events not acknowledged, which may have come or not");
        if (total.receipts() == 0) {
            failures.add("nothing was received");
        }
        return failures;
    }

    private static void add(List<String> failures, long count, String what) {
        if (count > 0) {
            failures.add(count + " " + what);
        }
    }
}
