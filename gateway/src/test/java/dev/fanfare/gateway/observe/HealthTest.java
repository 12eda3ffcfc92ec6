package dev.fanfare.gateway.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `/health/*` of a gateway that runs. One without Kafka is in `KafkaAwayTest`.
@Timeout(60)
class HealthTest {
    @Test
    void answersEachQuestion() throws IOException {
        var topic = LocalBroker.get().newTopic("health", 1);
        try (var gateway = new Gateways().route(topic, "{key}").start()) {
            var live = gateway.get("/health/live");
            assertThat(live.status()).isEqualTo(200);
            assertThat(live.header("Content-Type")).startsWith("application/json");
            assertThat(live.text())
                    .isEqualTo("{\"status\":\"UP\",\"checks\":[{\"name\":\"gateway\",\"status\":\"UP\"}]}");
            assertThat(gateway.get("/health/started").text())
                    .isEqualTo("{\"status\":\"UP\",\"checks\":[{\"name\":\"feed\",\"status\":\"UP\"}]}");
            var ready = gateway.get("/health/ready");
            assertThat(ready.status()).isEqualTo(200);
            assertThat(ready.text())
                    .startsWith("{\"status\":\"UP\",\"checks\":[{\"name\":\"feed\",\"status\":\"UP\",\"data\":{")
                    .contains("\"feedReady\":true", "\"kafkaReachable\":true", "\"stopping\":false");
            assertThat(gateway.get("/health").status()).isEqualTo(200);
            try (var client = gateway.connect()) {
                client.request("HEAD", "/health/ready");
                assertThat(client.head().status()).isBetween(200, 204);
            }
        }
    }
}
