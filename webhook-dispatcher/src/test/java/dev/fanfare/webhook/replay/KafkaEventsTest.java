package dev.fanfare.webhook.replay;

import static dev.fanfare.webhook.replay.Stage.BROKER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fanfare.events.ChannelName;
import dev.fanfare.service.http.ProblemException;
import dev.fanfare.service.kafka.KafkaClients;
import dev.fanfare.webhook.api.ApiCode;
import dev.fanfare.webhook.api.Events.Absent;
import dev.fanfare.webhook.api.Events.Routed;
import dev.fanfare.webhook.api.Events.Unrouted;
import dev.fanfare.webhook.delivery.MessageId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class KafkaEventsTest {
    private final Stage stage = new Stage(2);

    @AfterEach
    void close() {
        stage.close();
    }

    private String absent(String topic, int partition, long offset) {
        return ((Absent) stage.events.find(topic, partition, offset)).detail();
    }

    @Test
    void findsAnEventAsItIsRouted() {
        stage.send(1, "41", "before");
        stage.send(1, "42", "this", "tenant", "acme");
        stage.send(1, "43", "after");
        var message = ((Routed) stage.events.find(stage.topic, 1, 1)).message();
        assertThat(message.channels()).containsExactly(new ChannelName("orders.42"));
        assertThat(message.tenant()).isEqualTo("acme");
        assertThat(message.event().key()).isEqualTo("42");
        assertThat(message.id()).isEqualTo(new MessageId(message.id().topicId(), 1, 1));
        assertThat(stage.message(1, 2).id().topicId()).isEqualTo(message.id().topicId());
    }

    @Test
    void tellsWhyAnEventIsOnNoChannel() {
        BROKER.send(stage.topic, 0, null, "no key".getBytes(UTF_8));
        BROKER.send(stage.topic, 0, "42", "{".getBytes(UTF_8), "content-type", "application/cloudevents+json");
        var unrouted = (Unrouted) stage.events.find(stage.topic, 0, 0);
        assertThat(unrouted.detail()).isEqualTo("No routing rule puts the event on a channel.");
        assertThat(unrouted.id().offset()).isZero();
        assertThat(((Unrouted) stage.events.find(stage.topic, 0, 1)).detail()).startsWith("The record is no event: ");
    }

    @Test
    void tellsThatThereIsNone() {
        stage.send(0, 5);
        BROKER.truncate(stage.topic, 0, 3);
        assertThat(absent("nothing", 0, 0)).isEqualTo("Kafka has no topic 'nothing'.");
        assertThat(absent("not a topic", 0, 0)).isEqualTo("Kafka has no topic 'not a topic'.");
        assertThat(absent(stage.topic, 2, 0)).contains("has no partition 2: it has 2, counted from 0");
        assertThat(absent(stage.topic, 0, 5)).contains("not written or not committed yet: the next one is 5");
        assertThat(absent(stage.topic, 0, 2)).contains("no longer kept: the first one is 3");
        assertThat(stage.message(0, 3).event().offset()).isEqualTo(3);
    }

    @Test
    void saysSoIfKafkaDoesNotAnswer() throws IOException {
        try (var nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var events = new KafkaEvents(
                        new KafkaClients(Map.of("bootstrap.servers", "127.0.0.1:" + nobody.getLocalPort())),
                        stage.taker)) {
            var problem = catchThrowableOfType(ProblemException.class, () -> events.find(stage.topic, 0, 0));
            assertThat(problem.code()).isEqualTo(ApiCode.KAFKA_AWAY);
            assertThat(problem.headers()).containsKey("Retry-After");
        }
    }
}
