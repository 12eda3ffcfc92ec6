package dev.fanfare.gateway.faults;

import dev.fanfare.gateway.e2e.Cluster;
import dev.fanfare.gateway.e2e.Seeded;
import dev.fanfare.gateway.e2e.Trial;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The broker's process is killed in the middle of writing, and comes back.
@Timeout(900)
class BrokerKilledTest {
    private static final int KILLS = Seeded.isLong() ? 4 : 1;

    @Test
    void clientsGetEverythingOnceWhenTheBrokerIsBack(@TempDir Path dir) throws IOException, InterruptedException {
        try (var broker = new BrokerProcess(dir.resolve("broker.log"), dir.resolve("broker"));
                var cluster = Cluster.at(broker.port())) {
            Trial.topics(cluster);
            try (var one = Trial.gateway(cluster).start();
                    var two = Trial.gateway(cluster).start();
                    var trial = Trial.begin("BrokerKilledTest", cluster, List.of(one, two))) {
                for (int kill = 0; kill < KILLS; kill++) {
                    trial.deliver();
                    broker.kill();
                    broker.startAgain();
                    one.awaitReady();
                    two.awaitReady();
                    trial.deliver();
                }
                trial.deliver();
                trial.finish();
            }
        }
    }
}
