package dev.fanfare.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class UpRestartTest extends UpCase {
    @Test
    void aKilledChildComesBackAloneAndCtrlCLeavesNoProcess() throws Exception {
        try (var up = up().awaitReady()) {
            for (var killed : CHILDREN) {
                var before = CHILDREN.stream().collect(Collectors.toMap(child -> child, up::pid));
                long written = written("prices");
                RunningUp.kill9(up.pid(killed));
                var seen = verified();
                await().atMost(PATIENCE).until(() -> up.pid(killed) != before.getOrDefault(killed, 0L));
                await().atMost(PATIENCE)
                        .until(() -> new Ready("gateway", port).isReady()
                                && written("prices") > written
                                && !seen.containsAll(verified()));
                for (var other : CHILDREN) {
                    assertThat(up.pid(other) == before.getOrDefault(other, 0L))
                            .as(other)
                            .isEqualTo(!other.equals(killed));
                    assertThat(RunningUp.isAlive(up.pid(other))).as(other).isTrue();
                }
                assertThat(up.lines())
                        .anyMatch(line -> line.startsWith("%s (pid %d) ended with 137; starting it again"
                                .formatted(killed, before.getOrDefault(killed, 0L))));
            }

            for (var child : CHILDREN) {
                assertThat(RunningUp.ignoresCtrlC(up.pid(child))).as(child).isTrue();
            }
            up.ctrlC();

            assertThat(up.awaitEnd()).isEqualTo(130);
            assertThat(up.lines().stream().filter(line -> line.startsWith("stopping")))
                    .containsExactlyElementsOf(CHILDREN.reversed().stream()
                            .map(child -> "stopping the " + child)
                            .toList());
            assertThat(up.said("killing it")).isFalse();
            assertThat(CHILDREN).allSatisfy(child -> assertThat(up.pids(child)).noneMatch(RunningUp::isAlive));
        }
    }

    @Test
    void noChildOutlivesAKilledSupervisor() throws Exception {
        try (var up = up().awaitReady()) {
            RunningUp.kill9(up.pid());
            up.awaitEnd();
            await().atMost(PATIENCE)
                    .until(() -> CHILDREN.stream().noneMatch(child -> RunningUp.isAlive(up.pid(child))));
        }
    }

    @Test
    void itsStateSurvivesARestart() throws Exception {
        String topicId;
        try (var up = up("--no-demo", "--no-webhooks").awaitReady()) {
            assertThat(List.of("demo", "receiver", "dispatcher"))
                    .allSatisfy(child -> assertThat(up.pids(child)).isEmpty());
            assertThat(up.said("ebhook")).isFalse();
            topicId = topicId("events");
            publish("events", "greeting", "still here");
        }
        try (var up = up().awaitReady()) {
            assertThat(up.said(state.toString())).isTrue();
            assertThat(topicId("events")).isEqualTo(topicId);
            assertThat(everything("events")).containsExactly("still here");
            await().atMost(PATIENCE).until(() -> !everything("notices").isEmpty());
            assertThat(state.resolve("logs/gateway.log")).exists();
            assertThat(state.resolve("logs/gateway.log.1")).exists();
        }
    }
}
