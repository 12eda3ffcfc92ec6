package dev.fanfare.load.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.load.report.Latency;
import dev.fanfare.load.report.Second;
import dev.fanfare.load.watch.Moment;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LiveTest {
    private final StringWriter written = new StringWriter();
    private final Live live = new Live(new PrintWriter(written));

    @Test
    void drawsEachSecondOverTheOneBeforeAndKeepsWhatIsSaid() {
        live.say("connecting 1000 sessions");
        live.second(new Moment(Moment.Phase.CONNECTING, "sessions", 400, 1000), second(0, 400), Map.of());
        live.say("1000 of 1000 sessions are open");
        live.second(new Moment(Moment.Phase.MEASURING, "sessions", 15, 30), second(51_234, 1000), Map.of());
        assertThat(screen())
                .containsExactly(
                        "connecting 1000 sessions",
                        "1000 of 1000 sessions are open",
                        "measuring  [###############...............] 15 of 30 s",
                        "sessions   1,000 open",
                        "rate       25,617 deliveries/s, 50 published/s",
                        "latency    p50 1.00 ms, p99 3.00 ms, max 3.00 ms",
                        "errors     7");
        live.close();
        live.second(new Moment(Moment.Phase.DRAINING, "sessions", 1, 10), second(0, 1000), Map.of());
        assertThat(screen()).containsExactly("connecting 1000 sessions", "1000 of 1000 sessions are open");
    }

    @Test
    void neverWritesALineThatWouldWrap() {
        live.second(
                new Moment(Moment.Phase.CONNECTING, "sessions", 1e6, 1e6), second(2_000_000_000L, 1_000_000), Map.of());
        assertThat(screen()).hasSize(5).allSatisfy(line -> assertThat(line).hasSizeLessThan(80));
    }

    private static Second second(long deliveries, int open) {
        var latency = new Histogram(3);
        if (deliveries > 0) {
            latency.recordValue(1000);
            latency.recordValue(1000);
            latency.recordValue(3000);
        }
        return new Second(
                0,
                2,
                deliveries,
                100,
                open,
                7,
                Latency.of(latency),
                0,
                0,
                OptionalDouble.empty(),
                OptionalLong.empty());
    }

    /// What a terminal would show.
    private List<String> screen() {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        var text = written.toString().replace("\r\n", "\n");
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("\u001b[5A\u001b[J", i)) {
                assertThat(line).isEmpty();
                lines.subList(lines.size() - 5, lines.size()).clear();
                i += "\u001b[5A\u001b[J".length() - 1;
            } else if (text.charAt(i) == '\n') {
                lines.add(line.toString());
                line.setLength(0);
            } else {
                line.append(text.charAt(i));
            }
        }
        assertThat(line).isEmpty();
        return lines;
    }
}
