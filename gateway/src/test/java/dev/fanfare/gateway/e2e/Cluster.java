package dev.fanfare.gateway.e2e;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.fanfare.quickstart.broker.EmbeddedKafka;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// One real broker that can go away and come back on the same port, and what tests do to its topics. Not thread-safe
/// but for [#producer].
public final class Cluster implements AutoCloseable {
    private static final Map<String, String> OVERRIDES = Map.of("log.cleaner.backoff.ms", "100");

    private static final String FIRST_SEGMENT = "00000000000000000000";

    private final Path dir;
    private final String host;
    private final int port;
    private final String servers;
    private final Admin admin;
    private @Nullable EmbeddedKafka broker;

    private Cluster(Path dir, String host, int port, String servers, @Nullable EmbeddedKafka broker) {
        this.dir = dir;
        this.broker = broker;
        this.host = host;
        this.port = port;
        this.servers = servers;
        this.admin = Admin.create(clientSettings());
    }

    public static Cluster start(Path dir) {
        return start(dir, "127.0.0.1");
    }

    /// Starts one that clients reach at another address of this machine than loopback.
    public static Cluster start(Path dir, String host) {
        var broker = EmbeddedKafka.start(dir, host, 0, OVERRIDES);
        return new Cluster(dir, host, broker.port(), broker.bootstrapServers(), broker);
    }

    /// A broker of this machine that somebody else starts and stops.
    public static Cluster at(int port) {
        return at("127.0.0.1:" + port);
    }

    /// Brokers that somebody else starts and stops.
    public static Cluster at(String servers) {
        return new Cluster(Path.of(""), "", 0, servers, null);
    }

    public void stop() {
        if (broker != null) {
            broker.close();
            broker = null;
        }
    }

    public void startAgain() {
        broker = EmbeddedKafka.start(dir, host, port, OVERRIDES);
    }

    public String servers() {
        return servers;
    }

    private Map<String, Object> clientSettings() {
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", servers());
        settings.put("reconnect.backoff.max.ms", "200");
        return settings;
    }

    public void create(String topic, int partitions) {
        create(topic, partitions, Map.of());
    }

    /// Also for a name whose former topic is still being deleted.
    void create(String topic, int partitions, Map<String, String> config) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .ignoreExceptionsMatching(Cluster::passes)
                .until(() -> {
                    done(admin.createTopics(List.of(
                                    new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(config)))
                            .all());
                    return true;
                });
        describable(topic, partitions);
    }

    private static boolean passes(Throwable failure) {
        return failure.getCause() instanceof RetriableException || failure.getCause() instanceof TopicExistsException;
    }

    private void describable(String topic, int partitions) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
            var description =
                    done(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic);
            return description != null && description.partitions().size() == partitions;
        });
    }

    void delete(String topic) {
        done(admin.deleteTopics(List.of(topic)).all());
    }

    public void grow(String topic, int partitions) {
        done(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions)))
                .all());
        describable(topic, partitions);
    }

    /// Deletes the records before an offset, as retention would.
    void deleteBefore(String topic, int partition, long offset) {
        done(admin.deleteRecords(Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(offset)))
                .all());
    }

    /// Cuts a partition back, as an unclean election does, while the broker is stopped. Whole batches only.
    void truncate(String topic, int partition, long offset) throws IOException {
        var folder = folder(topic, partition);
        try (var log = FileChannel.open(folder.resolve(FIRST_SEGMENT + ".log"), READ, WRITE)) {
            log.truncate(find(log, offset));
        }
        Files.delete(folder.resolve(FIRST_SEGMENT + ".index"));
        Files.delete(folder.resolve(FIRST_SEGMENT + ".timeindex"));
        Files.deleteIfExists(dir.resolve("data").resolve(".kafka_cleanshutdown")); // so that it looks at what is left
    }

    /// Adds a batch to a partition that no consumer can read, while the broker is stopped: a copy of another whose
    /// checksum is no longer right.
    ///
    /// @param like an offset at which a batch begins
    /// @param end where the partition ends, and the new batch begins
    /// @param records how many it has
    void appendDamaged(String topic, int partition, long like, long end, int records) throws IOException {
        try (var log = FileChannel.open(folder(topic, partition).resolve(FIRST_SEGMENT + ".log"), READ, WRITE)) {
            long at = find(log, like);
            var head = ByteBuffer.allocate(12);
            log.read(head, at);
            var batch = ByteBuffer.allocate(12 + head.getInt(8));
            log.read(batch, at);
            batch.putLong(0, end).putInt(23, records - 1); // base offset and last offset delta
            log.write(batch.flip(), log.size());
        }
    }

    private Path folder(String topic, int partition) {
        return dir.resolve("data").resolve(topic + "-" + partition);
    }

    /// Where the batch that begins with an offset is in its segment.
    private static long find(FileChannel log, long offset) throws IOException {
        var head = ByteBuffer.allocate(12); // base offset and length
        long at = 0;
        while (true) {
            log.read(head.clear(), at);
            if (head.getLong(0) >= offset) {
                return at;
            }
            at += head.capacity() + head.getInt(8);
        }
    }

    /// Bytes of all segments of a topic.
    long bytes(String topic) {
        return done(admin.describeLogDirs(List.of(1)).allDescriptions()).values().stream()
                .flatMap(dirs -> dirs.values().stream())
                .flatMap(found -> found.replicaInfos().entrySet().stream())
                .filter(replica -> replica.getKey().topic().equals(topic))
                .mapToLong(replica -> replica.getValue().size())
                .sum();
    }

    /// How many records are left of a topic.
    int records(String topic, int partitions) {
        try (var consumer = new KafkaConsumer<>(clientSettings(), new StringDeserializer(), new StringDeserializer())) {
            var all = IntStream.range(0, partitions)
                    .mapToObj(p -> new TopicPartition(topic, p))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            int count = 0;
            var ends = consumer.endOffsets(all);
            while (all.stream().anyMatch(place -> consumer.position(place) < ends.getOrDefault(place, 0L))) {
                count += consumer.poll(Duration.ofMillis(100)).count();
            }
            return count;
        }
    }

    /// A producer of its own for whoever asks.
    ///
    /// @param transactionalId null for one without transactions
    KafkaProducer<String, String> producer(@Nullable String transactionalId) {
        var settings = clientSettings();
        settings.put("acks", "all");
        settings.put("linger.ms", 0);
        if (transactionalId != null) {
            settings.put("transactional.id", transactionalId);
        }
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
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
