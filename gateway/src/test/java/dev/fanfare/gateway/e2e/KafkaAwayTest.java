package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What clients see while Kafka is away.
@Timeout(90)
@SuppressWarnings("NullAway.Init") // JUnit calls the set-up methods
class KafkaAwayTest {
    private static final String TOPIC = "t";
    private static final List<String> PATTERNS = List.of("t.**");
    private static final String QUERY = "channel=t.**&heartbeat=3s"; // a WebSocket may not be read for twice that

    private final Published published = new Published();
    private final Checker checker = new Checker(published);
    private Cluster cluster;

    @BeforeEach
    void broker(@TempDir Path dir) {
        cluster = Cluster.start(dir);
        cluster.create(TOPIC, 2);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void aGatewayThatStartsWithoutKafkaIsNotReadyAndSendsClientsAwayAsTheyUnderstand() throws IOException {
        cluster.stop();
        try (var gateway = TestGateway.route(cluster, TOPIC).startUnready()) {
            assertThat(gateway.isReady()).isFalse();
            assertThat(Wire.get(gateway.port(), "/health/live")).startsWith("200");
            try (var sse = SseClient.open(Target.local(gateway.port()), QUERY, null)) {
                assertThat(sse.headers()).containsEntry("content-type", "text/event-stream");
                assertThat(sse.next()).isInstanceOf(Message.Retry.class);
                assertThat(sse.next()).isNull();
            }
            for (var kind : List.of(Stream.Kind.POLL, Stream.Kind.WS)) {
                assertThatThrownBy(() -> {
                            try (var stream = kind.open(gateway.port(), QUERY, null)) {
                                stream.next();
                            }
                        })
                        .isInstanceOfSatisfying(Stream.RefusedException.class, refused -> {
                            assertThat(refused.status).isEqualTo(503);
                            assertThat(refused)
                                    .hasMessageContaining("retry-after")
                                    .hasMessageContaining("not-ready");
                        });
            }
            cluster.startAgain();
            gateway.awaitReady();
            try (var stream = Stream.Kind.WS.open(gateway.port(), QUERY, null);
                    var publisher = new Publisher(cluster, published)) {
                Clients.until(stream, message -> message instanceof Message.Ready);
                Clients.until(stream, publisher.publish(TOPIC, 1, "k"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void clientsStayWhileKafkaIsAwayAndGetEverythingOnceWhenItIsBack(Stream.Kind kind) throws IOException {
        var received = new ArrayList<Message>();
        try (var gateway = TestGateway.route(cluster, TOPIC).start();
                var stream = kind.open(gateway.port(), QUERY, null)) {
            received.addAll(Clients.until(stream, message -> message.cursor() != null));
            try (var publisher = new Publisher(cluster, published)) {
                publisher.publish(5, TOPIC, 0, "k", 0);
            }
            received.addAll(Clients.events(stream, 5));
            cluster.stop();
            for (int beat = 0; beat < 2 || gateway.isReady(); beat++) {
                received.addAll(Clients.until(
                        stream,
                        // a poll has none: its empty answers show that it is served
                        message -> message instanceof Message.Heartbeat || kind == Stream.Kind.POLL));
            }
            cluster.startAgain();
            try (var publisher = new Publisher(cluster, published)) {
                publisher.publish(5, TOPIC, 0, "k", 0);
                publisher.publish(5, TOPIC, 1, "k", 0);
            }
            received.addAll(Clients.events(stream, 10));
            assertThat(checker.faults(PATTERNS, received, true)).isEmpty();
            gateway.awaitReady();
        }
    }
}
