package dev.fanfare.quickstart.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// One real broker for all test classes of this JVM, started at first need. Tests keep apart by their topics' names.
public final class LocalBroker {
    private static final AtomicInteger TOPICS = new AtomicInteger();

    private final EmbeddedKafka kafka;
    private final Admin admin;
    private final KafkaProducer<byte[], byte[]> producer;

    private static final class Holder {
        static final LocalBroker BROKER = start();
    }

    private LocalBroker(EmbeddedKafka kafka) {
        this.kafka = kafka;
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", 0);
        this.admin = Admin.create(settings);
        this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    public static LocalBroker get() {
        return Holder.BROKER;
    }

    private static LocalBroker start() {
        try {
            var dir = Files.createTempDirectory("fanfare-broker");
            var broker = new LocalBroker(EmbeddedKafka.start(dir));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                broker.producer.close();
                broker.admin.close();
                broker.kafka.close();
                delete(dir);
            }));
            return broker;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void delete(Path dir) {
        try (var files = Files.walk(dir)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException left) {
            System.err.println("not deleted: " + left);
        }
    }

    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /// Creates a topic whose name nobody else has.
    public String newTopic(String name, int partitions) {
        var unique = name + "-" + TOPICS.incrementAndGet();
        create(unique, partitions);
        return unique;
    }

    /// Removes all records of a partition before an offset, as retention does.
    public void truncate(String topic, int partition, long before) {
        await(admin.deleteRecords(Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(before)))
                .all()
                .toCompletionStage()
                .toCompletableFuture());
    }

    /// What a consumer group has committed, by partition.
    public Map<TopicPartition, Long> committed(String group) {
        var offsets = new HashMap<TopicPartition, Long>();
        await(admin.listConsumerGroupOffsets(group)
                        .partitionsToOffsetAndMetadata()
                        .toCompletionStage()
                        .toCompletableFuture())
                .forEach((partition, offset) -> {
                    if (offset != null) {
                        offsets.put(partition, offset.offset());
                    }
                });
        return offsets;
    }

    /// Forgets a consumer group that has no members.
    public void forget(String group) {
        await(admin.deleteConsumerGroups(List.of(group))
                .all()
                .toCompletionStage()
                .toCompletableFuture());
    }

    public void create(String topic, int partitions) {
        await(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .toCompletionStage()
                .toCompletableFuture());
    }

    /// Writes a record and waits until Kafka has it.
    ///
    /// @param headers names and values in turn
    public RecordMetadata send(
            String topic,
            @Nullable Integer partition,
            @Nullable String key,
            byte @Nullable [] value,
            String... headers) {
        var all = new ArrayList<Header>();
        for (int i = 0; i < headers.length; i += 2) {
            all.add(new RecordHeader(headers[i], headers[i + 1].getBytes(StandardCharsets.UTF_8)));
        }
        var bytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
        return await(producer.send(new ProducerRecord<>(topic, partition, bytes, value, all)));
    }

    /// Writes a record with a timestamp of its own, in milliseconds since 1970.
    public RecordMetadata send(String topic, int partition, String key, byte[] value, long timestamp) {
        return await(producer.send(
                new ProducerRecord<>(topic, partition, timestamp, key.getBytes(StandardCharsets.UTF_8), value)));
    }

    private static <T> T await(java.util.concurrent.Future<T> future) {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
