package dev.fanfare.load.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProgressTest {
    private static final String LINE =
            "(?s).*measuring [012] of 2 s: 3 open, [1-9]\\d\\d deliveries/s, \\d+ published/s, p50 [0-9.]+ ms,"
                    + " p99 [0-9.]+ ms, max [0-9.]+ ms, 0 errors.*";

    @Test
    void isALineASecondIfAskedFor() throws Exception {
        assertThat(Ran.fanout("--progress", "lines", "--duration", "2s").err())
                .matches(LINE)
                .contains("connecting 3 sessions", "3 of 3 sessions are open");
    }

    @Test
    void isNothingWithoutATerminal() throws Exception {
        assertThat(Ran.fanout("--progress", "none").err())
                .contains("3 of 3 sessions are open")
                .doesNotContain("deliveries/s");
    }

    @Test
    void isDrawnIfAskedForAndGoneWhenTheOutcomeComes() throws Exception {
        assertThat(Ran.fanout("--progress", "live").err())
                .contains("measuring ", "\u001b[5A\u001b[J")
                .endsWith("\u001b[5A\u001b[J");
    }

    @Test
    void hasNoOtherKinds() {
        assertThat(Ran.of(List.of("raw", "--progress", "fast")).err()).contains("'--progress'", "none, lines, live");
    }
}
