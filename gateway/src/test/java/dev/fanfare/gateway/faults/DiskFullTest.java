package dev.fanfare.gateway.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.e2e.Cluster;
import dev.fanfare.gateway.e2e.Seeded;
import dev.fanfare.gateway.e2e.Trial;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The broker's disk is full in the middle of writing, so it ends; then there is room again.
@Timeout(900)
class DiskFullTest {
    private static final int MEBIBYTES = Seeded.isLong() ? 256 : 64;

    @Test
    void clientsGetEverythingOnceWhenThereIsRoomAgain(@TempDir Path dir) throws IOException, InterruptedException {
        var folder = dir.resolve("disk");
        try (var disk = SmallDisk.mount(folder, MEBIBYTES);
                var broker = new BrokerProcess(dir.resolve("broker.log"), folder.resolve("broker"));
                var cluster = Cluster.at(broker.port())) {
            Trial.topics(cluster);
            try (var one = Trial.gateway(cluster).start();
                    var two = Trial.gateway(cluster).start();
                    var trial = Trial.begin("DiskFullTest", cluster, List.of(one, two))) {
                trial.deliver();
                disk.fill();
                await().atMost(Duration.ofSeconds(60)).until(() -> !broker.isAlive());
                assertThat(broker.said()).contains("No space left on device");
                disk.free();
                broker.startAgain();
                one.awaitReady();
                two.awaitReady();
                trial.deliver();
                trial.deliver();
                trial.finish();
            }
        }
    }
}
