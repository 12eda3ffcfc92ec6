package dev.fanfare.webhook.e2e;

import dev.fanfare.quickstart.broker.EmbeddedKafka;
import dev.fanfare.webhook.store.Scratch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// One real broker that can go away and come back on the same port, and that misses a member of a group which has died
/// after six seconds instead of 45.
final class Cluster implements AutoCloseable {
    private static final Map<String, String> OVERRIDES = Map.of(
            "group.consumer.min.session.timeout.ms", "6000",
            "group.consumer.session.timeout.ms", "6000",
            "group.consumer.min.heartbeat.interval.ms", "1000",
            "group.consumer.heartbeat.interval.ms", "1000");
    private static final AtomicInteger TOPICS = new AtomicInteger();
    private static @Nullable Cluster shared;

    private final Path dir;
    private final int port;
    private final Admin admin;
    private @Nullable EmbeddedKafka broker;

    private Cluster(Path dir) {
        var started = EmbeddedKafka.start(dir, 0, OVERRIDES);
        this.dir = dir;
        this.broker = started;
        this.port = started.port();
        this.admin = Admin.create(clientSettings());
    }

    static Cluster start() {
        try {
            var cluster = new Cluster(Files.createTempDirectory("fanfare-cluster"));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                cluster.stop();
                Scratch.remove(cluster.dir);
            }));
            return cluster;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// One for all tests that leave it running; gone with the process.
    static synchronized Cluster shared() {
        var running = shared;
        if (running == null) {
            running = start();
            shared = running;
        }
        return running;
    }

    void stop() {
        if (broker != null) {
            broker.close();
            broker = null;
        }
    }

    void startAgain() {
        broker = EmbeddedKafka.start(dir, port, OVERRIDES);
    }

    String servers() {
        return "127.0.0.1:" + port;
    }

    private Map<String, Object> clientSettings() {
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", servers());
        settings.put("reconnect.backoff.max.ms", "200");
        return settings;
    }

    /// A topic whose name nobody else has.
    String newTopic(String name, int partitions) {
        var unique = name + "-" + TOPICS.incrementAndGet();
        done(admin.createTopics(List.of(new NewTopic(unique, partitions, (short) 1)))
                .all());
        return unique;
    }

    /// A topic of one partition with that very name.
    void createTopic(String name) {
        done(admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all());
    }

    /// What a group has committed is gone, as after a week without it. The group has no member.
    void forget(String group) {
        done(admin.deleteConsumerGroups(List.of(group)).all());
    }

    /// What retention does: records before that offset are gone.
    void deleteRecords(String topic, int partition, long before) {
        var to = Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(before));
        done(admin.deleteRecords(to).all());
    }

    /// Waits for as long as it takes until Kafka has a record.
    KafkaProducer<String, String> producer() {
        var settings = clientSettings();
        settings.put("acks", "all");
        settings.put("linger.ms", 0);
        settings.put("max.block.ms", 120_000);
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    /// Of topics of one partition each, from their beginning.
    KafkaConsumer<String, String> consumer(List<String> topics) {
        var settings = clientSettings();
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "earliest");
        var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
        consumer.assign(
                topics.stream().map(topic -> new TopicPartition(topic, 0)).toList());
        return consumer;
    }

    private static List<TopicPartition> partitions(String topic, int count) {
        return java.util.stream.IntStream.range(0, count)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    /// Whether a group has committed all that there is of a topic.
    boolean isCommitted(String group, String topic, int partitions) {
        var all = partitions(topic, partitions);
        var ends = new HashMap<TopicPartition, OffsetSpec>();
        all.forEach(partition -> ends.put(partition, OffsetSpec.latest()));
        var heads = done(admin.listOffsets(ends).all());
        var committed = done(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        return all.stream().allMatch(partition -> {
            var head = heads.get(partition);
            var offset = committed.get(partition);
            return head != null && head.offset() == (offset == null ? 0 : offset.offset());
        });
    }

    /// Whether so many members have the group's partitions among them.
    boolean isShared(String group, int members, int partitions) {
        var found = done(admin.describeConsumerGroups(List.of(group)).all()).get(group);
        return found != null
                && found.members().size() == members
                && found.members().stream()
                        .allMatch(
                                member -> !member.assignment().topicPartitions().isEmpty())
                && found.members().stream()
                                .mapToInt(member ->
                                        member.assignment().topicPartitions().size())
                                .sum()
                        == partitions;
    }

    private static <T> T done(KafkaFuture<T> future) {
        try {
            return future.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            throw new IllegalStateException(failure.getCause());
        } catch (InterruptedException | TimeoutException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
        stop();
    }
}
