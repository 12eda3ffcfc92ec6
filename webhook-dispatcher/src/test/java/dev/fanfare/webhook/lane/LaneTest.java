package dev.fanfare.webhook.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.delivery.Timings;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.Ordering;
import dev.fanfare.webhook.endpoint.PayloadForm;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// What a healthy lane calls, when, and what it parks: queue, turns, rate, pauses, batches.
class LaneTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void callsAtOnceAsManyAsTheEndpointTakesAndTheRestInTheirOrder() {
        var stage = new Stage().concurrency(2);
        var jobs = List.of(stage.live(), stage.live(), stage.live(), stage.live());
        assertThat(stage.calls).hasSize(2);
        assertThat(stage.state().queuedLive()).isEqualTo(2);

        stage.end(Reason.DELIVERED);
        assertThat(stage.calls).hasSize(2);
        stage.drain(Reason.DELIVERED);
        assertThat(stage.delivered).isEqualTo(jobs);
        assertThat(stage.parked).isEmpty();
    }

    @Test
    void parksWhatHasWaitedForASecond() {
        var stage = new Stage().concurrency(1);
        stage.live();
        var first = stage.live();
        stage.pass(Duration.ofMillis(500));
        var second = stage.live();
        stage.pass(Duration.ofMillis(480));
        assertThat(stage.parked).isEmpty();
        stage.pass(Duration.ofMillis(40));
        assertThat(stage.parkedJobs()).containsExactly(first);
        assertThat(stage.whyParked()).containsExactly(ParkReason.LANE_FULL);
        assertThat(stage.parked.getFirst().delay()).isLessThan(SECOND);

        stage.end(Reason.DELIVERED);
        stage.end(Reason.DELIVERED);
        assertThat(stage.delivered).contains(second).doesNotContain(first);
    }

    @Test
    void parksWhatFindsTheQueueFull() {
        var stage = new Stage().concurrency(1);
        stage.live(257);
        assertThat(stage.parked).isEmpty();
        var late = stage.live();
        assertThat(stage.parkedJobs()).containsExactly(late);
        assertThat(stage.whyParked()).containsExactly(ParkReason.LANE_FULL);
        stage.drain(Reason.DELIVERED);
        assertThat(stage.delivered).hasSize(257);
    }

    @Test
    void callsLiveJobsBeforeBacklogButGivesBacklogEveryFifthTurn() {
        var stage = new Stage().concurrency(1);
        stage.live();
        for (int i = 0; i < 3; i++) {
            stage.backlog(1);
        }
        stage.live(10);
        stage.drain(Reason.DELIVERED);
        assertThat(stage.delivered.stream().map(Job::isLive).toList())
                .containsExactly(true, true, true, true, true, false, true, true, true, true, false, true, true, false);
    }

    /// Who offered as much as there was room for cannot know that some of it began at once.
    @Test
    void tellsOfRoomThoughItWasNeverFull() {
        var stage = new Stage().concurrency(8);
        int room = stage.lanes.backlogRoom(Stage.ONE).jobs();
        for (int i = 0; i < room; i++) {
            stage.backlog(1);
        }
        assertThat(stage.lanes.state(Stage.ONE).orElseThrow().queuedBacklog()).isEqualTo(room - 8);
        stage.room.clear();
        stage.drain(Reason.DELIVERED);
        assertThat(stage.room).contains(Stage.ONE);
    }

    @Test
    void takesBacklogUpToItsRoomAndTellsWhenHalfOfItIsFree() {
        var stage = new Stage().concurrency(1);
        stage.live();
        int room = stage.lanes.backlogRoom(Stage.ONE).jobs();
        assertThat(room).isBetween(4, 64);
        for (int i = 0; i < room; i++) {
            stage.backlog(1);
        }
        assertThat(stage.lanes.backlogRoom(Stage.ONE).jobs()).isZero();
        assertThat(stage.givenBack).isEmpty();
        var tooMuch = stage.backlog(1);
        assertThat(stage.givenBack).containsExactly(new Stage.Left(tooMuch, ParkReason.LANE_FULL, Duration.ZERO));

        stage.end(room / 2 - 1, Reason.DELIVERED);
        assertThat(stage.room).isEmpty();
        stage.end(1, Reason.DELIVERED);
        assertThat(stage.room).containsExactly(Stage.ONE);
        stage.drain(Reason.DELIVERED);
        assertThat(stage.room).hasSize(1);
        assertThat(stage.delivered).hasSize(room + 1);
    }

    /// Calls in each of some seconds under more load than is allowed.
    private static List<Integer> callsInSeconds(Stage stage, int seconds) {
        var calls = new ArrayList<Integer>();
        for (int second = 0; second < seconds; second++) {
            int before = stage.delivered.size();
            for (int i = 0; i < 50; i++) {
                stage.live(10);
                stage.drain(Reason.DELIVERED);
                stage.pass(Duration.ofMillis(20));
                stage.drain(Reason.DELIVERED);
            }
            calls.add(stage.delivered.size() - before);
        }
        return calls;
    }

    @Test
    void keepsToTheRateAndParksWhatItDoesNotCover() {
        var stage = new Stage().with(PayloadForm.DATA, 100, 8, Ordering.NONE);
        assertThat(callsInSeconds(stage, 5))
                .allSatisfy(calls -> assertThat(calls).isBetween(90, 110));
        assertThat(stage.whyParked()).isNotEmpty().containsOnly(ParkReason.RATE);
        assertThat(stage.delivered.size() + stage.parked.size() + stage.state().queuedLive())
                .isEqualTo(2500);
    }

    @Test
    void sharesTheRateWithOtherNodesFromTheMomentTheyAreKnown() {
        var stage = new Stage().with(PayloadForm.DATA, 100, 8, Ordering.NONE);
        stage.lanes.setNodes(4);
        assertThat(callsInSeconds(stage, 3))
                .allSatisfy(calls -> assertThat(calls).isBetween(23, 28));
        stage.lanes.setNodes(2);
        assertThat(callsInSeconds(stage, 3))
                .allSatisfy(calls -> assertThat(calls).isBetween(45, 55));
    }

    @Test
    void keepsToWhatTheHandshakeAllowsAMinute() {
        var stage = new Stage().with(PayloadForm.DATA, 100, 8, Ordering.NONE);
        stage.endpoints.compute(Stage.ONE, (_, plain) -> paused(plain, Optional.empty(), OptionalInt.of(120), 1));
        assertThat(callsInSeconds(stage, 10).stream().mapToInt(i -> i).sum()).isBetween(20, 21);
        assertThat(stage.lanes.backlogRoom(Stage.ONE).jobs()).isBetween(1, 4); // no more than is called soon
    }

    private static Endpoint paused(Endpoint plain, Optional<Instant> until, OptionalInt rate, long version) {
        return new Endpoint(
                plain.id(),
                plain.tenant(),
                plain.settings(),
                plain.secrets(),
                version,
                version,
                plain.disabledReason(),
                until,
                plain.failingSince(),
                rate,
                plain.createdAt(),
                plain.updatedAt());
    }

    private static Result later(Duration wait) {
        return new Result(Reason.THROTTLED, 429, "", Timings.NONE, "", Optional.of(wait));
    }

    @Test
    void leavesAnEndpointAloneThatAsksForIt() {
        var stage = new Stage().concurrency(2);
        stage.live(4);
        var waiting = stage.backlog(1);
        stage.end(later(Duration.ofMinutes(2)));
        assertThat(stage.whyParked()).containsExactly(ParkReason.PAUSED, ParkReason.PAUSED);
        assertThat(stage.givenBack).containsExactly(new Stage.Left(waiting, ParkReason.PAUSED, Duration.ZERO));
        stage.end(Reason.DELIVERED); // the other call does not begin the next
        stage.live();
        stage.backlog(1);
        assertThat(stage.calls).isEmpty();
        assertThat(stage.lanes.backlogRoom(Stage.ONE).jobs()).isZero();
        assertThat(stage.parked)
                .hasSize(3)
                .allSatisfy(left -> assertThat(left.delay())
                        .isBetween(Duration.ofMinutes(2), Duration.ofMinutes(2).plus(SECOND)));
        assertThat(stage.state().pausedUntil()).contains(stage.now().plus(Duration.ofMinutes(2)));

        stage.pass(Duration.ofSeconds(119));
        assertThat(stage.room).isEmpty();
        stage.pass(Duration.ofSeconds(2));
        assertThat(stage.room).containsExactly(Stage.ONE);
        stage.live();
        assertThat(stage.calls).hasSize(1);
    }

    @Test
    void leavesAnEndpointAloneWhoseRowSaysSoUntilSomebodyLiftsIt() {
        var stage = new Stage();
        var plain = stage.one();
        var until = Optional.of(stage.now().plus(Duration.ofHours(1)));
        stage.endpoints.put(Stage.ONE, paused(plain, until, OptionalInt.empty(), 5));
        stage.live();
        assertThat(stage.whyParked()).containsExactly(ParkReason.PAUSED);

        stage.lanes.update(paused(plain, Optional.empty(), OptionalInt.empty(), 4)); // came late
        stage.live();
        assertThat(stage.calls).isEmpty();
        stage.lanes.update(paused(plain, Optional.empty(), OptionalInt.empty(), 6));
        stage.live();
        assertThat(stage.calls).hasSize(1);

        stage.end(later(Duration.ofMinutes(2))); // not in the row yet: other news does not lift it
        stage.lanes.update(paused(plain, Optional.empty(), OptionalInt.empty(), 7));
        stage.live();
        assertThat(stage.calls).isEmpty();

        stage.lanes.update(paused(plain, until, OptionalInt.empty(), 8)); // there it is
        stage.lanes.update(paused(plain, Optional.empty(), OptionalInt.empty(), 9));
        stage.live();
        assertThat(stage.calls).hasSize(1);
    }

    @Test
    void callsManyJobsInOneBatch() {
        var stage = new Stage().with(PayloadForm.BATCH, 0, 1, Ordering.NONE);
        stage.live(230);
        stage.drain(Reason.DELIVERED);
        assertThat(stage.batches.stream().map(List::size)).containsExactly(1, 100, 100, 29);
        assertThat(stage.delivered.stream().map(job -> job.message().id().offset()))
                .isSorted()
                .hasSize(230);
    }

    @Test
    void keepsABatchBelowAMebibyte() {
        var stage = new Stage().with(PayloadForm.BATCH, 0, 1, Ordering.NONE);
        for (int i = 0; i < 9; i++) {
            stage.lanes.offerLive(Job.live(TestJobs.message(0, i, null, 300 << 10), Stage.ONE, _ -> {}));
        }
        stage.drain(Reason.DELIVERED);
        assertThat(stage.batches.stream().map(List::size)).containsExactly(1, 3, 3, 2);
    }

    @Test
    void putsJobsBackWhoseDelivererFails() {
        var stage = new Stage();
        var live = stage.live();
        var backlog = stage.backlog(1);
        stage.fail();
        stage.fail();
        assertThat(stage.parked).containsExactly(new Stage.Left(live, ParkReason.RETRY, Duration.ofSeconds(5)));
        assertThat(stage.givenBack).containsExactly(new Stage.Left(backlog, ParkReason.RETRY, Duration.ZERO));
        assertThat(stage.lanes.inFlight()).isZero();
        stage.live();
        stage.end(Reason.DELIVERED);
    }
}
