package dev.fanfare.webhook.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How a lane spares an endpoint that is not well: adaptive limit, breaker and probes, ramp, retry budget.
class LaneHealthTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    /// Calls at a time after so many more successes.
    private static int limitAfter(Stage stage, int successes) {
        for (int i = 0; i < successes; i++) {
            stage.live();
            stage.end(Reason.DELIVERED);
        }
        return stage.state().limit();
    }

    @Test
    void asksForLessOfAnEndpointThatGetsTooMuchAndForMoreStepByStep() {
        var stage = new Stage().concurrency(16);
        limitAfter(stage, 20); // so that the breaker stays out of this
        stage.live(18);
        stage.end(Reason.TIMEOUT);
        assertThat(stage.state().limit()).isEqualTo(8);
        stage.end(Reason.THROTTLED); // ran beside it: the same news
        assertThat(stage.state().limit()).isEqualTo(8);
        assertThat(stage.calls).hasSize(14);
        stage.end(7, Reason.DELIVERED);
        assertThat(stage.calls).hasSize(8); // 7 of the old, and one of those that waited
        stage.drain(Reason.DELIVERED);
        assertThat(stage.state().limit()).isBetween(9, 10);
        stage.pass(Duration.ofMinutes(1));
        limitAfter(stage, 200);
        assertThat(stage.state().limit()).isEqualTo(16);
    }

    @Test
    void callsAnEndpointThatGetsTooMuchHalfAsOftenAndThenMoreAndMore() {
        var stage = new Stage().concurrency(1); // nothing to halve here
        int pace = calledInASecond(stage, 80);
        assertThat(pace).isEqualTo(80);
        stage.live();
        stage.end(Reason.THROTTLED);
        assertThat(calledInASecond(stage, 80)).isBetween(38, 44);
        for (int second = 1; second < 10; second++) {
            calledInASecond(stage, 80);
        }
        assertThat(calledInASecond(stage, 80)).isBetween(70, 90);
        stage.pass(Duration.ofSeconds(20));
        assertThat(calledInASecond(stage, 200)).isGreaterThanOrEqualTo(200); // and what waited
    }

    /// Of so many events in a second, evenly spread, while each call takes no time.
    private static int calledInASecond(Stage stage, int events) {
        int before = stage.delivered.size();
        for (int i = 0; i < events; i++) {
            stage.live();
            stage.drain(Reason.DELIVERED);
            stage.pass(SECOND.dividedBy(events));
            stage.drain(Reason.DELIVERED);
        }
        return stage.delivered.size() - before;
    }

    @Test
    void neverAsksForLessThanOne() {
        var stage = new Stage().concurrency(2);
        for (int i = 0; i < 4; i++) {
            limitAfter(stage, 3);
            stage.live();
            stage.end(Reason.TIMEOUT);
            stage.pass(Duration.ofMinutes(1));
        }
        assertThat(stage.state().limit()).isEqualTo(1);
    }

    @Test
    void parksEverythingWhileTheBreakerIsOpenAndProbesWithBacklogOnly() {
        var stage = new Stage().concurrency(6);
        stage.live(8);
        var waiting = stage.backlog(2);
        stage.end(5, Reason.CONNECTION_REFUSED);
        assertThat(stage.state().breaker()).isEqualTo(LaneState.Breaker.OPEN);
        assertThat(stage.whyParked()).isEmpty(); // those that waited have begun
        assertThat(stage.delivered).hasSize(5);
        stage.drain(Reason.CONNECTION_REFUSED);
        assertThat(stage.delivered).contains(waiting);

        stage.live();
        assertThat(stage.whyParked()).containsExactly(ParkReason.BREAKER_OPEN);
        assertThat(stage.parked.getFirst().delay()).isLessThan(Duration.ofSeconds(5));
        assertThat(stage.lanes.backlogRoom(Stage.ONE).jobs()).isZero();
        stage.backlog(2);
        assertThat(stage.givenBack).extracting(Stage.Left::why).containsExactly(ParkReason.BREAKER_OPEN);

        stage.room.clear();
        stage.pass(Duration.ofSeconds(4));
        assertThat(stage.room).isEmpty();
        stage.pass(Duration.ofSeconds(2));
        assertThat(stage.room).containsExactly(Stage.ONE);
        assertThat(stage.lanes.backlogRoom(Stage.ONE).jobs()).isEqualTo(1);
        stage.live();
        assertThat(stage.calls).isEmpty();
        var probe = stage.backlog(2);
        assertThat(stage.calls).hasSize(1);
        assertThat(stage.lanes.backlogRoom(Stage.ONE).jobs()).isZero();
        stage.backlog(2);
        assertThat(stage.calls).hasSize(1);
        assertThat(stage.state().breaker()).isEqualTo(LaneState.Breaker.HALF_OPEN);
        stage.end(Reason.DELIVERED);
        assertThat(stage.delivered).endsWith(probe);
        assertThat(stage.state().breaker()).isEqualTo(LaneState.Breaker.CLOSED);
        stage.live();
        assertThat(stage.calls).hasSize(1);
    }

    @Test
    void parksWhatWaitsWhenTheBreakerOpens() {
        var stage = new Stage().concurrency(2);
        stage.live(30);
        stage.backlog(1);
        stage.end(5, Reason.STATUS);
        assertThat(stage.whyParked()).hasSize(24).containsOnly(ParkReason.BREAKER_OPEN);
        assertThat(stage.givenBack).hasSize(1);
        assertThat(stage.calls).hasSize(1);
    }

    @Test
    void waitsLongerAfterEachProbeThatFails() {
        var stage = new Stage();
        stage.breakDown();
        for (int seconds : new int[] {5, 10, 20, 40, 60, 60}) {
            stage.pass(Duration.ofSeconds(seconds).minusMillis(20));
            assertThat(stage.lanes.backlogRoom(Stage.ONE).jobs()).isZero();
            stage.pass(Duration.ofMillis(40));
            assertThat(stage.lanes.backlogRoom(Stage.ONE).jobs()).isEqualTo(1);
            stage.backlog(2);
            stage.end(Reason.STATUS);
        }
    }

    @Test
    void lateResultsOfCallsThatBeganBeforeSayNothingAboutAProbe() {
        var stage = new Stage().concurrency(16);
        stage.live(16);
        stage.end(5, Reason.TIMEOUT);
        assertThat(stage.state().breaker()).isEqualTo(LaneState.Breaker.OPEN);
        stage.pass(Duration.ofSeconds(6));
        assertThat(stage.lanes.backlogRoom(Stage.ONE).jobs()).isZero(); // calls hang still, more than the limit
        stage.end(10, Reason.DELIVERED);
        assertThat(stage.state().limit()).isEqualTo(1);
        assertThat(stage.state().breaker()).isEqualTo(LaneState.Breaker.OPEN);
        stage.end(Reason.TIMEOUT);
        assertThat(stage.lanes.backlogRoom(Stage.ONE).jobs()).isEqualTo(1);
    }

    @Test
    void beginsAgainWithOneCallAndDoubles() {
        var stage = new Stage().concurrency(8);
        stage.breakDown();
        stage.pass(Duration.ofSeconds(6));
        stage.backlog(2);
        stage.end(Reason.DELIVERED);
        var limits = new ArrayList<Integer>();
        limits.add(limitAfter(stage, 0));
        stage.live(3);
        assertThat(stage.calls).hasSize(1);
        stage.drain(Reason.DELIVERED);
        limits.add(limitAfter(stage, 2));
        limits.add(limitAfter(stage, 5));
        limits.add(limitAfter(stage, 5));
        assertThat(limits).containsExactly(1, 2, 4, 8);
    }

    /// Retries that an endpoint gets in some seconds beside live jobs of which one in four fails.
    private static long retries(Stage stage, int seconds, int livePerSecond) {
        int before = stage.delivered.size();
        int n = 0;
        for (int second = 0; second < seconds; second++) {
            for (int i = 0; i < livePerSecond; i++) {
                stage.live();
                while (stage.lanes.backlogRoom(Stage.ONE).jobs() > 0) {
                    int calls = stage.calls.size();
                    stage.backlog(2);
                    if (stage.calls.size() > calls) {
                        stage.end(Reason.DELIVERED);
                    }
                    if (n++ > 100_000) {
                        throw new AssertionError("retries without end");
                    }
                }
                while (!stage.calls.isEmpty()) {
                    stage.end(stage.delivered.size() % 4 == 0 ? Reason.STATUS : Reason.DELIVERED);
                }
            }
            stage.pass(SECOND);
            stage.drain(Reason.DELIVERED);
        }
        return stage.delivered.subList(before, stage.delivered.size()).stream()
                .filter(job -> job.attempt() > 1)
                .count();
    }

    @Test
    void rationsRetriesWhileAnEndpointStruggles() {
        var stage = new Stage().concurrency(8);
        for (int i = 0; i < 20; i++) {
            stage.live();
            stage.end(i % 4 == 0 ? Reason.STATUS : Reason.DELIVERED);
        }
        assertThat(stage.state().struggling()).isTrue();
        assertThat(stage.state().breaker()).isEqualTo(LaneState.Breaker.CLOSED);
        int before = stage.delivered.size();
        long retries = retries(stage, 60, 20);
        int attempts = stage.delivered.size() - before;
        assertThat(retries).isBetween((long) (0.1 * attempts), (long) (0.2 * attempts) + 60);
    }

    @Test
    void givesAStrugglingEndpointOneRetryASecondAtLeast() {
        var stage = new Stage().concurrency(8);
        stage.breakDown();
        stage.pass(Duration.ofSeconds(6));
        stage.backlog(2);
        stage.end(Reason.DELIVERED);
        assertThat(stage.state().struggling()).isTrue();
        int before = stage.delivered.size();
        for (int second = 0; second < 5; second++) {
            stage.backlog(2);
            stage.pass(SECOND);
            stage.drain(Reason.DELIVERED);
        }
        assertThat(stage.delivered.size() - before).isBetween(4, 6);
    }

    @Test
    void forgetsAttemptsAfterAMinute() {
        var stage = new Stage().concurrency(8);
        for (int i = 0; i < 40; i++) {
            stage.live();
            stage.end(i % 4 == 0 ? Reason.STATUS : Reason.DELIVERED);
        }
        stage.backlog(2);
        stage.backlog(2);
        assertThat(stage.calls).hasSize(2);
        stage.drain(Reason.STATUS);
        stage.pass(Duration.ofSeconds(62));
        stage.backlog(2);
        stage.backlog(2);
        assertThat(stage.calls).hasSize(1);
    }

    @Test
    void callsFirstAttemptsOfTheBacklogWhileRetriesAreRationed() {
        var stage = new Stage().concurrency(8);
        for (int i = 0; i < 20; i++) {
            stage.live();
            stage.end(i % 4 == 0 ? Reason.STATUS : Reason.DELIVERED);
        }
        for (int i = 0; i < 6; i++) {
            stage.backlog(2);
        }
        var first = stage.backlog(1);
        stage.drain(Reason.DELIVERED);
        assertThat(stage.delivered).contains(first);
        assertThat(stage.state().queuedBacklog()).isPositive();
    }

    @Test
    void keepsRoomForFirstAttemptsWhileRetriesAreRationed() {
        var stage = new Stage().concurrency(8);
        for (int i = 0; i < 20; i++) {
            stage.live();
            stage.end(i % 4 == 0 ? Reason.STATUS : Reason.DELIVERED);
        }
        assertThat(stage.lanes.backlogRoom(Stage.ONE)).isEqualTo(new Room(128, 8));
        while (stage.state().queuedBacklog() < 8) {
            stage.backlog(2);
        }
        assertThat(stage.lanes.backlogRoom(Stage.ONE)).isEqualTo(new Room(120, 0));
        stage.room.clear();
        stage.pass(SECOND); // one is called
        stage.drain(Reason.DELIVERED);
        assertThat(stage.room).contains(Stage.ONE);
        assertThat(stage.lanes.backlogRoom(Stage.ONE).retries()).isPositive();
    }

    @Test
    void doesNotRationRetriesOfAHealthyEndpoint() {
        var stage = new Stage().concurrency(8);
        var retries = new ArrayList<Job>();
        for (int i = 0; i < 20; i++) {
            retries.add(stage.backlog(3));
        }
        stage.drain(Reason.DELIVERED);
        assertThat(stage.delivered).isEqualTo(retries);
    }

    @Test
    void anEventThatIsRefusedForGoodIsNoFaultOfTheEndpoint() {
        var stage = new Stage();
        for (int i = 0; i < 30; i++) {
            stage.live();
            stage.end(Reason.ABORTED_BY_RECEIVER);
        }
        assertThat(stage.state().breaker()).isEqualTo(LaneState.Breaker.CLOSED);
        assertThat(List.copyOf(stage.parked)).isEmpty();
    }
}
