package dev.fanfare.gateway.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.e2e.Cluster;
import dev.fanfare.gateway.e2e.Seeded;
import dev.fanfare.gateway.e2e.Trial;
import dev.fanfare.quickstart.broker.EmbeddedCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three gateways on three brokers, and what may happen to them in a day: each broker is restarted, partitions are
/// added, a gateway is killed, and half of the clients go from node to node and from transport to transport all the
/// time. Takes some twenty seconds, most of which three brokers need to come and go.
@Timeout(3600)
class TroubleTest {
    private static final int BROKERS = 3;
    private static final int ROUNDS = Seeded.isLong() ? 12 : 1;

    @Test
    void nothingIsLostOrDoubledWhateverGoesAway(@TempDir Path dir) throws IOException, InterruptedException {
        try (var brokers = EmbeddedCluster.start(dir.resolve("brokers"), BROKERS);
                var cluster = Cluster.at(brokers.bootstrapServers())) {
            Trial.topics(cluster);
            try (var one = Trial.gateway(cluster).start();
                    var two = Trial.gateway(cluster).start();
                    var victim = GatewayProcess.local(dir, "victim", Trial.configuration(cluster))
                            .start();
                    var trial = Trial.begin("TroubleTest", cluster, List.of(one, two, victim))) {
                for (int round = 0; round < ROUNDS; round++) {
                    int broker = 1 + round % BROKERS;
                    trial.deliver();
                    brokers.stop(broker);
                    trial.deliver();
                    brokers.startAgain(broker);
                    trial.addPartitions();
                    trial.deliver();
                    assertThat(victim.metric("fanfare_sessions{", "")).isPositive();
                    victim.kill();
                    trial.deliver();
                    victim.start();
                }
                trial.finish();
            }
        }
    }
}
