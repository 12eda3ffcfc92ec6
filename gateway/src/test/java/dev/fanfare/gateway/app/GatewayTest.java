package dev.fanfare.gateway.app;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanfare.gateway.config.GatewaySettings.Server;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GatewayTest {
    @Test
    void doesNotStartWhereItsPortIsTaken() throws IOException {
        var topic = LocalBroker.get().newTopic("taken", 1);
        try (var other = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            var gateways = new Gateways().route(topic, "{key}");
            gateways.server = new Server("127.0.0.1", other.getLocalPort(), 100, 100, 65_536, false);
            assertThatThrownBy(gateways::startUnready)
                    .hasMessageContaining("127.0.0.1")
                    .hasMessageContaining("port " + other.getLocalPort())
                    .hasMessageContaining("server.port");
        }
    }
}
