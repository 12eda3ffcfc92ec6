package dev.fanfare.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.events.Routing;
import dev.fanfare.service.trace.TracingSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GatewaySettingsTest {
    @Test
    void showsNoKafkaValueThatMayBeASecret() {
        var text = settings(Map.of(
                        "bootstrap.servers", "broker:9092",
                        "sasl.jaas.config", "hunter2",
                        "ssl.key.password", "hunter2",
                        "ssl.keystore.key", "hunter2",
                        "sasl.vault.pin", "hunter2"))
                .toString();

        assertThat(text)
                .doesNotContain("hunter2")
                .contains("bootstrap.servers=broker:9092", "sasl.jaas.config=***")
                .contains("Rule[topics=[orders]", "port=8080", "retryMax=PT8S");
    }

    @Test
    void isNotChangedByWhoMadeIt() {
        var kafka = new HashMap<>(Map.of("bootstrap.servers", "broker:9092"));
        var settings = settings(kafka);

        kafka.put("bootstrap.servers", "elsewhere:9092");

        assertThat(settings.kafka()).containsEntry("bootstrap.servers", "broker:9092");
    }

    private static GatewaySettings settings(Map<String, String> kafka) {
        return new GatewaySettings(
                GatewaySettings.Server.DEFAULT,
                kafka,
                List.of(new Routing.Rule(List.of("orders"), List.of("orders.{key}"))),
                GatewaySettings.DeadLetter.DEFAULT,
                GatewaySettings.Feed.DEFAULT,
                GatewaySettings.Log.DEFAULT,
                GatewaySettings.Replay.DEFAULT,
                GatewaySettings.Session.DEFAULT,
                GatewaySettings.Transports.DEFAULT,
                GatewaySettings.WebSocket.DEFAULT,
                GatewaySettings.Poll.DEFAULT,
                GatewaySettings.Publish.DEFAULT,
                AccessSettings.DEFAULT,
                GatewaySettings.Limits.DEFAULT,
                OverloadSettings.DEFAULT,
                ClusterSettings.DEFAULT,
                ManagementSettings.DEFAULT,
                TracingSettings.DEFAULT,
                GatewaySettings.Shutdown.DEFAULT,
                LoggingSettings.DEFAULT);
    }
}
