package dev.fanfare.load.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fanfare.load.report.Outcome;
import dev.fanfare.load.report.Particulars;
import dev.fanfare.load.report.Report;
import dev.fanfare.load.report.ResultFile;
import dev.fanfare.load.report.Row;
import dev.fanfare.load.report.Server;
import dev.fanfare.load.report.TimeLine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RatioTest {
    @TempDir
    Path dir;

    private String raw = "";

    /// 1,200 deliveries in two seconds, with 0.3 s of CPU, each after 2 ms.
    @BeforeEach
    void rememberTheBareLoop() throws Exception {
        raw = write("raw", 3, 1200, 2, 2_000, Optional.of(0.3));
    }

    @Test
    void holdsARunAgainstTheBareLoop() throws Exception {
        var run = write("fanout", 3, 600, 4, 8_000, Optional.of(0.6));
        var page = dir.resolve("run.html");
        var told = Ran.of(List.of("merge", run, "--raw", raw, "--json", "--html", page.toString()));
        var ratio = told.json().get("ratioToRaw");
        assertThat(ratio.get("deliveriesPerSecond").asDouble()).isEqualTo(150 / 600.0);
        assertThat(ratio.get("cpuSecondsPerMillion").asDouble()).isCloseTo(1000 / 250.0, within(1e-9));
        assertThat(ratio.get("p99").asDouble()).isCloseTo(8 / 2.0, within(0.01));
        assertThat(told.out()).containsPattern("to raw +0\\.25 of the deliveries per second, 4\\.00 times the CPU");
        assertThat(Files.readString(page)).contains("In parts of the bare loop");
    }

    @Test
    void saysWhereTheShapesDifferAndLeavesOutWhatIsNotKnown() throws Exception {
        var run = Ran.fanout("--raw", raw, "--bytes", "300", "--channels", "2");
        assertThat(run.status()).as(run.out()).isZero();
        var ratio = run.json().get("ratioToRaw");
        assertThat(ratio.get("deliveriesPerSecond").asDouble())
                .isCloseTo(run.json().get("deliveriesPerSecond").asDouble() / 600, within(1e-6));
        assertThat(ratio.get("differences").toString()).isEqualTo("[\"channels 1, not 2\",\"bytes 200, not 300\"]");
        assertThat(ratio.has("cpuSecondsPerMillion")).isFalse();
        assertThat(run.out()).contains("which had another shape: channels 1, not 2; bytes 200, not 300");
    }

    @Test
    void saysNothingOfShapesThatAreTheSame() throws Exception {
        var run = Ran.fanout("--raw", raw);
        assertThat(run.json().get("ratioToRaw").get("differences")).isEmpty();
        assertThat(run.out()).doesNotContain("another shape");
    }

    @Test
    void takesNoOtherRunForTheBareLoop() throws Exception {
        var other = write("fanout", 3, 600, 2, 2_000, Optional.empty());
        var refused = Ran.fanout("--raw", other);
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err())
                .contains("--raw " + other + " is of a run of 'fanout'")
                .doesNotContain("connecting");
        var empty = write("raw", 3, 0, 2, 2_000, Optional.empty());
        assertThat(Ran.fanout("--raw", empty).err()).contains("is of a run of 'raw' with 0 deliveries");
        assertThat(Ran.fanout("--raw", "nowhere.json").err()).contains("--raw nowhere.json cannot be read");
    }

    /// As `--out` does it.
    private String write(
            String scenario, int sessions, int deliveries, double seconds, long micros, Optional<Double> cpu)
            throws Exception {
        var latency = new Histogram(3);
        latency.recordValueWithCount(micros, deliveries);
        var row = new Row("sse", sessions, 0, deliveries, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, latency);
        var none = new Histogram(3);
        var outcome = new Outcome(
                scenario,
                Map.of("channels", 1, "rate", 100.0, "bytes", 200),
                sessions,
                seconds,
                seconds,
                List.of(row),
                new Outcome.Published(seconds, deliveries / sessions, 0, Optional.empty(), none),
                Map.of(),
                0,
                Particulars.NONE,
                new Outcome.Self(0, 0, 0, none),
                cpu.map(taken ->
                        new Server(Optional.of(new Server.Taken("1@here", taken, Optional.empty())), Optional.empty())),
                new TimeLine(0, (long) (seconds * 1e6), List.of()));
        var file = dir.resolve("%s-%d.json".formatted(scenario, deliveries));
        ResultFile.write(file, Report.of(outcome));
        return file.toString();
    }
}
