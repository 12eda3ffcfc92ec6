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

/// `state=1`: the newest value of each key of compacted topics, then what is new.
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit calls the set-up methods
class StateTest {
    private static final int PARTITIONS = 3;
    private static final Map<String, String> COMPACTED = Map.of(
            "cleanup.policy", "compact",
            "segment.ms", "500",
            "min.cleanable.dirty.ratio", "0.01");
    private static final List<String> TOPICS = List.of(
            "quiet-ws",
            "quiet-sse",
            "quiet-poll",
            "cut-ws",
            "cut-sse",
            "cut-poll",
            "polled",
            "marked",
            "kept",
            "beside",
            "compactly");
    private static Cluster cluster;
    private static TestGateway shared; // by all of [#TOPICS]

    @BeforeAll
    static void start(@TempDir Path dir) {
        cluster = Cluster.start(dir);
        TOPICS.forEach(name -> cluster.create(name, PARTITIONS, COMPACTED));
        cluster.create("plain", 1);
        var all = new ArrayList<>(TOPICS);
        all.add("plain");
        shared = gateway(all.toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        shared.close();
        cluster.close();
    }

    private static KeyedWriter topic(String name) {
        if (!TOPICS.contains(name)) {
            cluster.create(name, PARTITIONS, COMPACTED);
        }
        return new KeyedWriter(cluster, name, PARTITIONS);
    }

    /// Small logs, so that most is read back from Kafka.
    private static TestGateway gateway(String... topics) {
        return TestGateway.route(cluster, topics).logs(4, 1 << 20, 2).start();
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
            var watching = new ArrayList<CompletableFuture<StateWatcher>>();
            for (int i = 0; i < 6; i++) {
                var filter = i % 2 == 0 ? name + ".**" : "by-key.k1&channel=" + name + ".k2&channel=by-key.still5";
                var watcher = new StateWatcher(
                        kind,
                        gateway,
                        writer,
                        "channel=" + filter + "&channel=" + name + ".end0&channel=" + name + ".end1&channel=" + name
                                + ".end2",
                        random.random(10 + i));
                watching.add(CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                var before = selected(writer, watcher.query(), name);
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
                assertThat(watcher.values()).isEqualTo(selected(writer, watcher.query(), name));
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
        try (var writer = topic(name)) {
            feed(shared, name, writer, () -> fill(writer, new Random(1), 300));
            var received = new ArrayList<Message>();
            var view = writer.new View();
            try (var stream = kind.open(shared.port(), "state=1&channel=" + name + ".**", null)) {
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

    /// At every event of it: each kind of stream at every third.
    @ParameterizedTest
    @EnumSource(Stream.Kind.class)
    void aClientThatIsCutInTheMiddleOfAStateGetsTheRest(Stream.Kind kind) throws IOException {
        var name = "cut-" + kind.name().toLowerCase(Locale.ROOT);
        try (var writer = topic(name)) {
            feed(shared, name, writer, () -> {
                for (int i = 0; i < 30; i++) {
                    writer.write("k" + i % 12);
                }
            });
            var query = "state=1&channel=" + name + ".**";
            var whole = new ArrayList<Message>();
            try (var stream = kind.open(shared.port(), query, null)) {
                whole.addAll(Clients.until(stream, Message.StateEnd.class::isInstance));
            }
            assertThat(Clients.numbers(whole)).hasSize(13);
            var kinds = List.of(Stream.Kind.values());
            for (int cut = 1 + kinds.indexOf(kind); cut < whole.size(); cut += 3) {
                if (!(whole.get(cut - 1) instanceof Message.Event event)) {
                    continue;
                }
                var other = kinds.get(cut / 3 % 3);
                var view = writer.new View();
                whole.subList(0, cut).forEach(view::take);
                var key = "k" + cut % 12;
                writer.delete(key); // what the client may have got already
                writer.write(key);
                try (var stream = other.open(shared.port(), query, event.cursor())) {
                    readAll(stream, writer, view);
                }
            }
        }
    }

    @Test
    void aPollThatHasTheStateWaitsForNews() throws IOException {
        try (var writer = topic("polled")) {
            feed(shared, "polled", writer, () -> writer.write("a"));
            var path = "/v1/events?state=1&channel=polled.*";
            var first = Wire.get(shared.port(), path);
            assertThat(first).contains("\"state\":true,\"channel\":\"polled.a\"", "],\"stateEnd\":true,\"cursor\"");
            var cursor = first.replaceAll("(?s).*\"cursor\":\"([^\"]*)\"}\\s*", "$1");
            assertThat(Wire.get(shared.port(), path + "&wait=200ms&cursor=" + cursor))
                    .contains("{\"events\":[],\"cursor\":");
        }
    }

    @Test
    void eventsOfAStateAreMarked() throws IOException {
        try (var writer = topic("marked")) {
            feed(shared, "marked", writer, () -> writer.write("a"));
            for (var format : List.of("json", "data", "cloudevents")) {
                var query = "&channel=marked.*&format=" + format;
                var answer = Wire.get(shared.port(), "/v1/events?state=1" + query);
                assertThat(answer).contains(format.equals("cloudevents") ? "\"fanfarestate\":true" : "\"state\":true");
                var later = Wire.get(shared.port(), "/v1/events?since=1h" + query);
                assertThat(later).contains("\"n\":1").doesNotContain("state\":true");
            }
        }
    }

    @Test
    void aRunningWebSocketSubscribesWithAStateAndKeepsItsPlace() throws IOException {
        try (var writer = topic("kept");
                var other = topic("beside");
                var socket = (WsClient) Stream.Kind.WS.open(shared.port(), "channel=beside.*", null)) {
            feed(shared, "kept", writer, () -> fill(writer, new Random(2), 200));
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
        try (var socket = (WsClient) Stream.Kind.WS.open(shared.port(), "channel=plain.x", null)) {
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
            long before = gateway.metric("fanfare_state_keys", ""); // of all gateways of the process
            assertThat(Wire.get(gateway.port(), "/v1/events?state=1&channel=large.*"))
                    .startsWith("200");
            assertThat(gateway.metric("fanfare_state_keys", "") - before).isEqualTo(3);
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
        try (var writer = topic("compactly")) {
            feed(shared, "compactly", writer, () -> fill(writer, new Random(3), 100));
            var view = writer.new View();
            try (var stream = Stream.Kind.SSE.open(shared.port(), "state=1&channel=compactly.**", null)) {
                readAll(stream, writer, view);
            }
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
                fill(writer, new Random(4), 30); // rolls segments
                return writer.written() - cluster.records("compactly", PARTITIONS) > 60;
            });
            var again = writer.new View();
            try (var stream = Stream.Kind.SSE.open(shared.port(), "state=1&channel=compactly.**", null)) {
                readAll(stream, writer, again);
            }
        }
    }
}
