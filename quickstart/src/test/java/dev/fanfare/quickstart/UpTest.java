package dev.fanfare.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.quickstart.broker.EmbeddedKafka;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class UpTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> CHILDREN = List.of("broker", "demo", "gateway", "receiver", "dispatcher");

    @TempDir
    Path dir;

    private final Apps apps = Apps.packaged();
    private Path state;
    private int port;
    private int kafkaPort;
    private int webhooksPort;
    private int receiverPort;

    @BeforeEach
    void setUp() throws Exception {
        KafkaLog.limit(Level.SEVERE);
        state = dir.resolve("state");
        choosePorts();
    }

    private void choosePorts() throws Exception {
        port = RunningUp.freePort();
        kafkaPort = RunningUp.freePort();
        webhooksPort = RunningUp.freePort();
        receiverPort = RunningUp.freePort();
    }

    private RunningUp up(String... more) throws Exception {
        var options = new ArrayList<>(List.of("--port=" + port, "--kafka-port=" + kafkaPort));
        options.addAll(List.of(more));
        if (!options.contains("--no-webhooks")) {
            options.addAll(List.of("--webhooks-port=" + webhooksPort, "--receiver-port=" + receiverPort));
        }
        return RunningUp.start(state, apps, options.toArray(String[]::new));
    }

    @Test
    void aKilledChildComesBackAloneAndCtrlCLeavesNoProcess() throws Exception {
        try (var up = up().awaitReady()) {
            for (var killed : CHILDREN) {
                var before = CHILDREN.stream().collect(Collectors.toMap(child -> child, up::pid));
                long written = written("prices");
                RunningUp.kill9(up.pid(killed));
                var seen = verified();
                await().atMost(PATIENCE).until(() -> up.pid(killed) != before.getOrDefault(killed, 0L));
                await().atMost(PATIENCE)
                        .until(() -> new Ready("gateway", port).isReady()
                                && written("prices") > written
                                && !seen.containsAll(verified()));
                for (var other : CHILDREN) {
                    assertThat(up.pid(other) == before.getOrDefault(other, 0L))
                            .as(other)
                            .isEqualTo(!other.equals(killed));
                    assertThat(RunningUp.isAlive(up.pid(other))).as(other).isTrue();
                }
                assertThat(up.lines())
                        .anyMatch(line -> line.startsWith("%s (pid %d) ended with 137; starting it again"
                                .formatted(killed, before.getOrDefault(killed, 0L))));
            }

            for (var child : CHILDREN) {
                assertThat(RunningUp.ignoresCtrlC(up.pid(child))).as(child).isTrue();
            }
            up.ctrlC();

            assertThat(up.awaitEnd()).isEqualTo(130);
            assertThat(up.lines().stream().filter(line -> line.startsWith("stopping")))
                    .containsExactlyElementsOf(CHILDREN.reversed().stream()
                            .map(child -> "stopping the " + child)
                            .toList());
            assertThat(up.said("killing it")).isFalse();
            assertThat(CHILDREN).allSatisfy(child -> assertThat(up.pids(child)).noneMatch(RunningUp::isAlive));
        }
    }

    @Test
    void noChildOutlivesAKilledSupervisor() throws Exception {
        try (var up = up().awaitReady()) {
            RunningUp.kill9(up.pid());
            up.awaitEnd();
            await().atMost(PATIENCE)
                    .until(() -> CHILDREN.stream().noneMatch(child -> RunningUp.isAlive(up.pid(child))));
        }
    }

    @Test
    void itsStateSurvivesARestart() throws Exception {
        String topicId;
        try (var up = up("--no-demo", "--no-webhooks").awaitReady()) {
            assertThat(List.of("demo", "receiver", "dispatcher"))
                    .allSatisfy(child -> assertThat(up.pids(child)).isEmpty());
            assertThat(up.said("ebhook")).isFalse();
            topicId = topicId("events");
            publish("events", "greeting", "still here");
        }
        try (var up = up().awaitReady()) {
            assertThat(up.said(state.toString())).isTrue();
            assertThat(topicId("events")).isEqualTo(topicId);
            assertThat(everything("events")).containsExactly("still here");
            await().atMost(PATIENCE).until(() -> !everything("notices").isEmpty());
            assertThat(state.resolve("logs/gateway.log")).exists();
            assertThat(state.resolve("logs/gateway.log.1")).exists();
        }
    }

    @Test
    void refusesATakenPortBeforeAnythingStarts() throws Exception {
        var flags = Map.of(
                port,
                "--port",
                kafkaPort,
                "--kafka-port",
                webhooksPort,
                "--webhooks-port",
                receiverPort,
                "--receiver-port");
        for (var taken : flags.entrySet()) {
            try (var other = new ServerSocket(taken.getKey(), 1, InetAddress.ofLiteral("127.0.0.1"));
                    var up = up()) {
                assertThat(up.awaitEnd()).isEqualTo(1);
                assertThat(up.lines())
                        .singleElement()
                        .asString()
                        .startsWith("fanfare: port %d is taken".formatted(other.getLocalPort()))
                        .endsWith("with %s N".formatted(taken.getValue()));
                assertThat(state.resolve("kafka")).doesNotExist();
            }
        }
    }

    @Test
    void refusesAStateThatIsInUse() throws Exception {
        try (var first = up("--no-demo", "--no-webhooks").awaitReady()) {
            choosePorts();
            try (var second = up()) {
                assertThat(second.awaitEnd()).isEqualTo(1);
                assertThat(second.said("another `fanfare up` runs with the state in " + state))
                        .isTrue();
            }
            assertThat(RunningUp.isAlive(first.pid("broker"))).isTrue();
        }
    }

    @Test
    void usesAnExistingCluster() throws Exception {
        try (var kafka = EmbeddedKafka.start(dir.resolve("kafka"), kafkaPort, Map.of());
                var up = RunningUp.start(
                                state,
                                apps,
                                "--port=" + port,
                                "--kafka=" + kafka.bootstrapServers(),
                                "--webhooks-port=" + webhooksPort,
                                "--receiver-port=" + receiverPort)
                        .awaitReady()) {
            assertThat(up.pids("broker")).isEmpty();
            await().atMost(PATIENCE).until(() -> !verified().isEmpty());
            up.terminate();
            assertThat(up.awaitEnd()).isEqualTo(143);
            assertThat(List.of("gateway", "dispatcher"))
                    .allSatisfy(child ->
                            assertThat(RunningUp.isAlive(up.pid(child))).isFalse());
        }
    }

    @Test
    void theCommandsThatItPrintsWork() throws Exception {
        try (var up = up().awaitReady()) {
            var commands = up.lines().stream()
                    .map(String::strip)
                    .filter(line -> line.startsWith("curl"))
                    .toList();
            assertThat(commands).hasSize(5);
            // the stream never ends by itself
            assertThat(shell(commands.get(0) + " --max-time 5"))
                    .contains("data: {")
                    .contains("\"status\"");
            assertThat(shell(commands.get(1))).contains("\"events\"").contains("\"symbol\"");
            assertThat(shell(commands.get(2) + " -w ' %{http_code}'")).endsWith(" 202");
            assertThat(everything("events")).containsExactly("Hello");
            assertThat(shell(commands.get(3))).contains("\"url\":\"http://127.0.0.1:" + receiverPort);
            assertThat(shell(commands.get(4) + " -w ' %{http_code}'"))
                    .contains("\"secret\":\"whsec_")
                    .endsWith(" 201");
            var foreign = "curl -o /dev/null -w '%header{access-control-allow-origin}' -H 'Origin: "
                    + "http://localhost:5173' 'http://127.0.0.1:" + port + "/v1/events?channel=orders.*&wait=0'";
            assertThat(shell(foreign)).isEqualTo("http://localhost:5173"); // the page of a development server
        }
    }

    private static String shell(String command) throws Exception {
        var process = new ProcessBuilder("/bin/sh", "-c", command + " -sS").start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private Map<String, Object> clients() {
        return Map.of("bootstrap.servers", "127.0.0.1:" + kafkaPort, "reconnect.backoff.max.ms", 200);
    }

    private String topicId(String topic) throws Exception {
        try (var admin = Admin.create(clients())) {
            return admin.describeTopics(List.of(topic)).allTopicNames().get().toString();
        }
    }

    private void publish(String topic, String key, String value) throws Exception {
        try (var producer = new KafkaProducer<>(clients(), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, key, value)).get();
        }
    }

    /// Ids of what the receiver shows as verified.
    private Set<String> verified() {
        return ReceiverPage.webhooks(receiverPort).stream()
                .filter(webhook -> webhook.path("verified").asBoolean())
                .map(webhook -> webhook.path("id").asText())
                .collect(Collectors.toSet());
    }

    private long written(String topic) throws Exception {
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

    private List<String> everything(String topic) {
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

    private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }
}
