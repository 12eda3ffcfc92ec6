package dev.fanfare.webhook.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Trigger;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.Ordering;
import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.journal.Entry;
import dev.fanfare.webhook.store.ReplayStore.Claim;
import dev.fanfare.webhook.store.ReplayStore.State;
import dev.fanfare.webhook.store.ReplayStore.Step;
import dev.fanfare.webhook.store.ReplayStore.Stored;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class ReplayStoreTest {
    private static final Claim MINE = new Claim("rp_1", "one");
    private static final Claim OTHER = new Claim("rp_1", "other");

    private final Stage stage;
    private final ReplayStore store;
    private final Endpoint endpoint;

    ReplayStoreTest(Kind kind) {
        stage = new Stage(kind.empty());
        store = new ReplayStore(stage.database);
        endpoint = stage.endpoint();
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private Stored begin(String id) {
        return store.begin(id, endpoint.id(), "what", "", "from here");
    }

    private static Step step(State state, long... offsets) {
        return new Step(
                state,
                "so far",
                "at there",
                offsets.length,
                Arrays.stream(offsets).mapToObj(Given::message).toList());
    }

    private Stored now() {
        return store.find(endpoint.id(), "rp_1").orElseThrow();
    }

    @Test
    void theSameIdBeginsNothingNew() {
        var first = begin("rp_1");
        assertThat(first).returns("running", Stored::state).returns("from here", Stored::progress);
        store.cancel(endpoint.id(), "rp_1");
        assertThat(store.begin("rp_1", endpoint.id(), "other", "", "").request())
                .isEqualTo("what");
        assertThat(now().state()).isEqualTo("cancelled");
    }

    @Test
    void listsAnEndpointsOwnTheYoungestFirst() {
        begin("rp_1");
        begin("rp_2");
        begin("rp_3");
        for (int i = 1; i <= 3; i++) {
            stage.execute("update replay set created_at = ? where id = ?", Given.TIME.plusSeconds(i), "rp_" + i);
        }
        assertThat(store.list(endpoint.id(), 2)).extracting(Stored::id).containsExactly("rp_3", "rp_2");
        var another = stage.endpoint();
        assertThat(store.list(another.id(), 2)).isEmpty();
        assertThat(store.find(another.id(), "rp_1")).isEmpty();
        assertThat(store.cancel(another.id(), "rp_1")).isEmpty();
        assertThat(now().state()).isEqualTo("running");
    }

    @Test
    void oneAtATimeGoesOnWithIt() {
        begin("rp_1");
        assertThat(store.unclaimed(10)).containsExactly("rp_1");
        assertThat(store.claim(MINE)).isPresent();
        assertThat(store.unclaimed(10)).isEmpty();
        assertThat(store.claim(OTHER)).isEmpty();
        assertThat(store.advance(OTHER, endpoint, step(State.RUNNING, 1))).isEmpty();
        assertThat(stage.waiting(endpoint)).isEmpty();

        store.leave(MINE, State.RUNNING, "waits");
        assertThat(now()).returns("running", Stored::state).returns("waits", Stored::detail);
        assertThat(store.claim(OTHER)).isPresent();
    }

    @Test
    void whoIsNotHeardOfAnyMoreLosesItAndParksNothing() {
        begin("rp_1");
        store.claim(MINE);
        assertThat(store.advance(MINE, endpoint, step(State.RUNNING, 1))).hasValue(1);
        stage.execute("update replay set updated_at = ?", stage.database.now().minus(ReplayStore.LEASE.plusSeconds(1)));
        assertThat(store.unclaimed(10)).containsExactly("rp_1");
        assertThat(store.claim(OTHER)).isPresent();

        assertThat(store.advance(MINE, endpoint, step(State.DONE, 2))).isEmpty();
        store.leave(MINE, State.FAILED, "not yours");
        assertThat(now()).returns("running", Stored::state).returns("so far", Stored::detail);
        assertThat(store.advance(OTHER, endpoint, step(State.RUNNING, 3))).hasValue(1);
        assertThat(stage.waiting(endpoint)).containsExactly(1L, 3L);
    }

    @Test
    void nothingIsParkedForOneThatIsCancelled() {
        begin("rp_1");
        store.claim(MINE);
        store.advance(MINE, endpoint, step(State.RUNNING, 1));
        assertThat(store.cancel(endpoint.id(), "rp_1").orElseThrow().state()).isEqualTo("cancelled");
        assertThat(store.advance(MINE, endpoint, step(State.RUNNING, 2))).isEmpty();
        assertThat(store.unclaimed(10)).isEmpty();
        assertThat(store.claim(OTHER)).isEmpty();
        assertThat(stage.waiting(endpoint)).containsExactly(1L);
        assertThat(now()).returns(1L, Stored::queued).returns("cancelled", Stored::state);
    }

    @Test
    void parksForNowWithTheIdOfOldAndCounts() {
        begin("rp_1");
        store.claim(MINE);
        assertThat(store.advance(MINE, endpoint, step(State.RUNNING, 7, 8))).hasValue(2);
        assertThat(store.advance(MINE, endpoint, step(State.DONE, 9))).hasValue(1);
        assertThat(now())
                .returns("done", Stored::state)
                .returns("so far", Stored::detail)
                .returns("at there", Stored::progress)
                .returns(3L, Stored::matched)
                .returns(3L, Stored::queued);

        var rows = stage.parked.load(endpoint, 5, stage.database.now(), Set.of(), 10); // those that are due
        assertThat(rows).hasSize(3).allSatisfy(row -> {
            assertThat(row.trigger()).isEqualTo(Trigger.REPLAY);
            assertThat(row.why()).isEqualTo(ParkReason.REQUESTED);
            assertThat(row.attempt()).isEqualTo(1);
        });
        assertThat(rows.getFirst().message().id()).isEqualTo(new MessageId(Given.TOPIC, 3, 7));
    }

    @Test
    void leavesWhatIsParkedAndRevivesWhatHasEnded() {
        stage.write(
                Given.retry(stage.live(Given.message(1), endpoint), Stage.LATER),
                Given.exhausted(stage.live(Given.message(2), endpoint)));
        assertThat(stage.count("ended")).isEqualTo(1);
        begin("rp_1");
        store.claim(MINE);
        assertThat(store.advance(MINE, endpoint, step(State.DONE, 1, 2))).hasValue(1);
        assertThat(stage.count("ended")).isZero();
        assertThat(stage.load(endpoint, 1))
                .extracting(row -> row.message().id().offset() + " " + row.trigger() + " " + row.attempt())
                .containsExactlyInAnyOrder("1 SCHEDULE 2", "2 REPLAY 1");
    }

    @Test
    void conflatesAsLiveEventsAre() {
        var latest = stage.endpoint(Ordering.NONE, true);
        stage.write(Given.parked(stage.live(Given.message(5, "k"), latest), ParkReason.RATE, Stage.LATER));
        store.begin("rp_1", latest.id(), "what", "", "");
        store.claim(MINE);
        var step = new Step(State.DONE, "", "", 2, List.of(Given.message(3, "k"), Given.message(4, "other")));
        assertThat(store.advance(MINE, latest, step)).hasValue(1);
        assertThat(stage.waiting(latest)).containsExactly(4L, 5L);
    }

    @Test
    void tellsWhatIsNotMissing() {
        stage.write(
                Given.delivered(live(1)),
                Given.retry(live(2), Stage.LATER),
                Given.exhausted(live(3)),
                ended(live(4), Reason.EXPIRED),
                ended(live(5), Reason.TOO_LARGE),
                ended(live(6), Reason.SUPERSEDED),
                ended(live(7), Reason.ENDPOINT_DISABLED),
                ended(live(8), Reason.ABORTED_BY_RECEIVER),
                // taken, and the last one for now
                Given.tried(
                        live(9),
                        Given.result(Reason.DISABLED_BY_RECEIVER, 200, ""),
                        new Disposition.Ended(Reason.ENDPOINT_DISABLED, false)),
                Given.tried(
                        live(10),
                        Given.result(Reason.DISABLED_BY_RECEIVER, 500, ""),
                        new Disposition.Ended(Reason.ENDPOINT_DISABLED, false)));
        var asked = LongStream.range(1, 400)
                .mapToObj(offset -> new MessageId(Given.TOPIC, 3, offset))
                .toList();
        assertThat(store.present(endpoint.id(), asked))
                .extracting(MessageId::offset)
                .containsExactlyInAnyOrder(1L, 2L, 4L, 5L, 6L, 8L, 9L);
        assertThat(store.present(stage.endpoint().id(), asked)).isEmpty();
    }

    private Job live(long offset) {
        return stage.live(Given.message(offset), endpoint);
    }

    private static Entry ended(Job job, Reason reason) {
        return Entry.of(job, new Disposition.Ended(reason, false));
    }

    @Test
    void countsWhatWaitsUpToALimit() {
        begin("rp_1");
        store.claim(MINE);
        store.advance(MINE, endpoint, step(State.RUNNING, 1, 2, 3));
        assertThat(store.waiting(endpoint.id(), 2)).isEqualTo(2);
        assertThat(store.waiting(endpoint.id(), 10)).isEqualTo(3);
        assertThat(store.waiting(stage.endpoint().id(), 10)).isZero();
    }

    @Test
    void thoseThatHaveEndedAreRemovedInTheEnd() {
        begin("rp_1");
        begin("rp_2");
        store.cancel(endpoint.id(), "rp_2");
        stage.execute("update replay set updated_at = ?", Given.TIME);
        var retention = new Retention(stage.database);
        assertThat(retention.replays(Given.TIME)).isZero();
        assertThat(retention.replays(Given.TIME.plus(Duration.ofSeconds(1)))).isEqualTo(1);
        assertThat(store.list(endpoint.id(), 10)).extracting(Stored::id).containsExactly("rp_1");
    }
}
