package dev.fanfare.load.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ExpositionTest {
    @Test
    void addsUpWhatHasOneNameAndTakesNothingElse() {
        var text = """
                # HELP fanfare_sessions Open sessions.
                # TYPE fanfare_sessions gauge
                fanfare_sessions{transport="sse",scope="application"} 3
                fanfare_sessions{transport="ws",} 4.5e1 1700000000000
                fanfare_lag 7
                fanfare_odd{reason="a \\"quoted\\" } 5"} 2
                fanfare_took{quantile="0.99"} 12
                fanfare_took_bucket{scope="x",le="0.1"} 12
                fanfare_took_count 8
                fanfare_unknown NaN
                fanfare_endless +Inf
                fanfare_broken{
                jvm_threads 40
                """;
        assertThat(Exposition.figures(text, "fanfare_"))
                .isEqualTo(Map.of(
                        "fanfare_sessions", 48.0, "fanfare_lag", 7.0, "fanfare_odd", 2.0, "fanfare_took_count", 8.0));
        assertThat(Exposition.figures(text, "")).containsEntry("jvm_threads", 40.0);
        assertThat(Exposition.figures("", "fanfare_")).isEmpty();
    }
}
