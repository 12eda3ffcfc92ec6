package dev.fanfare.gateway.publish;

import dev.fanfare.quickstart.broker.EmbeddedKafka;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// What really is in Kafka, for tests.
public final class Topics {
    private static final int PARTITIONS = 3;

    private Topics() {}

    public static Map<String, String> kafka(EmbeddedKafka broker) {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    public static void create(EmbeddedKafka broker, String topic, Map<String, String> config) {
        try (var admin = Admin.create(Map.<String, Object>copyOf(kafka(broker)))) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1).configs(config)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | java.util.concurrent.TimeoutException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /// The record that a receipt speaks of.
    public static ConsumerRecord<byte[], byte[]> at(EmbeddedKafka broker, String topic, int partition, long offset) {
        try (var consumer = consumer(broker)) {
            var place = new TopicPartition(topic, partition);
            consumer.assign(List.of(place));
            consumer.seek(place, offset);
            for (var tries = 0; tries < 30; tries++) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    if (record.offset() == offset) {
                        return record;
                    }
                }
            }
        }
        throw new AssertionError("no record at " + topic + "/" + partition + "/" + offset);
    }

    /// How many records the topic has had.
    public static long count(EmbeddedKafka broker, String topic) {
        try (var consumer = consumer(broker)) {
            var partitions = IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
            return consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(EmbeddedKafka broker) {
        return new KafkaConsumer<>(
                Map.<String, Object>copyOf(kafka(broker)), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
