package dev.fanfare.gateway.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.config.GatewaySettings.DeadLetter;
import dev.fanfare.gateway.testing.EventSourceParser;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Records that say they are CloudEvents and are none, between records that are read.
@Timeout(60)
class UndecodableRecordsTest {
    private final LocalBroker broker = LocalBroker.get();
    private final String topic = broker.newTopic("undecodable", 1);
    private final String letters = broker.newTopic("dead-letters", 1);

    private Gateways.Running gateway() {
        var gateways = new Gateways().route(topic, "{topic}.{key}");
        gateways.deadLetter = new DeadLetter(Optional.of(letters));
        return gateways.start();
    }

    private void sendBad(String value) {
        broker.send(topic, 0, "k", value.getBytes(UTF_8), "content-type", "application/cloudevents+json", "mine", "m");
    }

    private List<ConsumerRecord<byte[], byte[]>> letters() {
        var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        Map<String, Object> settings =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = List.of(new TopicPartition(letters, 0));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = consumer.endOffsets(partitions).getOrDefault(partitions.getFirst(), 0L);
            while (found.size() < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
            }
        }
        return found;
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), UTF_8);
    }

    @Test
    void areCountedLoggedOnceAndCopiedWithTheErrorAndStopNothing() throws IOException {
        sendBad("{\"before\":"); // what every node reads at its start is copied by none
        var logged = new CopyOnWriteArrayList<String>();
        var handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                logged.add(java.text.MessageFormat.format(entry.getMessage(), entry.getParameters()));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        var log = Logger.getLogger(DeadLetters.class.getName());
        log.addHandler(handler);
        try (var gateway = gateway();
                var client = gateway.connect()) {
            client.openStream("/v1/events?last=100&channel=" + topic + ".k");
            var events = new EventSourceParser(client.in());
            sendBad("{\"first\":");
            sendBad("{\"second\":");
            sendBad("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\"}");
            broker.send(topic, 0, "k", new byte[] {0, 0, 0, 0, 7, 1, 2}); // Confluent's framing is no fault
            broker.send(topic, 0, "k", "good".getBytes(UTF_8));
            events.message("ready");
            assertThat(events.message().data()).contains("\"data_base64\":\"AAAAAAcBAg==\"");
            assertThat(events.message().data()).isEqualTo("good");

            assertThat(gateway.metric("fanfare_undecodable_total", "reason=\"invalid-json\""))
                    .isEqualTo(3);
            assertThat(gateway.metric("fanfare_undecodable_total", "reason=\"missing-attribute\""))
                    .isEqualTo(1);
            assertThat(gateway.metric("fanfare_confluent_framed_total", "")).isEqualTo(1);
            Awaitility.await().until(() -> gateway.metric("fanfare_dead_letters_total", "") == 3);
        } finally {
            log.removeHandler(handler);
        }

        assertThat(logged).hasSize(2);
        assertThat(logged.getFirst()).contains("cannot decode record " + topic + "/0/0: ", "invalid-json");
        assertThat(logged.getLast()).contains("cannot decode record " + topic + "/0/3: ", "missing-attribute");

        var copies = letters();
        assertThat(copies).hasSize(3);
        var first = copies.getFirst();
        assertThat(first.value()).asString(UTF_8).isEqualTo("{\"first\":");
        assertThat(first.key()).asString(UTF_8).isEqualTo(topic + "-0-1");
        assertThat(header(first, "mine")).isEqualTo("m");
        assertThat(header(first, "fanfare-error")).isEqualTo("invalid-json");
        assertThat(header(first, "fanfare-error-detail")).isNotBlank();
        assertThat(header(first, "fanfare-topic")).isEqualTo(topic);
        assertThat(header(first, "fanfare-partition")).isEqualTo("0");
        assertThat(header(first, "fanfare-offset")).isEqualTo("1");
        assertThat(header(copies.getLast(), "fanfare-error")).isEqualTo("missing-attribute");
    }
}
