package dev.fanfare.gateway.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.e2e.Cluster;
import dev.fanfare.gateway.e2e.TestGateway;
import dev.fanfare.gateway.e2e.Trial;
import dev.fanfare.gateway.e2e.Wire;
import dev.fanfare.gateway.testing.Issuer;
import dev.fanfare.gateway.testing.Secured;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whoever issues tokens cannot be reached.
@Timeout(900)
class IssuerAwayTest {
    private static final List<String> ALL = List.of("**");

    @Test
    void clientsWithKnownKeysComeAndGoAndOthersAreToldToComeBack(@TempDir Path dir)
            throws IOException, InterruptedException {
        try (var issuer = Issuer.start("https://id.example.com/");
                var cluster = Cluster.start(dir)) {
            Trial.topics(cluster);
            var secured = Secured.by(issuer);
            secured.queryToken = true;
            var known = issuer.allowing("u1", ALL, List.of(), "exp", issuer.now() + 3600);
            try (var one = Trial.gateway(cluster).access(secured.access()).start();
                    var two = Trial.gateway(cluster).access(secured.access()).start();
                    var trial = Trial.begin("IssuerAwayTest", cluster, List.of(one, two), known)) {
                trial.deliver();

                issuer.away(true);
                issuer.addKey();
                var unknown = issuer.allowing("u2", ALL, List.of());
                int before = issuer.asked();
                for (int i = 0; i < 40; i++) {
                    assertThat(answer(one, unknown)).startsWith("503").contains("issuer-away");
                    assertThat(answer(one, known)).startsWith("200");
                }
                assertThat(issuer.asked() - before).isLessThan(20);
                trial.deliver();

                issuer.away(false);
                for (var gateway : List.of(one, two)) {
                    await().atMost(Duration.ofSeconds(30))
                            .until(() -> answer(gateway, unknown).startsWith("200"));
                    assertThat(answer(gateway, known)).startsWith("200");
                }
                trial.deliver();
                trial.finish();
            }
        }
    }

    private static String answer(TestGateway gateway, String token) throws IOException {
        return Wire.get(gateway.address().orElseThrow(), "/v1/events?channel=a.k&wait=0&access_token=" + token);
    }
}
