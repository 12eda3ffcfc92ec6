package dev.fanfare.load.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fanfare.load.client.Transport;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
    /// 2.5 events/s for 5 s to 100 sessions: 12 whole events, 1,200 deliveries.
    @ParameterizedTest
    @CsvSource({
        "true, 1200, 5.0, 100, true",
        "true, 1200, 5.4, 450, true", // the last ones were late, as 99 of 100 may be
        "true, 1200, 5.4, 100, false", // they came too slowly
        "true, 1100, 5.0, 100, false", // not all came within the measured time
        "false, 1200, 5.0, 100, false"
    })
    void keepsUpWithWhatWasAskedFor(boolean passed, long deliveries, double seconds, double p99, boolean keptUp)
            throws Exception {
        var load = Load.fanout(Transport.SSE, 100, 1, 2.5, Duration.ofSeconds(2), Duration.ofSeconds(5));
        var json = new ObjectMapper().readTree("""
                        {"passed":%s,"failures":["1 gaps"],"seconds":5.0,"deliverySeconds":%s,
                         "total":{"deliveries":%d,"latencyMs":{"p50":50,"p99":%s}},
                         "server":{"cpuSeconds":0.012}}
                        """.formatted(passed, seconds, deliveries, p99));
        var figures = Figures.of(load, json, 1);
        assertThat(figures.keptUp()).isEqualTo(keptUp);
        assertThat(figures.failure()).isEqualTo(passed ? "" : "1 gaps");
        assertThat(figures.cpuPerMillion()).isEqualTo(12_000.0 / deliveries);
    }
}
