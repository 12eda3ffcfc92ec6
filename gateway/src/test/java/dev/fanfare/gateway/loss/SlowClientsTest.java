package dev.fanfare.gateway.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.config.GatewaySettings.Log;
import dev.fanfare.gateway.config.GatewaySettings.Replay;
import dev.fanfare.gateway.config.GatewaySettings.Session;
import dev.fanfare.quickstart.broker.EmbeddedKafka;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that read slowly or not at all, beside others that read. The events' data is a number and a filling.
@Timeout(120)
@SuppressWarnings("FutureReturnValueIgnored") // what counts is what arrives
class SlowClientsTest {
    private static final boolean LONG = Boolean.getBoolean("fanfare.long");
    private static final Duration PATIENCE = Duration.ofSeconds(60); // a fraction of it passes when all is well
    private static final String ALL = "/v1/events?channel=big";
    private static final int SMALL_BUFFER = 8192;
    private static final long OTHERS = 16 << 20; // of the heap, for what Kafka's clients and the broker take meanwhile
    private static final Log TINY_LOG = new Log(1 << 20, 5, Duration.ofMinutes(5));

    @TempDir
    static Path dir;

    private static EmbeddedKafka kafka;
    private static KafkaProducer<String, byte[]> producer;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Stream> streams = new CopyOnWriteArrayList<>();
    private final String topic = "slow-" + UUID.randomUUID();
    private int published;

    @BeforeAll
    static void startBroker() {
        kafka = EmbeddedKafka.start(dir);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    @AfterAll
    static void stopBroker() {
        try (var _ = kafka;
                var _ = producer) {
            // closed in reverse; what was not started is null
        }
    }

    @BeforeEach
    void createTopic() throws Exception {
        TestGateway.createTopic(kafka, topic);
    }

    @AfterEach
    void closeStreams() throws Exception {
        for (var stream : streams) {
            stream.close();
        }
        threads.shutdownNow();
    }

    /// Live delivery, and replay from Kafka because the logs hold next to nothing.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void clientsThatNeverReadHurtNobodyAndHoldLittle(boolean tinyLog) throws Exception {
        int eventBytes = 64 << 10;
        int events = 40;
        int stalled = LONG ? 50 : 20;
        var limits = TestGateway.Limits.DEFAULT.writeStall(Duration.ofSeconds(LONG ? 8 : 1));
        var log = tinyLog ? TINY_LOG : Log.DEFAULT;
        try (var gateway = TestGateway.start(kafka, topic, "127.0.0.1", log, Replay.DEFAULT, limits)) {
            var readers = new ArrayList<Future<List<Integer>>>();
            for (int i = 0; i < (LONG ? 200 : 20); i++) {
                var reader = i % 4 == 0 ? webSocket(gateway, ALL, 0) : sse(gateway, ALL, 0);
                toReady(reader);
                readers.add(threads.submit(() -> numbers(reader, events)));
            }
            var sleepers = new HashMap<Stream, String>(); // with the cursors that they begin with
            for (int i = 0; i < stalled; i++) {
                var sleeper = i % 2 == 0 ? webSocket(gateway, ALL, SMALL_BUFFER) : sse(gateway, ALL, SMALL_BUFFER);
                sleepers.put(sleeper, toReady(sleeper));
            }
            long before = heapAfterCollection();

            publish(events, eventBytes);

            for (var reader : readers) {
                assertThat(reader.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(upTo(events));
            }
            // what is kept for everybody, and for each one write with its copy, and an event it may end with
            long each = 2L * (Session.DEFAULT.writeBytes() + eventBytes);
            long shared = 2L * events * eventBytes + (tinyLog ? 2L * events * eventBytes : 0);
            long bound = shared + stalled * each + OTHERS;
            assertThat(bound).isLessThan((long) stalled * events * eventBytes); // which is what a queue for each holds
            assertThat(heapAfterCollection() - before).isLessThan(bound);

            eventually(() -> assertThat(gateway.ended("too-slow"))
                    .as("of %s", gateway.ended())
                    .isEqualTo(stalled));
            for (var sleeper : sleepers.entrySet()) {
                assertThat(resumed(gateway, sleeper.getKey(), sleeper.getValue(), events))
                        .isEqualTo(upTo(events));
            }
        }
    }

    @Test
    void aClientThatReadsSteadilyButSlowlyGetsEverythingByReplay() throws Exception {
        int events = LONG ? 300 : 100;
        try (var gateway =
                TestGateway.start(kafka, topic, "127.0.0.1", TINY_LOG, Replay.DEFAULT, TestGateway.Limits.DEFAULT)) {
            var streams = List.of(
                    open(Stream.sse(gateway.address(), ALL, SMALL_BUFFER, Trickle::new)),
                    open(Stream.webSocket(gateway.address(), ALL, SMALL_BUFFER, Trickle::new)));
            for (var stream : streams) {
                toReady(stream);
            }
            var trickles = streams.stream()
                    .map(stream -> threads.submit(() -> numbers(stream, events)))
                    .toList();

            publish(events, 10_000);

            for (var trickle : trickles) {
                assertThat(trickle.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(upTo(events));
            }
            assertThat(gateway.counter("replayed")).isPositive();
            assertThat(gateway.ended("too-slow")).isZero();
        }
    }

    @Test
    void aClientThatKeepsFallingBehindIsSentAwayAndResumes() throws Exception {
        var limits = TestGateway.Limits.DEFAULT.stall(Duration.ofMillis(LONG ? 1000 : 300));
        try (var gateway = TestGateway.start(kafka, topic, "127.0.0.1", TINY_LOG, Replay.DEFAULT, limits)) {
            var sse = open(Stream.sse(gateway.address(), ALL, SMALL_BUFFER, Trickle::new));
            var webSocket = open(Stream.webSocket(gateway.address(), ALL, SMALL_BUFFER, Trickle::new));
            toReady(sse);
            toReady(webSocket);
            var lastOfSse = threads.submit(() -> untilEnd(sse));
            var lastOfWebSocket = threads.submit(() -> untilEnd(webSocket));

            var enough = new AtomicBoolean();
            var flood = threads.submit(() -> {
                while (!enough.get()) {
                    publish(10, 10_000);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50)); // three times what they read
                }
                return null;
            });
            eventually(() -> assertThat(gateway.ended("too-slow")).isEqualTo(2));
            enough.set(true);
            flood.get();

            var toSse = lastOfSse.get();
            var toWebSocket = lastOfWebSocket.get();
            assertThat(toSse.getLast().kind()).isEqualTo("retry");
            assertThat(toWebSocket.getLast()).isEqualTo(new Stream.Message("close", Optional.empty(), "1013"));
            assertThat(toWebSocket.get(toWebSocket.size() - 2).kind()).isEqualTo("going-away");
            for (var got : List.of(toSse, toWebSocket)) {
                var all = new ArrayList<>(numbers(got));
                var rest = open(
                        Stream.sse(gateway.address(), ALL + "&cursor=" + lastCursor(got), 0, UnaryOperator.identity()));
                all.addAll(numbers(rest, published - all.size()));
                assertThat(all).isEqualTo(upTo(published));
            }
        }
    }

    /// Many slow clients that read from Kafka leave room for those that come after them.
    @Test
    void slowReplaysDoNotKeepOthersFromTheirs() throws Exception {
        int events = LONG ? 200 : 100;
        var two = Replay.DEFAULT;
        var replay = new Replay(
                two.readers(),
                2,
                two.readsPerSecond(),
                two.cacheBytes(),
                Duration.ofSeconds(3),
                two.eventsMax(),
                two.scanBytes(),
                two.scanTime());
        try (var gateway = TestGateway.start(kafka, topic, "127.0.0.1", TINY_LOG, replay, TestGateway.Limits.DEFAULT)) {
            publish(events, 10_000);
            var since = ALL + "&since=1h";
            for (int i = 0; i < 4; i++) {
                var slow = open(Stream.sse(gateway.address(), since, SMALL_BUFFER, Trickle::slow));
                toReady(slow);
                threads.submit(() -> numbers(slow, events));
            }

            var quick = sse(gateway, since, 0);
            var got = threads.submit(() -> numbers(quick, events));

            assertThat(got.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(upTo(events));
            assertThat(gateway.ended("replay-busy")).isZero();
        }
    }

    /// A connection that brings so many bytes at a time and then has a rest.
    private static final class Trickle extends FilterInputStream {
        private final int bytes;
        private final Duration rest;

        Trickle(InputStream in) {
            this(in, 16_384, Duration.ofMillis(25));
        }

        private Trickle(InputStream in, int bytes, Duration rest) {
            super(in);
            this.bytes = bytes;
            this.rest = rest;
        }

        static Trickle slow(InputStream in) {
            return new Trickle(in, 8_192, Duration.ofMillis(100));
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            LockSupport.parkNanos(rest.toNanos() * Math.min(length, bytes) / bytes);
            return super.read(into, from, Math.min(length, bytes));
        }
    }

    private Stream open(Stream stream) {
        streams.add(stream);
        return stream;
    }

    private Stream sse(TestGateway gateway, String target, int buffer) throws IOException {
        return open(Stream.sse(gateway.address(), target, buffer, UnaryOperator.identity()));
    }

    private Stream webSocket(TestGateway gateway, String target, int buffer) throws IOException {
        return open(Stream.webSocket(gateway.address(), target, buffer, UnaryOperator.identity()));
    }

    private void publish(int events, int bytes) throws Exception {
        for (int i = 0; i < events; i++) {
            var number = "%08d".formatted(published++).getBytes(StandardCharsets.US_ASCII);
            var data = ByteBuffer.allocate(bytes).put(number);
            while (data.hasRemaining()) {
                data.put((byte) '.');
            }
            producer.send(new ProducerRecord<>(topic, 0, "big", data.array()));
        }
        producer.flush();
    }

    /// Reads up to `ready`, and returns its cursor.
    private static String toReady(Stream stream) throws IOException {
        while (true) {
            var message = stream.next();
            if (message.kind().equals("ready")) {
                return message.cursor().orElseThrow();
            }
        }
    }

    private static List<Integer> numbers(Stream stream, int count) throws IOException {
        var numbers = new ArrayList<Integer>();
        while (numbers.size() < count) {
            var message = stream.next();
            assertThat(message.kind()).isNotEqualTo("gap");
            if (message.kind().equals("event")) {
                numbers.add(number(message));
            }
        }
        return numbers;
    }

    private static List<Integer> numbers(List<Stream.Message> messages) {
        return messages.stream()
                .filter(message -> message.kind().equals("event"))
                .map(SlowClientsTest::number)
                .toList();
    }

    private static int number(Stream.Message message) {
        int at = message.data().startsWith("{") ? message.data().indexOf("\"data\":\"") + 8 : 0;
        return Integer.parseInt(message.data().substring(at, at + 8));
    }

    private static String lastCursor(List<Stream.Message> messages) {
        return messages.stream().flatMap(message -> message.cursor().stream()).reduce("", (_, later) -> later);
    }

    /// Whatever a stream still brings, up to its end, wherever that is.
    private static List<Stream.Message> untilEnd(Stream stream) throws IOException {
        var messages = new ArrayList<Stream.Message>();
        try {
            while (true) {
                messages.add(stream.next());
            }
        } catch (EOFException | SocketException end) {
            return messages;
        }
    }

    /// All that a client gets before it is cut and after it has resumed with the last cursor it saw.
    ///
    /// @param first with which it began: what was under way to it may be lost with the connection
    private List<Integer> resumed(TestGateway gateway, Stream cut, String first, int events) throws IOException {
        var before = untilEnd(cut);
        var all = new ArrayList<>(numbers(before));
        var last = lastCursor(before);
        var cursor = last.isEmpty() ? first : last;
        try (var rest = sse(gateway, ALL + "&cursor=" + cursor, 0)) {
            all.addAll(numbers(rest, events - all.size()));
        }
        return all;
    }

    private static List<Integer> upTo(int events) {
        return IntStream.range(0, events).boxed().toList();
    }

    private static long heapAfterCollection() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(PATIENCE).untilAsserted(assertion);
    }
}
