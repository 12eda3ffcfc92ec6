package dev.fanfare.load.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(60)
@EnabledOnOs(OS.LINUX)
class ProbeTest {
    private static final String COUNTS_UNTIL_TOLD =
            "sh -c 'trap exit TERM; while true; do i=1; done' & wait; read line";

    @Test
    void keepsTheCpuTimeOfAChildThatHasGone() throws Exception {
        var server = new ProcessBuilder("sh", "-c", COUNTS_UNTIL_TOLD).start();
        try {
            var probe = Probe.process(server.pid());
            await().atMost(Duration.ofSeconds(30)).until(() -> probe.cpu().toMillis() >= 100);
            var taken = probe.cpu();
            server.descendants().forEach(ProcessHandle::destroy);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> server.descendants().count() == 0);
            assertThat(server.isAlive()).isTrue();
            assertThat(probe.cpu()).isGreaterThanOrEqualTo(taken);
        } finally {
            server.descendants().forEach(ProcessHandle::destroyForcibly);
            server.destroyForcibly();
        }
    }
}
