package dev.fanfare.gateway.limits;

import dev.fanfare.gateway.config.GatewaySettings.PerAddress;
import dev.fanfare.gateway.config.GatewaySettings.PerPrincipal;
import dev.fanfare.gateway.config.GatewaySettings.Server;
import dev.fanfare.gateway.config.TlsSettings;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.Open;
import java.util.List;

/// A gateway's limits, of which a test sets some; the others are off. This machine's clients say by `X-Forwarded-For`
/// where they come from.
final class Bounded {
    int sessions;
    int connectsPerSecond;
    int messagesPerSecond;
    int addressConnections;
    int addressHandshakesPerSecond;
    int addressSessions;
    int addressConnectsPerSecond;
    int addressPublishesPerSecond;
    int addressPublishBytesPerSecond;
    int addressReplays;
    int principalSessions;
    int principalPublishesPerSecond;
    int principalPublishBytesPerSecond;
    int principalReplays;
    int principalTicketsPerSecond;
    List<String> trustedProxies = List.of("127.0.0.1");
    TlsSettings tls = TlsSettings.OFF;

    dev.fanfare.gateway.config.GatewaySettings.Limits settings() {
        return new dev.fanfare.gateway.config.GatewaySettings.Limits(
                sessions,
                connectsPerSecond,
                messagesPerSecond,
                Open.limits().unwrittenBytes(),
                new PerAddress(
                        addressConnections,
                        addressHandshakesPerSecond,
                        addressSessions,
                        addressConnectsPerSecond,
                        addressPublishesPerSecond,
                        addressPublishBytesPerSecond,
                        addressReplays),
                new PerPrincipal(
                        principalSessions,
                        principalPublishesPerSecond,
                        principalPublishBytesPerSecond,
                        principalReplays,
                        principalTicketsPerSecond));
    }

    Gateways gateways(String topic) {
        var gateways = new Gateways().route(topic, topic + ".{key}");
        gateways.server = new Server(
                "127.0.0.1", 0, 15_000, 4096, 65_536, true, trustedProxies, "X-Forwarded-For", List.of(), tls);
        gateways.limits = settings();
        return gateways;
    }
}
