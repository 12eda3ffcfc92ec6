package dev.fanfare.webhook.replay;

import static dev.fanfare.webhook.replay.Stage.BROKER;
import static dev.fanfare.webhook.replay.Stage.SOON;
import static dev.fanfare.webhook.replay.Stage.dry;
import static dev.fanfare.webhook.replay.Stage.missing;
import static dev.fanfare.webhook.replay.Stage.since;
import static dev.fanfare.webhook.replay.Stage.slow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.webhook.api.Replays.Range;
import dev.fanfare.webhook.api.Replays.Request;
import dev.fanfare.webhook.api.Replays.Status;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.store.ReplayStore;
import dev.fanfare.webhook.store.ReplayStore.Claim;
import dev.fanfare.webhook.store.ReplayStore.State;
import dev.fanfare.webhook.store.ReplayStore.Step;
import dev.fanfare.webhook.store.StoredPositions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class KafkaReplaysTest {
    private final Stage stage = new Stage(2);
    private final Instant begin = Instant.now().minusSeconds(60);

    @AfterEach
    void close() {
        stage.close();
    }

    private static List<String> offsets(int partition, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(offset -> partition + "/" + offset)
                .toList();
    }

    @Test
    void parksAllSinceATimeOfAllPartitions() {
        stage.send(0, 700);
        stage.send(1, 3);
        var done = stage.run(since(begin));
        assertThat(done)
                .returns("done", Status::state)
                .returns("", Status::detail)
                .returns(703L, Status::matched)
                .returns(703L, Status::queued);
        assertThat(stage.parked()).hasSize(703).containsAll(offsets(0, 0, 700)).containsAll(offsets(1, 0, 3));
    }

    @Test
    void takesOnlyWhatTheEndpointWants() {
        stage.send(0, "1", "mine");
        stage.send(0, "1", "another's", "tenant", "acme");
        stage.send(0, "a.b", "on another channel");
        BROKER.send(stage.topic, 0, null, new byte[] {1}); // on none
        assertThat(stage.run(since(begin)).matched()).isEqualTo(1);
        assertThat(stage.parked()).containsExactly("0/0");
    }

    @Test
    void beginsAndEndsWhereItIsTold() throws InterruptedException {
        stage.send(0, 5);
        var between = BROKER.send(stage.topic, 0, "42", new byte[] {'x'}).timestamp() + 1;
        await().until(() -> System.currentTimeMillis() > between);
        stage.send(0, 4);
        var until = new Range.Times(begin, Optional.of(Instant.ofEpochMilli(between)));
        assertThat(stage.run(new Request(until, false, true, OptionalInt.empty())))
                .returns(6L, Status::matched);
        assertThat(stage.run(dry(since(Instant.ofEpochMilli(between))))).returns(4L, Status::matched);
        stage.send(1, 9);
        stage.run(stage.from(Map.of(0, 8L)));
        assertThat(stage.parked()).containsExactly("0/8", "0/9");
        assertThat(stage.run(since(Instant.now().plusSeconds(3600)))).returns(0L, Status::matched);
    }

    @Test
    void parksOnlyWhatIsMissing() {
        stage.send(0, 6);
        stage.record(0, 0, new Disposition.Delivered());
        stage.record(
                0, 1, new Disposition.Parked(ParkReason.RETRY, Instant.now().plusSeconds(60), 2));
        stage.record(0, 2, new Disposition.Ended(Reason.EXHAUSTED, true));
        stage.record(0, 3, new Disposition.Ended(Reason.EXPIRED, false));
        assertThat(stage.run(missing(since(begin))))
                .returns("done", Status::state)
                .returns(3L, Status::matched)
                .returns(3L, Status::queued);
        assertThat(stage.parked()).containsExactlyInAnyOrder("0/1", "0/2", "0/4", "0/5");
        assertThat(stage.run(missing(since(begin)))).returns(0L, Status::matched);
    }

    @Test
    void whatIsOnItsWayIsNotMissing() {
        stage.send(0, 4);
        var topicId = stage.message(0, 0).id().topicId();
        var positions = new StoredPositions(stage.database);
        positions.store(topicId, stage.topic, Map.of(0, 1L));
        var replay = stage.start(missing(since(begin)));
        await().atMost(SOON).until(() -> isClaimed(replay));
        for (int i = 0; i < 3; i++) {
            stage.record(0, i, new Disposition.Delivered());
        }
        positions.store(topicId, stage.topic, Map.of(0, 4L));
        assertThat(stage.awaitEnd(replay)).returns(1L, Status::matched);
        assertThat(stage.parked()).containsExactly("0/3");
    }

    private boolean isClaimed(Status replay) {
        return stage.database
                        .jdbi()
                        .withHandle(handle -> handle.createQuery("select owner from replay where id = ?")
                                .bind(0, replay.id())
                                .mapTo(String.class)
                                .one())
                        .length()
                > 0;
    }

    @Test
    void aDryRunCountsAndParksNothing() {
        stage.send(0, 600);
        stage.record(0, 5, new Disposition.Delivered());
        assertThat(stage.run(dry(missing(since(begin)))))
                .returns("done", Status::state)
                .returns(599L, Status::matched)
                .returns(0L, Status::queued);
        assertThat(stage.run(dry(since(begin)))).returns(600L, Status::matched);
        assertThat(stage.parked()).isEmpty();
    }

    @Test
    void keepsToItsRateAndStopsWhenItIsCancelled() {
        stage.send(0, 400);
        var replay = stage.start(slow(since(begin), 5));
        await().atMost(SOON).until(() -> stage.status(replay).queued() >= 3);
        var cancelled = stage.replays.cancel(stage.endpoint, replay.id()).orElseThrow();
        assertThat(cancelled.state()).isEqualTo("cancelled");
        assertThat(cancelled.queued()).isBetween(3L, 399L);
        // its node has noticed by the time another one is through
        stage.run(dry(since(begin)));
        assertThat(stage.parked()).hasSize((int) cancelled.queued());
        assertThat(stage.replays.cancel(stage.endpoint, replay.id()).orElseThrow())
                .isEqualTo(stage.status(replay));
    }

    @Test
    void goesOnWhereItStoodAfterARestart() {
        stage.send(0, 150);
        stage.send(1, 50);
        var replay = stage.start(slow(since(begin), 40));
        await().atMost(SOON).until(() -> stage.status(replay).queued() >= 10);
        stage.restart();
        var before = stage.status(replay);
        assertThat(before).returns("running", Status::state);
        assertThat(before.queued()).isLessThan(200);
        assertThat(stage.awaitEnd(replay))
                .returns("done", Status::state)
                .returns(200L, Status::matched)
                .returns(200L, Status::queued);
        assertThat(stage.parked()).hasSize(200);
    }

    @Test
    void anotherNodeGoesOnWhenOneHasDied() {
        stage.stop();
        stage.send(0, 20);
        var store = new ReplayStore(stage.database);
        var replay = stage.start(since(begin));
        var dead = new Claim(replay.id(), "dead");
        var stored = store.claim(dead).orElseThrow();
        stage.restart();
        await().atMost(SOON).until(() -> stage.run(dry(since(begin))).matched() == 20); // so it has looked
        assertThat(stage.status(replay)).returns("running", Status::state).returns(0L, Status::queued);

        stage.execute(
                "update replay set updated_at = ? where id = ?", Instant.now().minusSeconds(16), replay.id());
        assertThat(stage.awaitEnd(replay)).returns("done", Status::state).returns(20L, Status::queued);
        var late = new Step(State.RUNNING, "late", stored.progress(), 1, List.of(stage.message(0, 0)));
        assertThat(store.advance(dead, stage.endpoint, late)).isEmpty();
        assertThat(stage.status(replay)).returns("done", Status::state).returns("", Status::detail);
    }

    @Test
    void waitsWhileTooMuchIsParked() {
        stage.restart(4);
        stage.send(0, 5);
        stage.send(1, 3);
        stage.run(stage.from(Map.of(0, 0L)));
        var waiting = stage.start(stage.from(Map.of(1, 0L)));
        await().atMost(SOON).until(() -> stage.status(waiting).detail().startsWith("Waits, as 4 deliveries"));
        assertThat(stage.run(dry(since(begin)))).returns(8L, Status::matched);
        assertThat(stage.status(waiting)).returns("running", Status::state).returns(0L, Status::queued);
        stage.execute("delete from parked where partition_n = 0 and offset_n < 3");
        assertThat(stage.awaitEnd(waiting)).returns(3L, Status::queued).returns("", Status::detail);
    }

    @Test
    void tellsWhatKafkaHasNoMore() {
        stage.send(0, 10);
        stage.send(1, 2);
        BROKER.truncate(stage.topic, 0, 6);
        var byOffset = stage.run(missing(stage.from(Map.of(0, 2L, 1, 0L))));
        assertThat(byOffset).returns("done", Status::state).returns(6L, Status::queued);
        assertThat(byOffset.detail()).isEqualTo("No longer in Kafka: offsets 2 to 5 of %s/0.", stage.topic);
        assertThat(stage.run(dry(since(begin))))
                .returns(6L, Status::matched)
                .returns("Offsets before 6 of %s/0 are no longer in Kafka.".formatted(stage.topic), Status::detail);
    }

    @Test
    void tellsWhatGoesAwayWhileItWaits() {
        stage.send(0, 10);
        stage.restart(1);
        stage.send(1, 1);
        stage.run(stage.from(Map.of(1, 0L)));
        var replay = stage.start(since(begin));
        await().atMost(SOON).until(() -> stage.status(replay).detail().startsWith("Waits"));
        BROKER.truncate(stage.topic, 0, 7);
        stage.execute("delete from parked");
        stage.restart(100);
        var done = stage.awaitEnd(replay);
        assertThat(done).returns("done", Status::state);
        assertThat(done.detail()).isEqualTo("No longer in Kafka: offsets 0 to 6 of %s/0.", stage.topic);
        assertThat(stage.parked()).contains("0/7", "0/8", "0/9").hasSize(4);
    }

    @Test
    void tellsThatATopicIsNotTheOneItWas() {
        stage.stop();
        stage.send(0, 3);
        var replay = stage.start(stage.from(Map.of(0, 0L)));
        var old = stage.message(0, 0).id().topicId().toString();
        stage.execute(
                "update replay set progress = replace(progress, ?, ?)",
                old,
                Uuid.randomUuid().toString());
        stage.restart();
        var done = stage.awaitEnd(replay);
        assertThat(done).returns("done", Status::state).returns(0L, Status::queued);
        assertThat(done.detail()).isEqualTo("No longer in Kafka: offsets 0 to 2 of %s/0.", stage.topic);
    }

    @Test
    void failsWhereTheEndpointGetsNothing() {
        stage.send(0, 3);
        stage.stop();
        var replay = stage.start(since(begin));
        stage.execute("update endpoint set disabled_reason = 'gone'");
        stage.restart();
        assertThat(stage.awaitEnd(replay)).returns("failed", Status::state).returns(0L, Status::queued);
        assertThat(stage.status(replay).detail()).contains("disabled (gone)");

        stage.stop();
        var another = stage.start(since(begin));
        stage.execute("update endpoint set deleted = true");
        stage.restart();
        assertThat(stage.awaitEnd(another)).returns("failed", Status::state);
        assertThat(stage.status(another).detail()).contains("deleted");
    }

    @Test
    void leavesOutWhatIsTooLarge() {
        stage.send(0, "42", "x".repeat(256 * 1024 + 1));
        stage.send(0, "42", "small");
        assertThat(stage.run(since(begin)))
                .returns("done", Status::state)
                .returns(1L, Status::queued)
                .returns("1 events are left out, as they are too large.", Status::detail);
        assertThat(stage.parked()).containsExactly("0/1");
    }

    @Test
    void theSameIdBeginsNothingNewAndEachEndpointHasItsOwn() {
        stage.send(0, 2);
        var first = stage.run(since(begin));
        assertThat(stage.replays.start(first.id(), stage.endpoint, dry(since(begin))))
                .isEqualTo(first);
        var second = stage.run(dry(since(begin)));
        assertThat(stage.replays.list(stage.endpoint, 10))
                .extracting(Status::id)
                .containsExactly(second.id(), first.id());
        var another = stage.newEndpoint("default");
        assertThat(another.id()).isNotEqualTo(new EndpointId(stage.endpoint.id().value()));
        assertThat(stage.replays.find(another, first.id())).isEmpty();
        assertThat(stage.replays.list(another, 10)).isEmpty();
    }
}
