package dev.fanfare.load.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fanfare.load.report.Outcome;
import dev.fanfare.load.report.ResultFile;
import dev.fanfare.load.report.Second;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TimeLineTest {
    @TempDir
    Path dir;

    @Test
    void hasEachDeliveryInOneOfItsSeconds() throws Exception {
        var outcome = run(
                Fault.none(),
                "--transports",
                "sse,ws,poll",
                "--warm-up",
                "500ms",
                "--duration",
                "2s",
                "--server-pid",
                Long.toString(ProcessHandle.current().pid()));
        var line = outcome.timeLine();
        assertThat(line.toMicros() - line.fromMicros()).isEqualTo(2_000_000);
        assertThat(sum(line.seconds(), Second::deliveries)).isEqualTo(3 * 250);
        assertThat(sum(line.seconds(), Second::published)).isEqualTo(250);
        assertThat(sum(line.seconds(), second -> second.latency().unpack().getTotalCount()))
                .isEqualTo(3 * 250);
        assertThat(outcome.total().receipts()).isEqualTo(3 * 200);
        assertThat(outcome.total().latency().getTotalCount()).isEqualTo(3 * 200);
        var last = line.seconds().getLast();
        assertThat(last.open()).isEqualTo(3);
        assertThat(last.errors()).isZero();
        assertThat(line.seconds()).hasSizeBetween(3, 8).allSatisfy(second -> {
            assertThat(second.seconds()).isPositive();
            assertThat(second.serverCpu().orElse(-1)).isGreaterThanOrEqualTo(0);
            assertThat(second.processCpu()).isGreaterThanOrEqualTo(second.loopCpu() / 2);
        });
        for (int i = 1; i < line.seconds().size(); i++) {
            var second = line.seconds().get(i);
            var before = line.seconds().get(i - 1);
            assertThat(second.endMicros() - (long) (second.seconds() * 1e6)).isCloseTo(before.endMicros(), within(2L));
        }
    }

    @Test
    void saysHowSlowEachSecondWasAndWhatWentWrong() throws Exception {
        var slow = run(Fault.late(400), "--drain", "20s");
        assertThat(slow.timeLine().seconds().stream().filter(second -> second.deliveries() > 30))
                .isNotEmpty()
                .allSatisfy(second -> {
                    assertThat(second.latency().p50()).isGreaterThanOrEqualTo(399_000);
                    assertThat(second.latency().p99())
                            .isBetween(second.latency().p50(), second.latency().max());
                });
        var wrong = run(Fault.instead(Item.Kind.DROP), "--drain", "100ms");
        assertThat(wrong.timeLine().seconds().getLast().errors()).isEqualTo(1);
        assertThat(wrong.timeLine().seconds().getLast().open()).isEqualTo(2);
    }

    @Test
    void ofAFileThatCannotBeIsRefusedBeforeTheRun() {
        var nowhere = dir.resolve("nowhere/run.json").toString();
        var refused = Ran.of(List.of("raw", "--sessions", "1", "--out", nowhere));
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).contains("--out " + nowhere + " is no file in a folder that exists");
    }

    private Outcome run(Fault fault, String... more) throws Exception {
        var file = dir.resolve("run.json");
        var arguments = new ArrayList<>(List.of(more));
        arguments.addAll(List.of("--out", file.toString()));
        Ran.fanout(fault, arguments.toArray(String[]::new));
        return ResultFile.read(file);
    }

    private static long sum(List<Second> seconds, ToLongFunction<Second> what) {
        return seconds.stream().mapToLong(what).sum();
    }
}
