package dev.fanfare.load.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.fanfare.load.client.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class ProcessesTest {
    private static final int STARTERS = 3;
    private static final int BEFORE_THE_END = 5;
    private static final int AT_MOST = 300; // if nobody refuses

    @TempDir
    Path dir;

    @Test
    void endWithAllThatTheyHaveStarted() {
        var processes = new Processes(dir);
        var child = processes.start("server", List.of("sh", "-c", "sleep 100 & wait"));
        var server = ProcessHandle.of(child.pid()).orElseThrow();
        await().atMost(Duration.ofSeconds(10)).until(() -> server.descendants().count() == 1);
        var below = server.descendants().toList();
        processes.close();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(below).noneMatch(ProcessHandle::isAlive));
        assertThat(server.isAlive()).isFalse();
        assertThatExceptionOfType(Ended.class).isThrownBy(() -> processes.start("late", List.of("sleep", "100")));
    }

    /// As when TERM comes while servers are being started.
    @Test
    void noneIsLeftByWhomeverItIsBeingStarted() throws Exception {
        var processes = new Processes(dir);
        var started = new ConcurrentLinkedQueue<Process>();
        var many = new CountDownLatch(BEFORE_THE_END);
        var starters = new Thread[STARTERS];
        for (int i = 0; i < STARTERS; i++) {
            starters[i] = Thread.ofPlatform().start(() -> startUntilRefused(processes, started, many));
        }
        many.await();
        processes.close();
        for (var starter : starters) {
            starter.join();
        }
        try {
            assertThat(started).hasSizeBetween(BEFORE_THE_END, AT_MOST - 1).noneMatch(Process::isAlive);
        } finally {
            started.forEach(Process::destroyForcibly);
        }
    }

    /// It must not look as if the server had failed.
    @ParameterizedTest
    @CsvSource({"kill -TERM $$, true", "exit 130, true", "exit 3, false", "kill -KILL $$, false"})
    void oneThatWasToldToEndHasNotFailed(String end, boolean told) {
        try (var processes = new Processes(dir)) {
            var child = processes.start("server", List.of("sh", "-c", "echo sorry; " + end));
            assertThatExceptionOfType(RuntimeException.class)
                    .isThrownBy(() -> child.await(() -> false))
                    .isInstanceOf(told ? Ended.class : IllegalStateException.class)
                    .withMessageContaining(told ? "told to end" : "server does not come up: sorry");
        }
    }

    @Test
    void noneHasFailedWhenAllEnd() throws Exception {
        var processes = new Processes(dir);
        var tool = new LoadTool(processes, _ -> {});
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var run = threads.submit(() ->
                    tool.run(new RawLoop(1), Load.fanout(Transport.SSE, 1, 1, 10, Duration.ZERO, Duration.ofHours(1))));
            var self = ProcessHandle.current();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> self.descendants()
                            .anyMatch(process ->
                                    process.info().commandLine().orElse("").contains("PT1H")));
            processes.close();
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(run::get)
                    .withCauseInstanceOf(Ended.class);
        }
    }

    private static void startUntilRefused(
            Processes processes, ConcurrentLinkedQueue<Process> started, CountDownLatch many) {
        try {
            while (started.size() < AT_MOST) {
                started.add(processes.start(new ProcessBuilder("sleep", "100")));
                many.countDown();
            }
        } catch (Ended refused) {
            // closed
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
