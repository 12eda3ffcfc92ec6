package dev.fanfare.quickstart;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `fanfare up` with ports and a state of its own, and what a user of it sees.
@Timeout(240)
abstract class UpCase {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final List<String> CHILDREN = List.of("broker", "demo", "gateway", "receiver", "dispatcher");

    @TempDir
    Path dir;

    final Apps apps = Apps.packaged();
    Path state;
    int port;
    int kafkaPort;
    int webhooksPort;
    int receiverPort;

    @BeforeEach
    void setUp() throws Exception {
        KafkaLog.limit(Level.SEVERE);
        state = dir.resolve("state");
        choosePorts();
    }

    void choosePorts() throws Exception {
        port = RunningUp.freePort();
        kafkaPort = RunningUp.freePort();
        webhooksPort = RunningUp.freePort();
        receiverPort = RunningUp.freePort();
    }

    RunningUp up(String... more) throws Exception {
        var options = new ArrayList<>(List.of("--port=" + port, "--kafka-port=" + kafkaPort));
        options.addAll(List.of(more));
        if (!options.contains("--no-webhooks")) {
            options.addAll(List.of("--webhooks-port=" + webhooksPort, "--receiver-port=" + receiverPort));
        }
        return RunningUp.start(state, apps, options.toArray(String[]::new));
    }

    Map<String, Object> clients() {
        return Map.of("bootstrap.servers", "127.0.0.1:" + kafkaPort, "reconnect.backoff.max.ms", 200);
    }

    String topicId(String topic) throws Exception {
        try (var admin = Admin.create(clients())) {
            return admin.describeTopics(List.of(topic)).allTopicNames().get().toString();
        }
    }

    void publish(String topic, String key, String value) throws Exception {
        try (var producer = new KafkaProducer<>(clients(), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, key, value)).get();
        }
    }

    /// Ids of what the receiver shows as verified.
    Set<String> verified() {
        return ReceiverPage.webhooks(receiverPort).stream()
                .filter(webhook -> webhook.path("verified").asBoolean())
                .map(webhook -> webhook.path("id").asText())
                .collect(Collectors.toSet());
    }

    long written(String topic) throws Exception {
        try (var admin = Admin.create(clients())) {
            var topics =
                    admin.describeTopics(List.of(topic)).allTopicNames().get().values();
            var latest = new HashMap<TopicPartition, OffsetSpec>();
            topics.forEach(found -> found.partitions()
                    .forEach(info -> latest.put(new TopicPartition(topic, info.partition()), OffsetSpec.latest())));
            return admin.listOffsets(latest).all().get().values().stream()
                    .mapToLong(info -> info.offset())
                    .sum();
        }
    }

    List<String> everything(String topic) {
        try (var consumer = new KafkaConsumer<>(clients(), new StringDeserializer(), new StringDeserializer())) {
            var partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var values = new ArrayList<String>();
            var end = consumer.endOffsets(partitions);
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < end.getOrDefault(partition, 0L))) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
            return values;
        }
    }

    static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }
}
