package dev.fanfare.load.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class ProcessesTest {
    private static final int STARTERS = 3;
    private static final int BEFORE_THE_END = 5;

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
        assertThatIllegalStateException()
                .isThrownBy(() -> processes.start("late", List.of("sleep", "100")))
                .withMessage("the bench ends");
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
        assertThat(started).hasSizeGreaterThanOrEqualTo(BEFORE_THE_END).noneMatch(Process::isAlive);
    }

    private static void startUntilRefused(
            Processes processes, ConcurrentLinkedQueue<Process> started, CountDownLatch many) {
        try {
            while (true) {
                started.add(processes.start(new ProcessBuilder("sleep", "100")));
                many.countDown();
            }
        } catch (IllegalStateException refused) {
            // closed
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
