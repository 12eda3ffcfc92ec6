package dev.fanfare.webhook.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.endpoint.Ordering;
import dev.fanfare.webhook.endpoint.PayloadForm;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// All lanes together: how they share, how endpoints and partitions come and go, how they close.
class LanesTest {
    private static LaneLimits limits(int running, int lanes) {
        return new LaneLimits(256, Duration.ofSeconds(1), running, lanes, Duration.ofMinutes(10));
    }

    private static void endpoint(Stage stage, int n, int concurrency) {
        stage.endpoints.put(
                TestJobs.id(n), TestJobs.endpoint(TestJobs.id(n), settings("https://a/", concurrency, true)));
    }

    private static EndpointSettings settings(String url, int concurrency, boolean enabled) {
        return TestJobs.settings(
                URI.create(url), PayloadForm.DATA, OptionalInt.empty(), concurrency, Ordering.NONE, enabled);
    }

    private static Job live(Stage stage, int endpoint, long offset) {
        var job = TestJobs.live(TestJobs.id(endpoint), 0, offset, null);
        stage.lanes.offerLive(job);
        return job;
    }

    @Test
    void oneEndpointCannotTakeAllCalls() {
        var stage = new Stage(limits(100, 1000));
        endpoint(stage, 1, 1000);
        for (int i = 0; i < 200; i++) {
            live(stage, 1, i);
        }
        assertThat(stage.calls).hasSize(38);
        for (int n = 2; n <= 21; n++) { // hang too
            endpoint(stage, n, 8);
            for (int i = 0; i < 8; i++) {
                live(stage, n, i);
            }
        }
        endpoint(stage, 99, 8);
        int before = stage.calls.size();
        live(stage, 99, 0);
        assertThat(stage.calls).hasSize(before + 1);
    }

    @Test
    void neverRunsMoreCallsThanItMayAndHandsSlotsOnToThoseThatWait() {
        var stage = new Stage(limits(4, 1000));
        int jobs = 0;
        for (int n = 1; n <= 10; n++) {
            endpoint(stage, n, 8);
            for (int i = 0; i < 3; i++, jobs++) {
                live(stage, n, i);
                assertThat(stage.calls).hasSizeLessThanOrEqualTo(4);
            }
        }
        while (!stage.calls.isEmpty()) {
            stage.end(Reason.DELIVERED);
            assertThat(stage.calls).hasSizeLessThanOrEqualTo(4);
        }
        stage.pass(Duration.ofMillis(20));
        stage.drain(Reason.DELIVERED);
        assertThat(stage.delivered).hasSize(jobs);
        assertThat(stage.parked).isEmpty();
    }

    @Test
    void forgetsLanesThatAreIdleAndHaveNothingToRemember() {
        var stage = new Stage();
        endpoint(stage, 2, 8);
        endpoint(stage, 3, 8);
        stage.breakDown();
        live(stage, 2, 0);
        live(stage, 3, 0);
        stage.end(Reason.DELIVERED);
        assertThat(stage.lanes.size()).isEqualTo(3);
        stage.pass(Duration.ofMinutes(12));
        assertThat(stage.lanes.state(TestJobs.id(2))).isEmpty();
        assertThat(stage.lanes.state(TestJobs.id(3))).isPresent(); // its call runs still
        assertThat(stage.lanes.state(Stage.ONE)).isPresent(); // does not forget that it is open
        live(stage, 2, 1);
        stage.drain(Reason.DELIVERED);
        assertThat(stage.delivered).hasSize(5 + 3);
    }

    @Test
    void keepsTheLanesThatWereUsedLastWhenThereAreTooMany() {
        var stage = new Stage(limits(1000, 50));
        for (int n = 1; n <= 200; n++) {
            endpoint(stage, n, 8);
            live(stage, n, 0);
            stage.drain(Reason.DELIVERED);
            stage.pass(Duration.ofMillis(20));
            assertThat(stage.lanes.size()).isLessThanOrEqualTo(50);
        }
        assertThat(stage.lanes.state(TestJobs.id(200))).isPresent();
        assertThat(stage.lanes.state(TestJobs.id(180))).isPresent();
        assertThat(stage.lanes.state(TestJobs.id(100))).isEmpty();
        assertThat(stage.delivered).hasSize(200);
    }

    private static Endpoint version(Endpoint before, long version, EndpointSettings settings) {
        return new Endpoint(
                before.id(),
                before.tenant(),
                settings,
                before.secrets(),
                version,
                version,
                before.disabledReason(),
                before.pausedUntil(),
                before.failingSince(),
                before.allowedRate(),
                before.createdAt(),
                before.updatedAt());
    }

    private static void update(Stage stage, long version, EndpointSettings settings) {
        var newer = version(stage.one(), version, settings);
        stage.endpoints.put(Stage.ONE, newer);
        stage.lanes.update(newer);
    }

    @Test
    void newConcurrencyHoldsAtOnce() {
        var stage = new Stage().with(settings("https://a/", 2, true));
        stage.live(10);
        update(stage, 2, settings("https://a/", 5, true));
        assertThat(stage.calls).hasSize(5);
        update(stage, 3, settings("https://a/", 1, true));
        stage.end(4, Reason.DELIVERED);
        assertThat(stage.calls).hasSize(1);
        stage.end(Reason.DELIVERED);
        assertThat(stage.calls).hasSize(1);
    }

    /// Who matched an event has read the registry, the lane may not have been told yet.
    @Test
    void callsAnEndpointOfWhoseEnablingItHasNotHeard() {
        var stage = new Stage().with(settings("https://a/", 1, true));
        update(stage, 2, settings("https://a/", 1, false));
        var early = stage.live();
        stage.endpoints.put(Stage.ONE, version(stage.one(), 3, settings("https://a/", 1, true)));
        stage.live();
        assertThat(stage.ended).containsOnlyKeys(early);
        assertThat(stage.calls).hasSize(1);
    }

    @Test
    void endsLiveJobsOfADisabledEndpointAndLeavesItsRowsAlone() {
        var stage = new Stage().with(settings("https://a/", 1, true));
        stage.live();
        var waiting = stage.live();
        var row = stage.backlog(1);
        update(stage, 2, settings("https://a/", 1, false));
        assertThat(stage.ended).containsOnly(Map.entry(waiting, Reason.ENDPOINT_DISABLED));
        assertThat(stage.givenBack).extracting(Stage.Left::job).containsExactly(row);
        assertThat(stage.lanes.backlogRoom(Stage.ONE).jobs()).isZero();
        var late = stage.live();
        assertThat(stage.ended).containsEntry(late, Reason.ENDPOINT_DISABLED);
        stage.end(Reason.DELIVERED);
        assertThat(stage.calls).isEmpty();

        update(stage, 3, settings("https://a/", 1, true));
        assertThat(stage.room).containsExactly(Stage.ONE);
        stage.live();
        assertThat(stage.calls).hasSize(1);
    }

    @Test
    void anotherUrlGetsAnotherChance() {
        var stage = new Stage().with(settings("https://a/", 8, true));
        stage.breakDown();
        update(stage, 2, settings("https://b/", 8, true));
        assertThat(stage.state().breaker()).isEqualTo(LaneState.Breaker.CLOSED);
        stage.live();
        assertThat(stage.calls).hasSize(1);
    }

    @Test
    void endsLiveJobsOfADeletedEndpoint() {
        var stage = new Stage().with(settings("https://a/", 1, true));
        stage.live();
        var waiting = stage.live();
        var row = stage.backlog(1);
        stage.endpoints.clear();
        stage.lanes.remove(Stage.ONE);
        var late = stage.live();
        var lateRow = stage.backlog(1);
        assertThat(stage.ended)
                .containsOnly(Map.entry(waiting, Reason.ENDPOINT_DELETED), Map.entry(late, Reason.ENDPOINT_DELETED));
        assertThat(stage.givenBack).extracting(Stage.Left::job).containsExactly(row, lateRow);
        assertThat(stage.lanes.backlogRoom(Stage.ONE).jobs()).isZero();
        stage.drain(Reason.DELIVERED);
        assertThat(stage.delivered).hasSize(1);
        assertThat(stage.lanes.inFlight()).isZero();
    }

    @Test
    void aLaneThatIsGoneTakesNoJobs() {
        var stage = new Stage();
        var lane = new Lane(stage.one(), stage.lanes, stage.time);
        lane.remove();
        assertThat(lane.offerLive(TestJobs.live(Stage.ONE, 0, 0, null))).isFalse();
        assertThat(lane.offerBacklog(List.of(TestJobs.backlog(Stage.ONE, 0, 1, null))))
                .isFalse();
        assertThat(stage.calls).isEmpty();
    }

    @Test
    void forgetsWaitingLiveJobsOfAPartitionThatIsLostAndNothingElse() {
        var stage = new Stage().with(settings("https://a/", 1, true));
        EndpointId one = Stage.ONE;
        var running = TestJobs.live(one, 3, 0, null);
        var lost = TestJobs.live(one, 3, 1, null);
        var other = TestJobs.live(one, 4, 0, null);
        for (var job : new Job[] {running, lost, other}) {
            stage.lanes.offerLive(job);
        }
        var row = TestJobs.backlog(one, 9, 1, null);
        stage.lanes.offerBacklog(row);
        stage.lanes.releasePartition(TestJobs.TOPIC, 3);
        stage.lanes.releasePartition(TestJobs.TOPIC, 0); // of the row: stays
        stage.drain(Reason.DELIVERED);
        assertThat(stage.delivered).containsExactly(running, other, row);
        assertThat(stage.parked).isEmpty();
    }

    @Test
    void parksWhatWaitsWhenItClosesAndSaysWhetherAllCallsHaveEnded() {
        var stage = new Stage().with(settings("https://a/", 1, true));
        stage.live();
        var waiting = stage.live();
        var row = stage.backlog(1);
        assertThat(stage.lanes.close(Duration.ZERO)).isFalse();
        assertThat(stage.parked).containsExactly(new Stage.Left(waiting, ParkReason.STOPPING, Duration.ZERO));
        assertThat(stage.givenBack).containsExactly(new Stage.Left(row, ParkReason.STOPPING, Duration.ZERO));
        var late = stage.live();
        stage.backlog(1);
        stage.lanes.offerLive(TestJobs.live(Stage.ONE, 0, 99, null));
        assertThat(stage.parkedJobs()).hasSize(3).contains(late);
        assertThat(stage.givenBack).hasSize(2);
        stage.end(Reason.DELIVERED);
        assertThat(stage.calls).isEmpty();
        assertThat(stage.lanes.close(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void isBusyWhenHalfOfTheLanesThatTakeJobsHaveManyWaiting() {
        var stage = new Stage().concurrency(1);
        var others = List.of(TestJobs.id(2), TestJobs.id(3));
        others.forEach(other -> stage.endpoints.put(other, TestJobs.endpoint(other)));
        var all = List.of(Stage.ONE, TestJobs.id(2), TestJobs.id(3));
        stage.live();
        stage.end(Reason.DELIVERED);
        stage.live();
        assertThat(stage.lanes.areBusy(all)).isFalse(); // it is being called
        stage.live();
        assertThat(stage.lanes.areBusy(all)).isTrue(); // the others have no lane
        stage.lanes.offerLive(TestJobs.live(others.getFirst(), 0, 1000, null));
        assertThat(stage.lanes.areBusy(all)).isTrue();
        stage.lanes.offerLive(TestJobs.live(others.getLast(), 0, 1000, null));
        assertThat(stage.lanes.areBusy(all)).isFalse();
        assertThat(stage.lanes.areBusy(List.of())).isFalse();
    }

    @Test
    void isNotBusyWithLessThanAQuarterOfASecondsWork() {
        var stage = new Stage().concurrency(1);
        stage.live(100);
        stage.drain(Reason.DELIVERED);
        stage.live(26);
        assertThat(stage.lanes.areBusy(List.of(Stage.ONE))).isFalse();
        stage.live();
        assertThat(stage.lanes.areBusy(List.of(Stage.ONE))).isTrue();
    }

    @Test
    void supposesForAQuarterOfASecondThatABurstCanBeDelivered() {
        var stage = new Stage().concurrency(1);
        stage.live(10);
        assertThat(stage.lanes.areBusy(List.of(Stage.ONE))).isTrue();
        stage.pass(Duration.ofMillis(300));
        assertThat(stage.lanes.areBusy(List.of(Stage.ONE))).isFalse();
    }

    @Test
    void isNotBusyWithAnEndpointWhoseJobsAreParkedAnyway() {
        var stage = new Stage().concurrency(1);
        stage.breakDown();
        stage.live(500);
        assertThat(stage.lanes.areBusy(List.of(Stage.ONE))).isFalse();
    }

    @Test
    void isNotBusyWithAnEndpointThatHangs() {
        var stage = new Stage().concurrency(2);
        stage.live(300);
        assertThat(stage.lanes.areBusy(List.of(Stage.ONE))).isFalse();
    }

    @Test
    void letsAsManyWaitAsTheEndpointTakesInASecond() {
        var stage = new Stage().concurrency(4);
        for (int i = 0; i < 50; i++) {
            stage.live(20);
            stage.drain(Reason.DELIVERED);
            stage.pass(Duration.ofMillis(20));
        }
        stage.live(900);
        assertThat(stage.parked).isEmpty();
        stage.live(400);
        assertThat(stage.parked).isNotEmpty();

        stage.drain(Reason.DELIVERED);
        stage.pass(Duration.ofSeconds(3));
        stage.live(4);
        int before = stage.parked.size();
        stage.live(300); // nothing was done for a second or two
        assertThat(stage.parked.size() - before).isEqualTo(44);
    }
}
