package dev.fanfare.webhook.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.quickstart.broker.LocalBroker;
import dev.fanfare.webhook.store.Postgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Replays that are begun over the API, until the receiver has them.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ReplayTest {
    private static final LocalBroker BROKER = LocalBroker.get();
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Draft PLAIN = Draft.retrying(0, Duration.ZERO);

    @TempDir
    private Path dir;

    private String topic;
    private Receiver receiver;

    @BeforeEach
    void start() throws IOException {
        topic = BROKER.newTopic("replay-e2e", 1);
        receiver = Receiver.start();
    }

    @AfterEach
    void stop() {
        receiver.close();
    }

    private Setup setup() {
        return Setup.of(dir, BROKER.bootstrapServers(), topic);
    }

    private void send(String value) {
        BROKER.send(topic, 0, "42", value.getBytes(UTF_8));
    }

    /// A request for all since an hour ago.
    private static String since(String more) {
        return "{'since': '%s', %s}".formatted(Instant.now().minusSeconds(3600), more);
    }

    private List<String> sendMany(int count) {
        var bodies = IntStream.range(0, count).mapToObj(i -> "n" + i).toList();
        bodies.forEach(this::send);
        return bodies;
    }

    private void awaitProbe(String probe) {
        await().atMost(SOON).until(() -> {
            if (!receiver.bodies().contains(probe)) {
                send(probe);
            }
            return receiver.bodies().contains(probe);
        });
    }

    private void awaitSettled(long end) {
        await().atMost(SOON)
                .until(() -> BROKER.committed("group-" + topic).getOrDefault(new TopicPartition(topic, 0), -1L) == end);
    }

    /// How many of the bodies that begin so have come.
    private long count(String prefix) {
        return receiver.bodies().stream()
                .filter(body -> body.startsWith(prefix))
                .count();
    }

    @Test
    void fetchesWhatWasMissedWhileTheEndpointWasDisabled() {
        try (var dispatcher = TestDispatcher.start(setup())) {
            var api = dispatcher.api();
            var endpoint = dispatcher.endpoint(receiver.url("/hook"), PLAIN.settings());
            var path = "/v1/endpoints/" + endpoint.id();
            awaitProbe("probe");
            send("before");
            await().atMost(SOON).until(() -> receiver.bodies().contains("before"));

            enable(api, path, false);
            long first = BROKER.send(topic, 0, "42", "m0".getBytes(UTF_8)).offset();
            send("m1");
            send("m2");
            awaitSettled(first + 3);
            // else they would still be its own when it is enabled
            await().atMost(SOON).until(() -> dispatcher.observed().metric("fanfare_webhook_events_in_flight") == 0);
            enable(api, path, true);
            await().atMost(SOON).until(() -> why(api, path, first).equals("not-recorded"));

            var dryRun = api.awaitDone(api.replay(endpoint.id(), since("'dryRun': true, 'missingOnly': false")));
            assertThat(dryRun.path("matched").asLong()).isEqualTo(first + 3);
            var offsets = "{'topic': '%s', 'offsets': {'0': 0}}".formatted(topic);
            var done = api.awaitDone(api.replay(endpoint.id(), offsets));
            assertThat(done.path("matched").asLong())
                    .isEqualTo(done.path("queued").asLong());
            await().atMost(SOON).until(() -> count("m") == 3);
            send("after");
            await().atMost(SOON).until(() -> receiver.bodies().contains("after"));

            assertThat(receiver.bodies())
                    .filteredOn(body -> !body.equals("probe"))
                    .containsOnlyOnce("before", "m0", "m1", "m2", "after");
            var replayed = receiver.calls().stream()
                    .filter(call -> call.body().startsWith("m"))
                    .toList();
            assertThat(replayed).allMatch(call -> call.isSignedWith(endpoint.secret()));
            await().atMost(SOON).until(() -> why(api, path, first).equals("delivered"));

            // all of it, under the ids of old
            api.awaitDone(api.replay(endpoint.id(), offsets.replace("}}", "}, 'missingOnly': false}")));
            await().atMost(SOON).until(() -> count("m") == 6);
            new Ledger(receiver, "/hook").hasOneIdPerEvent();
        }
    }

    private static void enable(ApiClient api, String path, boolean enabled) {
        var answer = api.call("PATCH", path, "{'enabled': %s}".formatted(enabled));
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    }

    private String why(ApiClient api, String path, long offset) {
        return api.get("%s/why?topic=%s&partition=0&offset=%d".formatted(path, topic, offset))
                .path("verdict")
                .textValue();
    }

    @Test
    void goesOnAfterARestart() {
        var bodies = sendMany(300);
        try (var dispatcher = TestDispatcher.start(setup())) {
            var endpoint = dispatcher.endpoint(receiver.url("/hook"), PLAIN.settings());
            var replay = dispatcher.api().replay(endpoint.id(), since("'missingOnly': false, 'ratePerSecond': 60"));
            await().atMost(SOON).until(() -> count("n") >= 30);
            dispatcher.restart();
            var api = dispatcher.api();
            assertThat(count("n")).isLessThan(300);
            assertThat(api.awaitDone(replay).path("queued").asLong()).isEqualTo(300);
            await().atMost(SOON).until(() -> receiver.bodies().containsAll(bodies));
            assertThat(new Ledger(receiver, "/hook").doubles()).isZero();
        }
    }

    @Test
    void anotherNodeGoesOnWhenOneIsKilled() throws Exception {
        var bodies = sendMany(200);
        var setup = Setup.of(
                dir, BROKER.bootstrapServers(), topic, Postgres.shared().database());
        var endpoint = setup.endpoint(receiver.url("/hook"), PLAIN.settings());
        String replay;
        try (var dies = Child.start(setup, dir).ready()) {
            replay = dies.api().replay(endpoint.id(), since("'ratePerSecond': 40"));
            await().atMost(SOON).until(() -> count("n") >= 20);
            dies.kill();
        }
        assertThat(count("n")).isLessThan(200);
        try (var heir = TestDispatcher.start(setup)) {
            var done = heir.api().awaitDone(replay);
            assertThat(done.path("matched").asLong()).isEqualTo(200);
            assertThat(done.path("queued").asLong()).isEqualTo(200);
            await().atMost(Duration.ofMinutes(2)).until(() -> receiver.bodies().containsAll(bodies));
            new Ledger(receiver, "/hook").hasOneIdPerEvent();
        }
    }

    @Test
    void goesOnWhenKafkaAndThenTheStoreWereAway() throws Exception {
        try (var cluster = Cluster.start();
                var postgres = new Postgres()) {
            var setup = Setup.of(dir, cluster.servers(), cluster.newTopic("replay-away", 1), postgres.database());
            var bodies = IntStream.range(0, 200).mapToObj(i -> "n" + i).toList();
            try (var producer = cluster.producer()) {
                for (var body : bodies) {
                    producer.send(new ProducerRecord<>(setup.topic(), 0, "42", body))
                            .get();
                }
            }
            try (var dispatcher = TestDispatcher.start(setup)) {
                var endpoint = dispatcher.endpoint(
                        receiver.url("/hook"),
                        Draft.retrying(49, Duration.ofMillis(500)).settings());
                var api = dispatcher.api();
                var replay = api.replay(endpoint.id(), since("'missingOnly': false, 'ratePerSecond': 40"));
                await().atMost(SOON).until(() -> count("n") >= 20);
                cluster.stop();
                await().atMost(SOON).until(() -> !dispatcher.observed().isReady());
                cluster.startAgain();
                await().atMost(SOON).until(() -> dispatcher.observed().isReady());
                postgres.stop();
                await().atMost(SOON).until(() -> api.call("GET", replay, "").status() == 503);
                postgres.start();
                var done = api.awaitDone(replay);
                assertThat(done.path("queued").asLong()).isEqualTo(200);
                await().atMost(SOON).until(() -> receiver.bodies().containsAll(bodies));
                new Ledger(receiver, "/hook").hasOneIdPerEvent();
            }
        }
    }

    @Test
    void liveEventsDoNotWaitForIt() {
        sendMany(150);
        receiver.answer(call -> {
            TimeUnit.MILLISECONDS.sleep(call.body().startsWith("n") ? 50 : 0);
            return new Receiver.Reply(204, Map.of());
        });
        try (var dispatcher = TestDispatcher.start(setup())) {
            var endpoint = dispatcher.endpoint(
                    receiver.url("/hook"), PLAIN.concurrency(1).settings());
            awaitProbe("probe");
            var api = dispatcher.api();
            var replay = api.replay(endpoint.id(), since("'missingOnly': true"));
            await().atMost(SOON).until(() -> count("n") > 0);
            for (int i = 0; i < 5; i++) {
                var live = "live" + i;
                send(live);
                await().atMost(SOON).until(() -> receiver.bodies().contains(live));
            }
            assertThat(count("n")).isLessThan(150);
            api.awaitDone(replay);
            await().atMost(SOON).until(() -> count("n") == 150);
        }
    }

    @Test
    void aKeyDoesNotWaitForWhatIsReplayedOfIt() {
        sendMany(20);
        receiver.answer(call -> new Receiver.Reply(call.body().equals("n3") ? 500 : 204, Map.of()));
        try (var dispatcher = TestDispatcher.start(setup())) {
            var draft = Draft.retrying(3, Duration.ofHours(1)).byKey();
            var endpoint = dispatcher.endpoint(receiver.url("/hook"), draft.settings());
            awaitProbe("probe");
            dispatcher.api().replay(endpoint.id(), since("'missingOnly': true"));
            await().atMost(SOON).until(() -> receiver.bodies().contains("n3"));
            send("live0");
            await().atMost(SOON).until(() -> receiver.bodies().contains("live0"));
            assertThat(dispatcher.observed().metric("fanfare_webhook_parked_by_lanes_total"))
                    .isZero();
            dispatcher.restart();
            send("live1");
            await().atMost(SOON).until(() -> receiver.bodies().contains("live1"));
            // in their order, so that the others wait
            assertThat(receiver.bodies())
                    .filteredOn(body -> body.startsWith("n"))
                    .containsExactly("n0", "n1", "n2", "n3");
        }
    }
}
