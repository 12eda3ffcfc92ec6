package dev.fanfare.load.report;

import java.util.Map;
import java.util.Optional;

/// What the server has taken, and what it says of itself.
public record Server(Optional<Taken> process, Optional<Metrics> metrics) {

    /// What the system says of its process.
    ///
    /// @param name tells it from others, also of other machines
    /// @param cpuSeconds within the measured time
    /// @param memory what it holds resident, if the system tells
    public record Taken(String name, double cpuSeconds, Optional<Memory> memory) {}

    /// Resident memory, in kB of 1024 bytes.
    ///
    /// @param before the first session has connected
    /// @param open with all sessions open, before the first event
    /// @param end of the measured time
    public record Memory(long before, long open, long end) {}

    /// What it says of itself, in the Prometheus text format.
    ///
    /// @param answers how often it has answered
    /// @param failures how often it has not, or not in time
    /// @param figures by name, those of one name added up
    public record Metrics(String url, int answers, int failures, Map<String, Figure> figures) {}

    /// One of its figures within the measured time.
    public record Figure(double from, double to, double max) {}
}
