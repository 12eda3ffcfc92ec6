package dev.fanfare.webhook.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.quickstart.broker.LocalBroker;
import dev.fanfare.service.kafka.KafkaClients;
import dev.fanfare.webhook.store.Database;
import dev.fanfare.webhook.store.Outbox;
import dev.fanfare.webhook.store.StoreSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OutboxPublisherTest {
    private static final LocalBroker BROKER = LocalBroker.get();
    private static final Duration SOON = Duration.ofSeconds(30);

    private final Database database =
            Database.open(new StoreSettings("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "", 4));
    private final String topic = BROKER.newTopic("letters", 1);
    private final OutboxPublisher publisher = new OutboxPublisher(
            new Outbox(database),
            Map.of(Outbox.Role.DEAD_LETTER, topic),
            new KafkaClients(Map.of("bootstrap.servers", BROKER.bootstrapServers())));

    @AfterEach
    void close() {
        publisher.close();
        database.close();
    }

    private void add(String role, String key, byte[] body) {
        database.jdbi()
                .useHandle(handle -> handle.execute(
                        "insert into outbox (topic_role, key_text, body, headers, created_at) values (?, ?, ?, '{}', ?)",
                        role,
                        key,
                        body,
                        Instant.now()));
    }

    private int left() {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from outbox")
                        .mapTo(Integer.class)
                        .one());
    }

    private List<String> keys() {
        var keys = new ArrayList<String>();
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            var partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> keys.add(record.key()));
            }
        }
        return keys;
    }

    /// A record that Kafka never takes, and one without a topic, are in nobody's way.
    @Test
    void publishesInOrderWhatCanBePublished() {
        var body = "{}".getBytes(StandardCharsets.UTF_8);
        add("dead-letter", "one", body);
        add("dead-letter", "too large", new byte[1_500_000]);
        add("operational", "without a topic", body);
        add("dead-letter", "two", body);
        publisher.start();
        await().atMost(SOON).until(() -> left() == 0);
        assertThat(keys()).containsExactly("one", "two");
        assertThat(publisher.published()).isEqualTo(2);
    }
}
