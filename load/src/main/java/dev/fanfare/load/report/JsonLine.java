package dev.fanfare.load.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// The outcome for programs: one line. Times are in milliseconds where their names say so, otherwise in seconds.
public final class JsonLine {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private JsonLine() {}

    public static String of(Outcome outcome) {
        var line = new LinkedHashMap<String, Object>();
        line.put("scenario", outcome.scenario());
        line.put("passed", outcome.failures().isEmpty());
        line.put("failures", outcome.failures());
        line.put("settings", outcome.settings());
        line.put("seconds", outcome.seconds());
        line.put("deliverySeconds", outcome.deliverySeconds());
        line.put("deliveriesPerSecond", outcome.deliveriesPerSecond());
        var who = outcome.particulars().who();
        line.put("total", row(who, outcome.total()));
        var transports = new LinkedHashMap<String, Object>();
        outcome.rows().forEach(row -> transports.put(row.transport(), row(who, row)));
        line.put("transports", transports);
        var published = outcome.published();
        line.put(
                "published",
                Map.of(
                        "acknowledged",
                        published.acknowledged(),
                        "failed",
                        published.failed(),
                        "latencyMs",
                        latency(published.latency())));
        line.put("lostFor", outcome.reasons());
        if (!outcome.particulars().figures().isEmpty()) {
            line.put("disturbance", outcome.particulars().figures());
        }
        var latencies = new LinkedHashMap<String, Object>();
        outcome.particulars().latencies().forEach((of, micros) -> latencies.put(of, latency(micros)));
        if (!latencies.isEmpty()) {
            line.put("latenciesMs", latencies);
        }
        var self = new LinkedHashMap<String, Object>();
        self.put("loopCpu", outcome.self().loopCpu());
        self.put("processCpu", outcome.self().processCpu());
        self.put("receiptsPerCpuSecond", outcome.self().receiptsPerCpuSecond());
        self.put("timerDelayMs", latency(outcome.self().delay()));
        self.put("saturated", outcome.self().saturation().orElse(""));
        line.put("self", self);
        outcome.server().ifPresent(server -> line.put("server", Map.of("cpuSeconds", server.cpuSeconds())));
        try {
            return MAPPER.writeValueAsString(line);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Map<String, Object> row(String who, Row row) {
        var json = new LinkedHashMap<String, Object>();
        json.put(who, row.sessions());
        json.put("lost", row.lost());
        json.put("deliveries", row.receipts());
        json.put("gaps", row.gaps());
        json.put("duplicates", row.duplicates());
        json.put("reorderings", row.reorderings());
        json.put("missing", row.missing());
        json.put("reportedGaps", row.reportedGaps());
        json.put("strays", row.strays());
        json.put("unmarked", row.unmarked());
        json.put("early", row.early());
        json.put("bytes", row.bytes());
        json.put("latencyMs", latency(row.latency()));
        return json;
    }

    private static Map<String, Object> latency(Histogram micros) {
        var json = new LinkedHashMap<String, Object>();
        for (double percentile : new double[] {50, 90, 99, 99.9, 99.99}) {
            json.put(
                    "p" + (percentile % 1 == 0 ? "" + (int) percentile : "" + percentile),
                    micros.getValueAtPercentile(percentile) / 1e3);
        }
        json.put("max", micros.getMaxValue() / 1e3);
        return json;
    }
}
