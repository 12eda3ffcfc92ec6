package dev.fanfare.gateway.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.e2e.Cluster;
import dev.fanfare.gateway.e2e.Seeded;
import dev.fanfare.gateway.e2e.Trial;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A gateway's process is killed in the middle of delivering, and its clients go on at another.
@Timeout(900)
class GatewayKilledTest {
    private static final int KILLS = Seeded.isLong() ? 8 : 1;

    @Test
    void clientsGoOnAtAnotherGateway(@TempDir Path dir) throws IOException, InterruptedException {
        try (var cluster = Cluster.start(dir.resolve("broker"))) {
            Trial.topics(cluster);
            try (var other = Trial.gateway(cluster).start();
                    var victim = GatewayProcess.local(dir, "victim", Trial.configuration(cluster))
                            .start();
                    var trial = Trial.begin("GatewayKilledTest", cluster, List.of(other, victim))) {
                for (int kill = 0; kill < KILLS; kill++) {
                    trial.deliver();
                    assertThat(victim.metric("fanfare_sessions{", "")).isPositive();
                    victim.kill();
                    trial.deliver();
                    victim.start();
                }
                trial.deliver();
                trial.finish();
            }
        }
    }
}
