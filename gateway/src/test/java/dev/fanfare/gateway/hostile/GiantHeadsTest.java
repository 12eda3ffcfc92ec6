package dev.fanfare.gateway.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Requests whose heads have no end: each is cut after little more than a head may have, however many come at once.
@Timeout(60)
class GiantHeadsTest {
    private static final int CLIENTS = 20;
    private static final int ENOUGH = 64 << 20; // far more than any buffer between here and there

    private static String topic;
    private static Gateways.Running gateway;

    enum Endless {
        URL("GET /v1/events?channel=", "a".repeat(8192)),
        PARAMETERS("GET /v1/events?channel=a", "&channel=a".repeat(800)),
        METHOD("", "G".repeat(8192)),
        HEADER("GET /v1/events?channel=a HTTP/1.1\r\nHost: x\r\nX-A: ", "a".repeat(8192)),
        HEADER_NAME("GET /v1/events?channel=a HTTP/1.1\r\nHost: x\r\n", "a".repeat(8192)),
        HEADERS("GET /v1/events?channel=a HTTP/1.1\r\nHost: x\r\n", "X-A: b\r\n".repeat(1000)),
        EMPTY_LINES("", "\r\n".repeat(4096)),
        CHUNK_SIZE("POST /v1/negotiate HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "0".repeat(8192)),
        TRAILERS(
                "POST /v1/negotiate HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n",
                "X-A: b\r\n".repeat(1000));

        private final String begin;
        private final String more;

        Endless(String begin, String more) {
            this.begin = begin;
            this.more = more;
        }
    }

    @BeforeAll
    static void start() {
        topic = LocalBroker.get().newTopic("heads", 1);
        gateway = new Gateways()
                .route(topic, "{topic}.{key}")
                .heartbeats(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(60))
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @EnumSource(Endless.class)
    void endsWhatHasNoEnd(Endless kind) throws IOException {
        try (var siege = Siege.of(gateway, topic)) {
            var clients = new ArrayList<RawClient>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(gateway.connect().send(kind.begin));
            }
            for (var client : clients) {
                assertThat(taken(client, kind.more)).as("bytes taken").isLessThan(ENOUGH);
            }
            siege.harmsNobody();
            for (var client : clients) {
                client.close();
            }
        }
    }

    /// How much the server has taken before it closed.
    private static int taken(RawClient client, String more) {
        int sent = 0;
        try {
            while (sent < ENOUGH) {
                client.send(more);
                sent += more.length();
            }
        } catch (IOException cut) {
            // as it should be
        }
        return sent;
    }
}
