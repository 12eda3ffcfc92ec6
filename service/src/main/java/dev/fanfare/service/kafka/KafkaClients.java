package dev.fanfare.service.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Makes Kafka clients from the operator's `kafka.*` settings: each gets the keys that it knows, and what the apps
/// depend on is set over them.
public class KafkaClients {
    private final Map<String, String> settings;

    /// @param settings the operator's, with `bootstrap.servers`
    public KafkaClients(Map<String, String> settings) {
        this.settings = Map.copyOf(settings);
    }

    /// A consumer of committed records that never jumps by itself: an offset that is gone is an exception.
    ///
    /// @param name client id, for the broker's logs and quotas
    /// @param overrides what this use of it needs
    public Consumer<byte[], byte[]> consumer(String name, Map<String, Object> overrides) {
        var config = known(ConsumerConfig.configNames()::contains);
        config.putAll(overrides);
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, name);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /// An admin client whose calls fail after `timeoutMillis`.
    public Admin admin(String name, int timeoutMillis) {
        var config = known(AdminClientConfig.configNames()::contains);
        config.put(AdminClientConfig.CLIENT_ID_CONFIG, name);
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeoutMillis);
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeoutMillis);
        return Admin.create(config);
    }

    /// A producer that writes each record once, or says that it could not.
    public Producer<byte[], byte[]> producer(String name) {
        var config = known(ProducerConfig.configNames()::contains);
        config.put(ProducerConfig.CLIENT_ID_CONFIG, name);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5000);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Map<String, Object> known(Predicate<String> names) {
        var config = new HashMap<String, Object>();
        settings.forEach((name, value) -> {
            if (names.test(name) || name.startsWith("sasl.") || name.startsWith("ssl.")) {
                config.put(name, value);
            }
        });
        return config;
    }
}
