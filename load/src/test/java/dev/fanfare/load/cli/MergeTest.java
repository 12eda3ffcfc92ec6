package dev.fanfare.load.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fanfare.load.report.Outcome;
import dev.fanfare.load.report.ResultFile;
import dev.fanfare.load.report.Second;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MergeTest {
    @TempDir
    Path dir;

    /// One server is fast and one is slow, so that no average of percentiles would be right.
    @Test
    void hasTheFiguresOfAllDeliveriesOfRunsAtTheSameTime() throws Exception {
        var pid = Long.toString(ProcessHandle.current().pid());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var fast = CompletableFuture.supplyAsync(
                    () -> run(
                            "fast",
                            Fault.none(),
                            "--warm-up",
                            "500ms",
                            "--duration",
                            "2s",
                            "--transports",
                            "sse,ws",
                            "--server-pid",
                            pid),
                    threads);
            var slow = CompletableFuture.supplyAsync(
                    () -> run(
                            "slow",
                            Fault.late(400),
                            "--warm-up",
                            "500ms",
                            "--duration",
                            "2s",
                            "--server-pid",
                            pid,
                            "--drain",
                            "20s"),
                    threads);
            assertThat(fast.join().status()).isZero();
            assertThat(slow.join().status()).isZero();
        }
        var merged = dir.resolve("merged.json");
        var run = Ran.of(List.of(
                "merge", file("fast"), file("slow"), "--json", "--out", merged.toString(), "--html", file("page")));
        assertThat(run.status()).as(run.out()).isZero();
        assertThat(run.err()).isEmpty();

        var one = ResultFile.read(Path.of(file("fast")));
        var other = ResultFile.read(Path.of(file("slow")));
        var all = ResultFile.read(merged);
        assertThat(all.sessions()).isEqualTo(6);
        assertThat(all.total().receipts()).isEqualTo(2 * 600);
        assertThat(all.published().acknowledged()).isEqualTo(2 * 250);
        var latency = new Histogram(3);
        latency.add(one.total().latency());
        latency.add(other.total().latency());
        for (double percentile : new double[] {1, 25, 49, 51, 75, 99, 100}) {
            assertThat(all.total().latency().getValueAtPercentile(percentile))
                    .isEqualTo(latency.getValueAtPercentile(percentile));
        }
        assertThat(all.rows().stream().map(row -> row.transport() + row.sessions()))
                .containsExactly("sse5", "ws1");
        assertThat(run.json().get("transports").get("sse").get("deliveries").asInt())
                .isEqualTo(1000);
        assertThat(all.deliveriesPerSecond()).isCloseTo(1200 / all.deliverySeconds(), within(1e-6));
        assertThat(all.deliverySeconds()).isLessThan(one.deliverySeconds() + other.deliverySeconds());

        assertThat(all.timeLine().seconds().stream()
                        .mapToLong(Second::deliveries)
                        .sum())
                .isEqualTo(2 * 750);
        assertThat(all.timeLine().seconds().stream().mapToInt(Second::open).max())
                .hasValue(6);
        assertThat(all.timeLine().seconds().size())
                .isLessThan(one.timeLine().seconds().size()
                        + other.timeLine().seconds().size());
        assertThat(cpuSeconds(all)).isEqualTo(Math.max(cpuSeconds(one), cpuSeconds(other)));
        assertThat(Files.readString(Path.of(file("page")))).contains("Put together from", file("slow"));

        var again = Ran.of(List.of("merge", merged.toString(), "--json"));
        assertThat(again.json().get("total")).isEqualTo(run.json().get("total"));
    }

    @Test
    void failsIfOneOfThemHas() throws Exception {
        assertThat(run("right", Fault.none()).status()).isZero();
        assertThat(run("wrong", Fault.gap()).status()).isEqualTo(1);
        var merged = Ran.of(List.of("merge", file("right"), file("wrong"), "--json"));
        assertThat(merged.status()).isEqualTo(1);
        assertThat(merged.json().get("failures").get(0).asText()).isEqualTo("1 gaps");
        assertThat(merged.json().get("passed").asBoolean()).isFalse();
        assertThat(merged.out())
                .contains(file("right") + ": 3 sessions, 300 deliveries")
                .contains("FAILED: 1 gaps");
        assertThat(merged.err()).contains("not all of these runs were measured at the same time");
    }

    @Test
    void failsIfOneOfThemHasReceivedNothingThoughTheSumHas() throws Exception {
        assertThat(run("right", Fault.none()).status()).isZero();
        assertThat(run("silent", Fault.none(), "--publisher", "none").status()).isEqualTo(1);
        var merged = Ran.of(List.of("merge", file("right"), file("silent"), "--json", "--html", file("page")));
        assertThat(merged.status()).isEqualTo(1);
        assertThat(merged.json().get("passed").asBoolean()).isFalse();
        assertThat(merged.out()).contains("FAILED: nothing was received").doesNotContain("checks   passed");
        assertThat(Files.readString(Path.of(file("page")))).contains("✗ Failed").doesNotContain("✓ Passed");
    }

    @Test
    void theLogOfEachSecondAddsUpToTheTable() throws Exception {
        var log = dir.resolve("run.hlog");
        var run = run("logged", Fault.none(), "--transports", "sse,ws", "--duration", "2s", "--hlog", log.toString());
        assertThat(run.status()).isZero();
        Hlog.addsUpTo(ResultFile.read(Path.of(file("logged"))), log);
    }

    @Test
    void refusesWhatIsNoResult() throws Exception {
        var nowhere = dir.resolve("nowhere.json").toString();
        assertThat(refusal("merge", nowhere)).contains(nowhere + " cannot be read", "use files that --out has written");
        var other =
                Files.writeString(dir.resolve("other.json"), "{\"total\":{}}").toString();
        assertThat(refusal("merge", other)).contains("it is no result of this version: its format is ''");
        Files.writeString(dir.resolve("other.json"), "fast: slow");
        assertThat(refusal("merge", other)).contains(other + " cannot be read");
        Files.writeString(
                dir.resolve("other.json"), "{\"format\":\"fanfare-load-1\",\"outcome\":{\"self\":{\"delay\":\"x\"}}}");
        assertThat(refusal("merge", other)).contains("no histogram");
        run("right", Fault.none());
        assertThat(refusal("merge", file("right"), file("right"))).contains("is named twice");
        assertThat(refusal("merge")).contains("RUN.json");
    }

    private Ran run(String name, Fault fault, String... more) {
        try {
            var arguments = new ArrayList<>(List.of(more));
            arguments.addAll(List.of("--out", file(name)));
            return Ran.fanout(fault, arguments.toArray(String[]::new));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private String file(String name) {
        return dir.resolve(name + ".json").toString();
    }

    private static double cpuSeconds(Outcome outcome) {
        return outcome.server().orElseThrow().process().orElseThrow().cpuSeconds();
    }

    private static String refusal(String... arguments) {
        var run = Ran.of(List.of(arguments));
        assertThat(run.status()).as(run.err()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        return run.err();
    }
}
