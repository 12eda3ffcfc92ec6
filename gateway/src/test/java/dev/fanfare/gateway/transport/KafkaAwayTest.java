package dev.fanfare.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.testing.EventSourceParser;
import dev.fanfare.gateway.testing.EventSourceParser.Quiet;
import dev.fanfare.gateway.testing.Gateways;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A gateway that has not found Kafka yet: it lives, and says so to everybody in their own way.
@Timeout(60)
class KafkaAwayTest {
    private static Gateways.Running gateway;

    @BeforeAll
    static void start() throws IOException {
        int closed;
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            closed = socket.getLocalPort();
        }
        var gateways = new Gateways().route("nowhere", "{topic}.{key}");
        gateways.kafka.put("bootstrap.servers", "127.0.0.1:" + closed);
        gateway = gateways.startUnready();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void givesAnEventSourceAStreamThatEndsWithAReconnectionTime() throws IOException {
        try (var client = gateway.connect()) {
            client.get("/v1/events?channel=a", "Accept: text/event-stream", "X-Request-Id: r-1");
            var answer = client.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).isEqualTo("text/event-stream");
            assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
            assertThat(answer.header("X-Request-Id")).isEqualTo("r-1");
            var events = new EventSourceParser(new java.io.ByteArrayInputStream(answer.body()));
            assertThat(events.item()).isEqualTo(new Quiet(""));
            assertThat(events.item()).isNull();
            assertThat(events.retryMillis()).isBetween(100L, 900L);
        }
    }

    @Test
    void tellsAPollWhenToComeBack() throws IOException {
        var answer = gateway.get("/v1/events?channel=a");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        assertThat(answer.text()).contains("\"code\":\"not-ready\"");
    }

    @Test
    void stillRefusesWhatIsWrong() throws IOException {
        assertThat(gateway.get("/v1/events?topic=a", "Accept: text/event-stream")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void livesButIsNotReady() throws IOException {
        assertThat(gateway.get("/health/live").status()).isEqualTo(200);
        assertThat(gateway.get("/health/started").status()).isEqualTo(503);
        var ready = gateway.get("/health/ready");
        assertThat(ready.status()).isEqualTo(503);
        assertThat(ready.text())
                .contains(
                        "\"status\":\"DOWN\"", "\"kafkaReachable\":false", "\"feedReady\":false", "\"stopping\":false");
        assertThat(gateway.metric("fanfare_kafka_reachable", "")).isZero();
        assertThat(gateway.metric("fanfare_feed_ready", "")).isZero();
    }
}
