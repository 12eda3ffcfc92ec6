package dev.fanfare.load.bench;

import com.fasterxml.jackson.databind.JsonNode;

/// What one run of the load tool has come to.
///
/// @param load that was asked for
/// @param failure why the tool's check did not pass; empty: it did
/// @param perSecond deliveries
/// @param p50 receipt less intended time, in milliseconds
/// @param cpuSeconds of the server within the measured time
/// @param connectSeconds until all sessions were open
/// @param json all that it says
record Figures(
        Load load,
        String failure,
        double perSecond,
        long deliveries,
        double p50,
        double p99,
        double cpuSeconds,
        double connectSeconds,
        JsonNode json) {
    private static final double KEPT_UP = 0.97;

    static Figures of(Load load, JsonNode json, double connectSeconds) {
        var latency = json.path("total").path("latencyMs");
        var failures = json.path("failures");
        return new Figures(
                load,
                json.path("passed").asBoolean() ? "" : failures.path(0).asText("the load tool's check failed"),
                json.path("deliveriesPerSecond").asDouble(),
                json.path("total").path("deliveries").asLong(),
                latency.path("p50").asDouble(),
                latency.path("p99").asDouble(),
                json.path("server").path("cpuSeconds").asDouble(),
                connectSeconds,
                json);
    }

    boolean passed() {
        return failure.isEmpty();
    }

    /// All right, and as many as were asked for.
    boolean keptUp() {
        return passed() && perSecond >= KEPT_UP * load.deliveriesPerSecond();
    }

    /// Whether its figures count.
    boolean valid() {
        return load.scenario().equals("fanout") ? keptUp() : passed();
    }

    double cpuPerMillion() {
        return cpuSeconds / Math.max(1, deliveries) * 1e6;
    }
}
