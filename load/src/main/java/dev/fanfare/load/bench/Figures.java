package dev.fanfare.load.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/// What one run of the load tool has come to.
///
/// @param load that was asked for
/// @param failure why the tool's check did not pass; empty: it did
/// @param perSecond deliveries, by the time until the last one less what 99 of 100 take: that is lag, not lateness
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
        long deliveries = json.path("total").path("deliveries").asLong();
        double p99 = latency.path("p99").asDouble();
        double seconds = Math.max(
                json.path("seconds").asDouble(), json.path("deliverySeconds").asDouble() - p99 / 1e3);
        return new Figures(
                load,
                json.path("passed").asBoolean() ? "" : failures.path(0).asText("the load tool's check failed"),
                deliveries / seconds,
                deliveries,
                latency.path("p50").asDouble(),
                p99,
                json.path("server").path("cpuSeconds").asDouble(),
                connectSeconds,
                json);
    }

    /// Of a run that did not come about.
    static Figures none(Load load) {
        return new Figures(load, "failed", 0, 0, 0, 0, 0, 0, MissingNode.getInstance());
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
