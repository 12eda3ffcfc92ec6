package dev.fanfare.webhook.e2e;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;

/// Single events into a topic, and what a dispatcher publishes to its own. One thread.
final class Feed implements AutoCloseable {
    private final String topic;
    private final KafkaProducer<String, String> producer;
    private final KafkaConsumer<String, String> published;
    private final List<ConsumerRecord<String, String>> records = new ArrayList<>();

    /// Creates the topics that the dispatcher publishes to.
    Feed(Cluster cluster, Setup setup) {
        topic = setup.topic();
        cluster.createTopic(setup.deadLetters());
        cluster.createTopic(setup.news());
        producer = cluster.producer();
        published = cluster.consumer(List.of(setup.deadLetters(), setup.news()));
    }

    /// Returns its offset when Kafka has it.
    long send(String key, String body) {
        return send(key, body, Map.of());
    }

    long send(String key, String body, Map<String, String> headers) {
        var record = new ProducerRecord<>(topic, 0, key, body);
        headers.forEach(
                (name, value) -> record.headers().add(new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8))));
        try {
            return producer.send(record).get().offset();
        } catch (ExecutionException refused) {
            throw new IllegalStateException(refused.getCause());
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }

    /// What was published so far with such a header.
    List<ConsumerRecord<String, String>> published(String header, String value) {
        published.poll(Duration.ofMillis(100)).forEach(records::add);
        return records.stream()
                .filter(record -> value.equals(header(record, header)))
                .toList();
    }

    static String header(ConsumerRecord<String, String> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        published.close();
    }
}
