package dev.fanfare.gateway.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fanfare.gateway.config.GatewaySettings.Publish;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.quickstart.broker.EmbeddedKafka;
import dev.fanfare.service.http.ProblemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.common.config.ConfigException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class PublisherTest {
    @TempDir
    static Path dir;

    private static EmbeddedKafka broker;

    private final String topic = "events-" + UUID.randomUUID();
    private final Publish settings =
            new Publish(true, topic, 1 << 20, 500, Duration.ofSeconds(5), Duration.ofMinutes(5), 1000);
    private final AtomicLong nanos = new AtomicLong();
    private Publisher publisher;

    @BeforeAll
    static void startKafka() {
        broker = EmbeddedKafka.start(dir);
    }

    @AfterAll
    static void stopKafka() {
        broker.close();
    }

    @BeforeEach
    void open() {
        publisher = new Publisher(settings, KafkaWriter.open(Topics.kafka(broker), settings), nanos::get);
    }

    @AfterEach
    void close() {
        publisher.close();
    }

    @Test
    void writesInOrderAndSaysWhere() {
        Topics.create(broker, topic, Map.of());
        var receipts = publisher.publish(List.of(plain("a"), plain("b")), null);
        assertThat(receipts).hasSize(2);
        assertThat(receipts.get(1).offset()).isEqualTo(receipts.get(0).offset() + 1);
        var second = receipts.get(1);
        assertThat(second.id()).isEqualTo(topic + "/" + second.partition() + "/" + second.offset());
        var record = Topics.at(broker, topic, second.partition(), second.offset());
        assertThat(record.value()).asString(UTF_8).isEqualTo("b");
        assertThat(record.key()).asString(UTF_8).isEqualTo("key");
    }

    @Test
    void answersARepeatOfTheIdempotencyKeyWithTheFirstAnswerUntilItsTimeIsOver() {
        Topics.create(broker, topic, Map.of());
        var first = publisher.publish(List.of(plain("a"), plain("b")), "key-1");
        nanos.addAndGet(Duration.ofMinutes(5).toNanos() - 1);
        assertThat(publisher.publish(List.of(plain("a"), plain("b")), "key-1")).isEqualTo(first);
        assertThat(Topics.count(broker, topic)).isEqualTo(2);
        nanos.addAndGet(1);
        assertThat(publisher.publish(List.of(plain("a"), plain("b")), "key-1")).isNotEqualTo(first);
        assertThat(Topics.count(broker, topic)).isEqualTo(4);
    }

    @Test
    void answersARepeatOfSourceAndIdWithTheFirstAnswerWhateverElseIsInTheBatch() {
        Topics.create(broker, topic, Map.of());
        var first = publisher.publish(List.of(event("1", "a")), null).getFirst();
        var receipts = publisher.publish(List.of(event("2", "b"), event("1", "a"), event("2", "b")), "key-1");
        assertThat(receipts).extracting(Receipt::id).containsExactly("2", "1", "2");
        assertThat(receipts.get(1)).isEqualTo(first);
        assertThat(receipts.get(2)).isEqualTo(receipts.get(0));
        assertThat(Topics.count(broker, topic)).isEqualTo(2);
    }

    @Test
    void writesPlainRecordsWithoutAKeyEachTime() {
        Topics.create(broker, topic, Map.of());
        assertThat(publisher.publish(List.of(plain("a")), null))
                .isNotEqualTo(publisher.publish(List.of(plain("a")), null));
    }

    @Test
    void refusesAnIdempotencyKeyThatWasUsedForAnotherRequest() {
        Topics.create(broker, topic, Map.of());
        publisher.publish(List.of(plain("a")), "key-1");
        assertThat(refused(List.of(plain("b")), "key-1").code()).isEqualTo(ErrorCode.IDEMPOTENCY_KEY_REUSED);
        assertThat(refused(List.of(plain("a"), plain("a")), "key-1").code())
                .isEqualTo(ErrorCode.IDEMPOTENCY_KEY_REUSED);
        assertThat(Topics.count(broker, topic)).isEqualTo(1);
    }

    @Test
    void takesAnotherTraceForTheSameRequest() {
        Topics.create(broker, topic, Map.of());
        var first = publisher.publish(List.of(traced("00-1")), "key-1");
        assertThat(publisher.publish(List.of(traced("00-2")), "key-1")).isEqualTo(first);
    }

    @Test
    void refusesAnIdempotencyKeyThatIsNone() {
        for (var key : List.of("", "x".repeat(256), "a\tb", "é")) {
            var problem = refused(List.of(plain("a")), key);
            assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_PARAMETER);
            assertThat(problem.detail()).contains("Idempotency-Key");
        }
    }

    @Test
    void writesOnceWhateverManySendAtTheSameTime() throws Exception {
        Topics.create(broker, topic, Map.of());
        assertThat(together(32, _ -> publisher.publish(List.of(plain("a")), "key-1")))
                .hasSize(32)
                .containsOnly(publisher.publish(List.of(plain("a")), "key-1"));
        assertThat(Topics.count(broker, topic)).isEqualTo(1);
        // each half of them has the other half's events in the other order
        var answers = together(
                32,
                i -> publisher.publish(
                        i % 2 == 0
                                ? List.of(event("1", "a"), event("2", "b"))
                                : List.of(event("2", "b"), event("1", "a")),
                        null));
        assertThat(answers).hasSize(32);
        assertThat(Topics.count(broker, topic)).isEqualTo(3);
    }

    @Test
    void saysWhichOfABatchWereWrittenAndDoesNotWriteThemAgain() {
        Topics.create(broker, topic, Map.of("max.message.bytes", "20000"));
        var large = "x".repeat(40_000);
        var problem = refused(List.of(event("1", "a"), event("2", large), event("3", "c")), "key-1");
        assertThat(problem.code()).isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(problem.detail()).contains("written: 1, 3 of 3 events");
        assertThat(Topics.count(broker, topic)).isEqualTo(2);
        // the failure is not remembered under the key, and what was written is under the events' ids
        var receipts = publisher.publish(List.of(event("1", "a"), event("2", "small"), event("3", "c")), "key-1");
        assertThat(receipts).hasSize(3);
        assertThat(Topics.count(broker, topic)).isEqualTo(3);
    }

    @Test
    void refusesTooManyEventsBeforeTheFirstIsSent() {
        Topics.create(broker, topic, Map.of());
        var events = IntStream.range(0, 501).mapToObj(i -> plain("" + i)).toList();
        assertThat(refused(events, null).detail()).contains("501", "publish.batch-max", "500");
        assertThat(Topics.count(broker, topic)).isZero();
    }

    @Test
    void answersThatKafkaIsAwayAndRemembersNothingOfIt() {
        // the topic is made later: for the producer that is the same as a cluster without leaders
        for (var event : List.of(plain("a"), event("1", "a"))) {
            var problem = refused(List.of(event), "key-1");
            assertThat(problem.code()).isEqualTo(ErrorCode.KAFKA_AWAY);
            assertThat(problem.headers()).containsKey("Retry-After");
        }
        Topics.create(broker, topic, Map.of());
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            try {
                assertThat(publisher.publish(List.of(event("1", "a")), "key-1")).hasSize(1);
            } catch (ProblemException away) {
                throw new AssertionError(away);
            }
        });
        assertThat(Topics.count(broker, topic)).isEqualTo(1);
    }

    @Test
    void answersInTimeWhileKafkaIsStoppedAndWritesOnceItIsBack() {
        Topics.create(broker, topic, Map.of());
        publisher.publish(List.of(plain("before")), null);
        var port = broker.port();
        broker.close();
        try {
            var begun = System.nanoTime();
            assertThat(refused(List.of(event("1", "a"), event("2", "b")), "key-1")
                            .code())
                    .isEqualTo(ErrorCode.KAFKA_AWAY);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
        } finally {
            broker = EmbeddedKafka.start(dir, port, Map.of());
        }
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            try {
                assertThat(publisher.publish(List.of(event("1", "a"), event("2", "b")), "key-1"))
                        .hasSize(2);
            } catch (ProblemException away) {
                throw new AssertionError(away);
            }
        });
        assertThat(Topics.count(broker, topic)).isEqualTo(3);
    }

    @Test
    void startsAndAnswersWhereNoAddressOfKafkaResolves() {
        try (var lost = Publisher.open(Map.of("bootstrap.servers", "kafka.invalid:9092"), settings)) {
            assertThatThrownBy(() -> lost.publish(List.of(plain("a")), null))
                    .isInstanceOfSatisfying(
                            ProblemException.class,
                            problem -> assertThat(problem.code()).isEqualTo(ErrorCode.KAFKA_AWAY));
        }
    }

    @Test
    void refusesAtStartWhatKafkaDoesNotUnderstand() {
        assertThatThrownBy(() -> Publisher.open(
                        Map.of("bootstrap.servers", broker.bootstrapServers(), "compression.type", "paper"), settings))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("compression.type");
    }

    @Test
    void refusesToLingerLongerThanThereIsTime() {
        assertThatThrownBy(() -> Publisher.open(
                        Map.of("bootstrap.servers", broker.bootstrapServers(), "linger.ms", "2001"), settings))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("linger.ms")
                .hasMessageContaining("publish.timeout");
    }

    @Test
    void answersInTimeAndStillRemembersWhatIsAcknowledgedLater() {
        var writer = new LateWriter();
        var quick = new Publish(true, topic, 1, 2, Duration.ofMillis(100), Duration.ofMinutes(5), 10);
        try (var late = new Publisher(quick, writer, nanos::get)) {
            for (var event : List.of(plain("a"), event("1", "a"))) {
                var key = event.id() == null ? "key-1" : null;
                assertThatThrownBy(() -> late.publish(List.of(event), key))
                        .isInstanceOf(ProblemException.class)
                        .hasMessageContaining("90 ms");
                // a repeat joins the one that is under way
                assertThatThrownBy(() -> late.publish(List.of(event), key)).isInstanceOf(ProblemException.class);
                assertThat(writer.outcomes).hasSize(1);
                var receipt = new Receipt("1", topic, 0, 0);
                writer.outcomes.remove().accept(new Attempt.Written(receipt));
                assertThat(late.publish(List.of(event), key)).containsExactly(receipt);
                assertThat(writer.outcomes).isEmpty();
            }
        }
    }

    /// Acknowledges when the test says so.
    private static final class LateWriter implements EventWriter {
        private final Queue<Consumer<Attempt>> outcomes = new ConcurrentLinkedQueue<>();

        @Override
        public void send(Outgoing event, Consumer<Attempt> outcome) {
            outcomes.add(outcome);
        }

        @Override
        public void close() {}
    }

    @Test
    void keepsItsPromisesWhateverIsPassedThrough() {
        var config = KafkaWriter.config(
                Map.of("acks", "0", "enable.idempotence", "false", "max.block.ms", "60000", "linger.ms", "3"),
                settings);
        assertThat(config)
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", true)
                .containsEntry("max.block.ms", 2000)
                .containsEntry("delivery.timeout.ms", 4000)
                .containsEntry("linger.ms", "3");
    }

    @Test
    void saysThatPublishingIsOff() {
        var off = new Publish(false, topic, 1, 1, Duration.ofSeconds(5), Duration.ofMinutes(5), 1);
        try (var closed = Publisher.open(Map.of(), off)) {
            assertThatThrownBy(() -> closed.publish(List.of(plain("a")), null))
                    .isInstanceOf(ProblemException.class)
                    .hasMessageContaining("publish.enabled");
        }
    }

    @Test
    void saysThatItStops() {
        Topics.create(broker, topic, Map.of());
        publisher.close();
        assertThat(refused(List.of(plain("a")), null).code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
    }

    private interface Request {
        List<Receipt> send(int number);
    }

    /// All that come at once.
    private static List<List<Receipt>> together(int count, Request request) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var start = new CountDownLatch(count);
            var calls = new ArrayList<Callable<List<Receipt>>>();
            for (var i = 0; i < count; i++) {
                var number = i;
                calls.add(() -> {
                    start.countDown();
                    start.await();
                    return request.send(number);
                });
            }
            var answers = new ArrayList<List<Receipt>>();
            for (var answer : threads.invokeAll(calls)) {
                answers.add(answer.get());
            }
            return answers;
        }
    }

    private ProblemException refused(List<Outgoing> events, @Nullable String key) {
        var problem = catchThrowableOfType(ProblemException.class, () -> publisher.publish(events, key));
        assertThat(problem).isNotNull();
        return problem;
    }

    private static Outgoing plain(String value) {
        return new Outgoing("key", value.getBytes(UTF_8), List.of(), null, null);
    }

    private static Outgoing event(String id, String value) {
        return new Outgoing("key", value.getBytes(UTF_8), List.of(new Outgoing.Header("ce_id", id)), id, "/shop");
    }

    private static Outgoing traced(String parent) {
        return new Outgoing("key", new byte[0], List.of(new Outgoing.Header("traceparent", parent)), null, null);
    }
}
