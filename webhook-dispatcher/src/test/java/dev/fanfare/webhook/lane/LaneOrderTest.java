package dev.fanfare.webhook.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.endpoint.Ordering;
import dev.fanfare.webhook.endpoint.PayloadForm;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// An endpoint that wants the events of a key in their order.
class LaneOrderTest {
    private final Stage stage = new Stage().with(PayloadForm.DATA, 0, 8, Ordering.KEY);

    @Test
    void callsJobsOfAKeyOneAfterTheOtherAndOtherKeysBeside() {
        var a1 = stage.live("a");
        var a2 = stage.live("a");
        var b1 = stage.live("b");
        var none1 = stage.live(null);
        var none2 = stage.live(null);
        assertThat(stage.calls).hasSize(4);
        stage.end(Reason.DELIVERED);
        assertThat(stage.calls).hasSize(4);
        stage.drain(Reason.DELIVERED);
        assertThat(stage.delivered).containsExactly(a1, b1, none1, none2, a2);
        assertThat(stage.parked).isEmpty();
    }

    @Test
    void parksWhatComesAfterAnEventOfItsKeyThatFailed() {
        stage.live("a");
        var a2 = stage.live("a");
        var a3 = stage.live("a");
        var b = stage.live("b");
        stage.end(Reason.STATUS);
        assertThat(stage.parkedJobs()).containsExactly(a2, a3);
        var a4 = stage.live("a");
        assertThat(stage.parkedJobs()).containsExactly(a2, a3, a4);
        assertThat(stage.whyParked()).containsOnly(ParkReason.KEY_BLOCKED);
        stage.drain(Reason.DELIVERED);
        assertThat(stage.delivered).hasSize(2).contains(b);

        stage.blocked.clear();
        var a5 = stage.live("a");
        stage.drain(Reason.DELIVERED);
        assertThat(stage.delivered).endsWith(a5);
    }

    /// Another node may load the row before it can know of the call.
    @Test
    void whatIsParkedBehindARunningCallIsNotDueAtOnce() {
        stage.live("a");
        var behind = stage.live("a");
        stage.pass(Duration.ofMillis(1100)); // longer than a live job waits
        assertThat(stage.parkedJobs()).containsExactly(behind);
        assertThat(stage.parked.getFirst().delay()).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void replayedEventsKeepTheirOrderAndHoldUpNoOthers() {
        var first = stage.replayed("a");
        var second = stage.replayed("a");
        var live = stage.live("a");
        assertThat(stage.calls).hasSize(2);
        stage.end(Reason.STATUS);
        assertThat(stage.delivered).containsExactly(first);
        assertThat(stage.givenBack).extracting(Stage.Left::job).containsExactly(second);
        stage.end(Reason.DELIVERED);
        assertThat(stage.delivered).containsExactly(first, live);
        assertThat(stage.parked).isEmpty();
    }

    @Test
    void anEventThatIsRefusedForGoodBlocksNothing() {
        stage.live("a");
        var a2 = stage.live("a");
        stage.end(Reason.ABORTED_BY_RECEIVER);
        stage.end(Reason.DELIVERED);
        assertThat(stage.delivered).contains(a2);
    }

    @Test
    void nothingOvertakesAnEventThatWaitedForTooLong() {
        var lane = new Stage().with(PayloadForm.DATA, 0, 1, Ordering.KEY);
        lane.live("x");
        var a1 = lane.live("a");
        lane.pass(Duration.ofMillis(500));
        var a2 = lane.live("a");
        var b = lane.live("b");
        lane.pass(Duration.ofMillis(540));
        assertThat(lane.parked).extracting(Stage.Left::job).containsExactly(a1, a2);
        assertThat(lane.whyParked()).containsExactly(ParkReason.LANE_FULL, ParkReason.KEY_BLOCKED);
        lane.drain(Reason.DELIVERED);
        assertThat(lane.delivered).hasSize(2).contains(b);
    }

    @Test
    void looksAtTheGateOnceMoreBeforeItCalls() {
        var lane = new Stage().with(PayloadForm.DATA, 0, 1, Ordering.KEY);
        lane.live("x");
        var a = lane.live("a");
        lane.blocked.add("a");
        lane.end(Reason.DELIVERED);
        assertThat(lane.calls).isEmpty();
        assertThat(lane.parkedJobs()).containsExactly(a);
    }

    @Test
    void doesNotLetBlockedJobsWait() {
        var lane = new Stage().with(PayloadForm.DATA, 0, 1, Ordering.KEY);
        lane.live("x");
        lane.blocked.add("a");
        var a = lane.live("a");
        assertThat(lane.parked).containsExactly(new Stage.Left(a, ParkReason.KEY_BLOCKED, Duration.ZERO));
    }

    @Test
    void batchesBacklogOfBlockedKeys() {
        var lane = new Stage().with(PayloadForm.BATCH, 0, 1, Ordering.KEY);
        lane.live("x");
        lane.blocked.addAll(List.of("a", "b"));
        lane.lanes.offerBacklog(TestJobs.backlog(Stage.ONE, 1, 2, "a"));
        lane.lanes.offerBacklog(TestJobs.backlog(Stage.ONE, 2, 2, "b"));
        lane.drain(Reason.DELIVERED);
        assertThat(lane.batches.stream().map(List::size)).containsExactly(1, 2);
    }

    @Test
    void saysThatTheKeyIsWhatAJobWaitedFor() {
        stage.live("a");
        stage.live("a");
        stage.pass(Duration.ofMillis(1040));
        assertThat(stage.whyParked()).containsExactly(ParkReason.KEY_BLOCKED);
    }

    @Test
    void aBlockedKeyDoesNotHoldUpItsOwnBacklog() {
        stage.blocked.add("a");
        var row = TestJobs.backlog(Stage.ONE, 1, 2, "a");
        stage.lanes.offerBacklog(row);
        var again = TestJobs.backlog(Stage.ONE, 1, 2, "a"); // asked for while it runs
        stage.lanes.offerBacklog(again);
        assertThat(stage.calls).hasSize(1);
        stage.end(Reason.STATUS);
        assertThat(stage.delivered).containsExactly(row);
        assertThat(stage.givenBack).containsExactly(new Stage.Left(again, ParkReason.KEY_BLOCKED, Duration.ZERO));
    }

    @Test
    void putsOneJobOfAKeyIntoABatch() {
        var lane = new Stage().with(PayloadForm.BATCH, 0, 1, Ordering.KEY);
        var x = lane.live("x");
        var a1 = lane.live("a");
        var a2 = lane.live("a");
        var b = lane.live("b");
        var n1 = lane.live(null);
        var n2 = lane.live(null);
        lane.drain(Reason.DELIVERED);
        assertThat(lane.batches).containsExactly(List.of(x), List.of(a1, b, n1, n2), List.of(a2));
    }

    @Test
    void aFailedBatchBlocksEachOfItsKeys() {
        var lane = new Stage().with(PayloadForm.BATCH, 0, 1, Ordering.KEY);
        lane.live("x");
        lane.live("a");
        lane.live("b");
        var a2 = lane.live("a");
        var c = lane.live("b");
        lane.end(Reason.DELIVERED);
        lane.end(Reason.STATUS);
        assertThat(lane.parkedJobs()).containsExactly(a2, c);
    }
}
