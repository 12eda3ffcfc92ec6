package dev.fanfare.quickstart.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedKafkaTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    @TempDir
    Path dir;

    @Test
    void keepsItsClusterItsPortAndItsRecordsAcrossARestart() throws Exception {
        int port;
        String cluster;
        try (var kafka = EmbeddedKafka.start(dir)) {
            port = kafka.port();
            assertThat(port).isPositive();
            cluster = clusterId(kafka);
            createOrders(kafka);
            produce(kafka, Map.of(), "before");
        }
        try (var kafka = EmbeddedKafka.start(dir, port, Map.of())) {
            assertThat(kafka.port()).isEqualTo(port);
            assertThat(clusterId(kafka)).isEqualTo(cluster);
            produce(kafka, Map.of(), "after");
            assertThat(consume(kafka, 2)).containsExactly("before", "after");
        }
    }

    @Test
    void servesTransactionsAndConsumerGroups() throws Exception {
        try (var kafka = EmbeddedKafka.start(dir)) {
            createOrders(kafka);
            try (var producer = producer(kafka, Map.of("transactional.id", "till"))) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>("orders", "aborted")).get();
                producer.abortTransaction();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>("orders", "committed")).get();
                producer.commitTransaction();
            }
            var settings = clients(kafka, Map.of("group.id", "readers", "auto.offset.reset", "earliest"));
            try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
                consumer.subscribe(List.of("orders"));
                assertThat(poll(consumer, 1)).containsExactly("committed");
                consumer.commitSync();
                assertThat(consumer.committed(Set.of(ORDERS)))
                        .hasEntrySatisfying(
                                ORDERS,
                                committed -> assertThat(committed)
                                        .extracting(OffsetAndMetadata::offset)
                                        .isIn(3L, 4L));
            }
        }
    }

    @Test
    void twoRunSideBySideOnPortsOfTheirOwn() throws Exception {
        try (var one = EmbeddedKafka.start(dir.resolve("one"));
                var two = EmbeddedKafka.start(dir.resolve("two"))) {
            assertThat(one.port()).isNotEqualTo(two.port());
            assertThat(clusterId(one)).isNotEqualTo(clusterId(two));
        }
    }

    @Test
    void saysWhichPortIsTaken() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            assertThatThrownBy(() -> EmbeddedKafka.start(dir, taken.getLocalPort(), Map.of()))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void takesOverridesAndCreatesNoTopicByUse() throws Exception {
        try (var kafka = EmbeddedKafka.start(dir, 0, Map.of("auto.create.topics.enable", "true"));
                var admin = Admin.create(clients(kafka, Map.of()))) {
            produce(kafka, Map.of(), "made by use");
            assertThat(admin.listTopics().names().get()).contains("orders");
        }
        try (var kafka = EmbeddedKafka.start(dir.resolve("strict"))) {
            assertThatThrownBy(() -> produce(kafka, Map.of("max.block.ms", 500), "lost"))
                    .hasMessageContaining("orders not present");
        }
    }

    private static void createOrders(EmbeddedKafka kafka) throws Exception {
        try (var admin = Admin.create(clients(kafka, Map.of()))) {
            admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static String clusterId(EmbeddedKafka kafka) throws Exception {
        try (var admin = Admin.create(clients(kafka, Map.of()))) {
            return admin.describeCluster().clusterId().get();
        }
    }

    private static void produce(EmbeddedKafka kafka, Map<String, Object> settings, String value) throws Exception {
        try (var producer = producer(kafka, settings)) {
            producer.send(new ProducerRecord<>("orders", value)).get();
        }
    }

    private static KafkaProducer<String, String> producer(EmbeddedKafka kafka, Map<String, Object> settings) {
        return new KafkaProducer<>(clients(kafka, settings), new StringSerializer(), new StringSerializer());
    }

    private static List<String> consume(EmbeddedKafka kafka, int count) {
        var settings = clients(kafka, Map.of());
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(ORDERS));
            consumer.seekToBeginning(List.of(ORDERS));
            return poll(consumer, count);
        }
    }

    private static List<String> poll(KafkaConsumer<String, String> consumer, int count) {
        var values = new ArrayList<String>();
        while (values.size() < count) {
            consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(record.value()));
        }
        return values;
    }

    private static Map<String, Object> clients(EmbeddedKafka kafka, Map<String, Object> more) {
        var all = new HashMap<String, Object>(more);
        all.put("bootstrap.servers", kafka.bootstrapServers());
        all.put("isolation.level", "read_committed");
        return all;
    }
}
