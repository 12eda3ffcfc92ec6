package dev.fanfare.load.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RatioTest {
    @TempDir
    Path dir;

    private String file = "";
    private Ran raw = new Ran(2, "", "");

    @BeforeEach
    void runTheBareLoop() {
        file = dir.resolve("raw.json").toString();
        raw = Ran.of(List.of(
                "raw",
                "--sessions",
                "3",
                "--rate",
                "100",
                "--warm-up",
                "0s",
                "--duration",
                "1s",
                "--json",
                "--out",
                file));
        assertThat(raw.status()).as(raw.out()).isZero();
    }

    @Test
    void holdsARunAgainstTheBareLoop() throws Exception {
        var page = dir.resolve("run.html");
        var run = Ran.fanout(
                "--raw",
                file,
                "--html",
                page.toString(),
                "--server-pid",
                Long.toString(ProcessHandle.current().pid()));
        assertThat(run.status()).as(run.out()).isZero();
        var ratio = run.json().get("ratioToRaw");
        assertThat(ratio.get("deliveriesPerSecond").asDouble())
                .isCloseTo(both(run, "deliveriesPerSecond"), within(1e-6));
        assertThat(ratio.get("cpuSecondsPerMillion").asDouble())
                .isCloseTo(both(run, "server", "cpuSecondsPerMillion"), within(1e-3));
        assertThat(ratio.get("p99").asDouble()).isCloseTo(both(run, "total", "latencyMs", "p99"), within(1e-3));
        assertThat(ratio.get("differences")).isEmpty();
        assertThat(run.out())
                .containsPattern("to raw +\\d\\.\\d\\d of the deliveries per second, [0-9.]+ times the CPU");
        assertThat(Files.readString(page)).contains("In parts of the bare loop");
    }

    @Test
    void saysWhereTheShapesDifferAndLeavesOutWhatIsNotKnown() throws Exception {
        var run = Ran.fanout("--raw", file, "--bytes", "300", "--channels", "2");
        var ratio = run.json().get("ratioToRaw");
        assertThat(ratio.get("differences").toString()).isEqualTo("[\"channels 1, not 2\",\"bytes 200, not 300\"]");
        assertThat(ratio.has("cpuSecondsPerMillion")).isFalse();
        assertThat(run.out()).contains("which had another shape: channels 1, not 2; bytes 200, not 300");
    }

    @Test
    void takesNoOtherRunForTheBareLoop() throws Exception {
        var other = dir.resolve("run.json").toString();
        assertThat(Ran.fanout("--out", other).status()).isZero();
        var refused = Ran.fanout("--raw", other);
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err())
                .contains("--raw " + other + " is of a run of 'fanout'")
                .doesNotContain("connecting");
        assertThat(Ran.fanout("--raw", "nowhere.json").err()).contains("--raw nowhere.json cannot be read");
    }

    private double both(Ran run, String... path) throws Exception {
        return figure(run.json(), path) / figure(raw.json(), path);
    }

    private static double figure(JsonNode json, String... path) {
        var node = json;
        for (var name : path) {
            node = node.get(name);
        }
        return node.asDouble();
    }
}
