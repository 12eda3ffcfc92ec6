package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanfare.gateway.config.GatewaySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.AbstractStringAssert;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `state=1`: the newest value of each key of compacted topics, then what is new.
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit calls the set-up methods
class StateTest {
    private static final int PARTITIONS = 3;
    private static final Map<String, String> COMPACTED = Map.of(
            "cleanup.policy", "compact",
            "segment.ms", "500",
            "min.cleanable.dirty.ratio", "0.01");
    private static Cluster cluster;

    @BeforeAll
    static void start(@TempDir Path dir) {
        cluster = Cluster.start(dir);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static KeyedWriter topic(String name) {
        cluster.create(name, PARTITIONS, COMPACTED);
        return new KeyedWriter(cluster, name, PARTITIONS);
    }

    /// Small logs, so that most is read back from Kafka.
    private static TestGateway gateway(String... topics) {
        return TestGateway.route(cluster, topics).logs(4, 1 << 20, 2).start();
    }

    /// A client that comes with `state=1`, is cut off now and then, and comes back with the same URL.
    private static final class Watcher {
        private final Stream.Kind kind;
        private final TestGateway gateway;
        private final KeyedWriter.View view;
        private final String query;
        private final Random random;
        private String cursor;
        private boolean stateEnded;

        Watcher(Stream.Kind kind, TestGateway gateway, KeyedWriter writer, String query, Random random) {
            this.kind = kind;
            this.gateway = gateway;
            this.view = writer.new View();
            this.query = "state=1&heartbeat=200ms&" + query;
            this.random = random;
        }

        /// Until each of the keys has its last value.
        void watch(Map<String, Long> atLeast, Map<String, Long> last) throws IOException {
            while (!view.values().entrySet().containsAll(last.entrySet()) || !stateEnded) {
                int cutAfter = random.nextInt(3) == 0 ? Integer.MAX_VALUE : random.nextInt(60);
                boolean inAnswer = false; // what a long-poll says of a state goes for its whole answer
                try (var stream = kind.open(gateway.port(), query, cursor)) {
                    while ((!view.values().entrySet().containsAll(last.entrySet()) || !stateEnded)
                            && (cutAfter-- > 0 || inAnswer)) {
                        var message = stream.next();
                        if (message == null) {
                            throw new AssertionError("the stream has ended");
                        }
                        take(message, atLeast);
                        inAnswer = kind == Stream.Kind.POLL && !(message instanceof Message.Moved);
                    }
                    stream.cut();
                }
            }
        }

        private void take(Message message, Map<String, Long> atLeast) {
            view.take(message);
            assertThat(message).isNotInstanceOf(Message.Gap.class);
            if (message instanceof Message.StateEnd) {
                stateEnded = true;
                view.isAsNewAs(atLeast);
            }
            var moved = message.cursor();
            cursor = moved == null ? cursor : moved;
        }
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void theViewIsThatOfTheTopicWhileItIsWritten(Stream.Kind kind) throws Exception {
        var name = "moving-" + kind.name().toLowerCase(Locale.ROOT);
        var random = Seeded.print("StateTest " + kind);
        try (var writer = topic(name);
                var gateway = gateway(name);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            fill(writer, random.random(1), 600);
            var done = new AtomicBoolean();
            var writing = CompletableFuture.runAsync(
                    () -> {
                        for (int i = 0; !done.get(); i++) {
                            writeOrDelete(writer, "k" + random.random(i + 100).nextInt(40), random.random(i + 5000));
                        }
                        for (int p = 0; p < PARTITIONS; p++) {
                            writer.write(last(p));
                        }
                    },
                    threads);
            var watching = new ArrayList<CompletableFuture<Watcher>>();
            for (int i = 0; i < 6; i++) {
                var filter = i % 2 == 0 ? name + ".**" : "by-key.k1&channel=" + name + ".k2&channel=by-key.still5";
                var watcher = new Watcher(
                        kind,
                        gateway,
                        writer,
                        "channel=" + filter + "&channel=" + name + ".end0&channel=" + name + ".end1&channel=" + name
                                + ".end2",
                        random.random(10 + i));
                watching.add(CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                var before = selected(writer, watcher.query, name);
                                watcher.watch(before, Map.of());
                                return watcher;
                            } catch (IOException failure) {
                                throw new IllegalStateException(failure);
                            }
                        },
                        threads));
            }
            try {
                for (var watcher : watching) {
                    watcher.get();
                }
            } finally {
                done.set(true); // or the writer would be waited for without end
            }
            writing.get();
            var ends = new TreeMap<String, Long>();
            writer.view().forEach((key, value) -> {
                if (key.startsWith("end")) {
                    ends.put(key, value);
                }
            });
            for (var each : watching) {
                var watcher = each.get();
                watcher.watch(Map.of(), ends);
                assertThat(watcher.view.values()).isEqualTo(selected(writer, watcher.query, name));
            }
        }
    }

    private static String last(int partition) {
        for (int i = 0; ; i++) { // a key of that partition
            var key = "end" + i;
            if (Math.floorMod(key.hashCode(), PARTITIONS) == partition) {
                return key;
            }
        }
    }

    private static Map<String, Long> selected(KeyedWriter writer, String query, String topic) {
        var view = writer.view();
        if (!query.contains(topic + ".**")) {
            view.keySet().retainAll(Set.of("k1", "k2", "still5", "end0", "end1", "end2"));
        }
        return view;
    }

    /// Writes, and waits until the gateway's feed has come to all of it.
    private static void feed(TestGateway gateway, String topic, KeyedWriter writer, Runnable writing)
            throws IOException {
        try (var witness = Stream.Kind.SSE.open(gateway.port(), "channel=" + topic + ".last", null)) {
            Clients.until(witness, Message.Ready.class::isInstance);
            writing.run();
            writer.write("last");
            Clients.events(witness, 1);
        }
    }

    /// Reads on until a state is told and the view is that of the topic.
    private static void readAll(Stream stream, KeyedWriter writer, KeyedWriter.View view) throws IOException {
        var ended = new AtomicBoolean();
        Clients.until(stream, message -> {
            view.take(message);
            ended.compareAndSet(false, message instanceof Message.StateEnd);
            return ended.get() && view.values().equals(writer.view());
        });
    }

    private static void fill(KeyedWriter writer, Random random, int records) {
        for (int i = 0; i < records; i++) {
            writeOrDelete(writer, (i % 2 == 0 ? "k" : "still") + random.nextInt(40), random);
        }
    }

    private static void writeOrDelete(KeyedWriter writer, String key, Random random) {
        if (random.nextInt(5) == 0) {
            writer.delete(key);
        } else {
            writer.write(key);
        }
    }

    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void aQuietTopicsStateIsEachKeysNewestValueOnceAndNothingOfWhatIsDeleted(Stream.Kind kind) throws IOException {
        var name = "quiet-" + kind.name().toLowerCase(Locale.ROOT);
        try (var writer = topic(name);
                var gateway = gateway(name)) {
            feed(gateway, name, writer, () -> fill(writer, new Random(1), 300));
            var received = new ArrayList<Message>();
            var view = writer.new View();
            try (var stream = kind.open(gateway.port(), "state=1&channel=" + name + ".**", null)) {
                received.addAll(Clients.until(stream, Message.StateEnd.class::isInstance));
                received.forEach(view::take);
                assertThat(view.values()).isEqualTo(writer.view());
                assertThat(Clients.numbers(received)).hasSize(writer.view().size());

                writer.write("k1");
                writer.delete("k2");
                Clients.events(stream, 2).forEach(view::take);
                assertThat(view.values()).isEqualTo(writer.view());
            }
        }
    }

    /// At every event of it.
    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void aClientThatIsCutInTheMiddleOfAStateGetsTheRest(Stream.Kind kind) throws IOException {
        var name = "cut-" + kind.name().toLowerCase(Locale.ROOT);
        try (var writer = topic(name);
                var gateway = gateway(name)) {
            feed(gateway, name, writer, () -> {
                for (int i = 0; i < 30; i++) {
                    writer.write("k" + i % 12);
                }
            });
            var query = "state=1&channel=" + name + ".**";
            var whole = new ArrayList<Message>();
            try (var stream = kind.open(gateway.port(), query, null)) {
                whole.addAll(Clients.until(stream, Message.StateEnd.class::isInstance));
            }
            assertThat(Clients.numbers(whole)).hasSize(13);
            for (int cut = 1; cut < whole.size(); cut++) {
                if (!(whole.get(cut - 1) instanceof Message.Event event)) {
                    continue;
                }
                var other = List.of(Stream.Kind.values()).get(cut % 3);
                var view = writer.new View();
                whole.subList(0, cut).forEach(view::take);
                var key = "k" + cut % 12;
                writer.delete(key); // what the client may have got already
                writer.write(key);
                try (var stream = other.open(gateway.port(), query, event.cursor())) {
                    readAll(stream, writer, view);
                }
            }
        }
    }

    @Test
    void aPollThatHasTheStateWaitsForNews() throws IOException {
        try (var writer = topic("polled");
                var gateway = gateway("polled")) {
            feed(gateway, "polled", writer, () -> writer.write("a"));
            var path = "/v1/events?state=1&channel=polled.*";
            var first = Wire.get(gateway.port(), path);
            assertThat(first).contains("\"state\":true,\"channel\":\"polled.a\"", "],\"stateEnd\":true,\"cursor\"");
            var cursor = first.replaceAll("(?s).*\"cursor\":\"([^\"]*)\"}\\s*", "$1");
            assertThat(Wire.get(gateway.port(), path + "&wait=200ms&cursor=" + cursor))
                    .contains("{\"events\":[],\"cursor\":");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "data", "cloudevents"})
    void eventsOfAStateAreMarked(String format) throws IOException {
        var name = "marked-" + format;
        try (var writer = topic(name);
                var gateway = gateway(name)) {
            feed(gateway, name, writer, () -> writer.write("a"));
            var answer = Wire.get(gateway.port(), "/v1/events?state=1&format=" + format + "&channel=" + name + ".*");
            assertThat(answer).contains(format.equals("cloudevents") ? "\"fanfarestate\":true" : "\"state\":true");
            var later = Wire.get(gateway.port(), "/v1/events?since=1h&format=" + format + "&channel=" + name + ".*");
            assertThat(later).contains("\"n\":1").doesNotContain("state\":true");
        }
    }

    @Test
    void aRunningWebSocketSubscribesWithAStateAndKeepsItsPlace() throws IOException {
        try (var writer = topic("kept");
                var other = topic("beside");
                var gateway = gateway("kept", "beside");
                var socket = (WsClient) Stream.Kind.WS.open(gateway.port(), "channel=beside.*", null)) {
            feed(gateway, "kept", writer, () -> fill(writer, new Random(2), 200));
            other.write("x");
            var before = Clients.lastCursor(Clients.events(socket, 1));
            socket.send("{\"type\":\"subscribe\",\"id\":\"s\",\"channels\":[\"kept.**\"],\"state\":true}");
            var told = Clients.until(socket, Message.StateEnd.class::isInstance);
            var view = writer.new View();
            told.forEach(view::take);
            assertThat(view.values()).isEqualTo(writer.view());
            assertThat(((Message.StateEnd) told.getLast()).id()).isEqualTo("s");
            var cursors = new HashSet<String>();
            told.stream()
                    .filter(Message.Event.class::isInstance)
                    .map(Message::cursor)
                    .forEach(cursors::add);
            assertThat(cursors).hasSize(1); // the state does not move the session

            writer.write("k1");
            other.write("x");
            Clients.events(socket, 2).forEach(message -> {
                if (message instanceof Message.Event event && event.channel().startsWith("kept")) {
                    view.take(event);
                }
            });
            assertThat(view.values()).isEqualTo(writer.view());
            assertThat(before).isNotEmpty();
        }
    }

    @Test
    void aRunningWebSocketIsToldWhyItGetsNoState() throws IOException {
        cluster.create("plain", 1);
        try (var gateway = gateway("plain");
                var socket = (WsClient) Stream.Kind.WS.open(gateway.port(), "channel=plain.x", null)) {
            Clients.until(socket, Message.Ready.class::isInstance);
            socket.send("{\"type\":\"subscribe\",\"id\":\"s\",\"channels\":[\"plain.y\"],\"state\":true}");
            assertThat(Clients.until(socket, Message.Other.class::isInstance).getLast())
                    .asString()
                    .contains("error", "no-state");
        }
    }

    @Test
    void refusesWhatIsNoState() throws IOException {
        cluster.create("uncompacted", 1);
        try (var writer = topic("large");
                var gateway = TestGateway.route(cluster, "large", "uncompacted")
                        .replay(r -> new GatewaySettings.Replay(
                                r.readers(),
                                r.sessions(),
                                r.readsPerSecond(),
                                r.cacheBytes(),
                                r.permitWait(),
                                r.eventsMax(),
                                r.scanBytes(),
                                r.scanTime(),
                                3,
                                Duration.ofSeconds(10)))
                        .start()) {
            feed(gateway, "large", writer, () -> List.of("a", "b").forEach(writer::write));
            assertThat(Wire.get(gateway.port(), "/v1/events?state=1&channel=large.*"))
                    .startsWith("200");
            assertThat(gateway.metric("fanfare_state_keys", "")).isEqualTo(3);
            feed(gateway, "large", writer, () -> writer.write("d"));
            assertThatCode(gateway, "large.*", "").isEqualTo("422 state-too-large");
            assertThatCode(gateway, "uncompacted.*", "").isEqualTo("422 no-state");
            assertThatCode(gateway, "large.*", "&last=3").isEqualTo("400 invalid-parameter");
            assertThatCode(gateway, "large.*", "&since=1h").isEqualTo("400 invalid-parameter");
            assertThatThrownBy(() -> Stream.Kind.WS.open(gateway.port(), "state=1", null))
                    .hasMessageContaining("400");
        }
    }

    private static AbstractStringAssert<?> assertThatCode(TestGateway gateway, String channel, String more)
            throws IOException {
        var answer = Wire.get(gateway.port(), "/v1/events?state=1&channel=" + channel + more);
        return assertThat(answer.substring(0, 3) + " " + answer.replaceAll("(?s).*\"code\":\"([^\"]*)\".*", "$1"));
    }

    @Test
    void aStateIsThatOfWhatCompactionHasLeft() throws IOException {
        try (var writer = topic("compactly");
                var gateway = gateway("compactly")) {
            feed(gateway, "compactly", writer, () -> fill(writer, new Random(3), 100));
            var view = writer.new View();
            try (var stream = Stream.Kind.SSE.open(gateway.port(), "state=1&channel=compactly.**", null)) {
                readAll(stream, writer, view);
            }
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
                fill(writer, new Random(4), 30); // rolls segments
                return writer.written() - cluster.records("compactly", PARTITIONS) > 60;
            });
            var again = writer.new View();
            try (var stream = Stream.Kind.SSE.open(gateway.port(), "state=1&channel=compactly.**", null)) {
                readAll(stream, writer, again);
            }
        }
    }
}
