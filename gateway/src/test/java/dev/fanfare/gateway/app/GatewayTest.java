package dev.fanfare.gateway.app;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanfare.gateway.config.GatewaySettings.Server;
import dev.fanfare.gateway.config.TlsSettings;
import dev.fanfare.gateway.testing.Encrypted;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GatewayTest {
    @Test
    void doesNotStartWhereItsPortIsTaken() throws IOException {
        var topic = LocalBroker.get().newTopic("taken", 1);
        try (var other = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            var gateways = new Gateways().route(topic, "{key}");
            gateways.server = new Server("127.0.0.1", other.getLocalPort(), 100, 100, 65_536, false, TlsSettings.OFF);
            assertThatThrownBy(gateways::startUnready)
                    .hasMessageContaining("127.0.0.1")
                    .hasMessageContaining("port " + other.getLocalPort())
                    .hasMessageContaining("server.port");
        }
    }

    @Test
    void doesNotStartWithoutItsCertificate() {
        var encrypted = new Encrypted();
        encrypted.certificate = Optional.of("/nowhere/tls.crt");
        encrypted.key = Optional.of("/nowhere/tls.key");
        var gateways = new Gateways().route("any", "{key}");
        gateways.server = encrypted.server();
        gateways.kafka.put("bootstrap.servers", "127.0.0.1:1");
        assertThatThrownBy(gateways::startUnready)
                .hasMessage(
                        "server.tls.certificate-file: the file '/nowhere/tls.crt' cannot be read: NoSuchFileException");
    }
}
