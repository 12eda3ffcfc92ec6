package dev.fanfare.gateway.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.e2e.Cluster;
import dev.fanfare.gateway.e2e.Seeded;
import dev.fanfare.gateway.e2e.Trial;
import dev.fanfare.gateway.loss.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// All packets to and from a gateway are lost for a while, those of Kafka and those of its clients. Nobody is told:
/// what was open stays open.
@Timeout(900)
class NetworkCutTest {
    private static final Duration CUT = Duration.ofSeconds(Seeded.isLong() ? 30 : 5);
    private static final Duration PATIENCE = Duration.ofSeconds(4); // longer than the clients' heartbeats

    @Test
    void clientsOfAGatewayThatIsCutOffGoOnAtAnotherAndComeBack(@TempDir Path dir)
            throws IOException, InterruptedException {
        try (var network = NetworkNamespace.create();
                var cluster = Cluster.start(dir.resolve("broker"), network.address())) {
            Trial.topics(cluster);
            var settings = Trial.configuration(cluster);
            try (var near = Trial.gateway(cluster).start();
                    var far = new GatewayProcess(
                                    dir, "far", settings, network.theirAddress(), network.inside(), Map.of())
                            .start();
                    var trial = Trial.begin("NetworkCutTest", cluster, List.of(near, far), PATIENCE)) {
                trial.deliver();
                assertThat(far.metric("fanfare_sessions{", "")).isPositive();
                network.dropAllPackets();
                long begin = System.nanoTime();
                trial.deliver();
                TimeUnit.NANOSECONDS.sleep(CUT.toNanos() - (System.nanoTime() - begin)); // the fault itself
                network.letPacketsThrough();
                far.awaitReady();
                long before = far.metric("fanfare_deliveries_total", "");
                trial.deliver();
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> far.metric("fanfare_deliveries_total", "") > before + 100);
                trial.finish();
            }
        }
    }
}
