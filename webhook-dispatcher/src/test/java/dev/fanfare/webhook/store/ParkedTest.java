package dev.fanfare.webhook.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.Ordering;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class ParkedTest {
    private static final Instant T = Given.TIME;
    private static final List<Integer> ALL =
            IntStream.range(0, Shards.COUNT).boxed().toList();

    private final Stage stage;

    ParkedTest(Kind kind) {
        stage = new Stage(kind.empty());
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private void park(Endpoint endpoint, long offset, String key, Instant due) {
        stage.running().write(Given.parked(stage.live(Given.message(offset, key), endpoint), ParkReason.RETRY, due));
    }

    private List<Long> load(Endpoint endpoint, Instant now, Set<MessageId> inFlight, int limit) {
        return stage.parked.load(endpoint, 1, now, inFlight, limit).stream()
                .map(one -> one.message().id().offset())
                .toList();
    }

    @Test
    void saysWhichEndpointsOfItsShardsHaveWhatIsDue() {
        var one = stage.endpoint();
        var other = stage.endpoint();
        park(one, 1, "", T.plusSeconds(1));
        park(one, 2, "", T.plusSeconds(3));
        park(one, 3, "", T.plusSeconds(9));
        park(other, 1, "", T.minusSeconds(1));
        stage.flush();
        assertThat(stage.parked.due(ALL, T.plusSeconds(3)))
                .containsExactly(
                        new Parked.Due(other.id(), 1, T.minusSeconds(1)),
                        new Parked.Due(one.id(), 2, T.plusSeconds(1)));
        var others = ALL.stream().filter(shard -> shard != Shards.of(one.id())).toList();
        assertThat(stage.parked.due(others, T.plusSeconds(3)))
                .extracting(Parked.Due::endpoint)
                .doesNotContain(one.id());
        assertThat(stage.parked.due(List.of(), T)).isEmpty();
        assertThat(stage.parked.backlog()).isEqualTo(new Parked.Backlog(4, Optional.of(T.minusSeconds(1))));
        assertThat(stage.parked.backlog(one.id())).isEqualTo(new Parked.Backlog(3, Optional.of(T.plusSeconds(1))));
        assertThat(stage.parked.backlog(EndpointId.random())).isEqualTo(new Parked.Backlog(0, Optional.empty()));
    }

    @Test
    void loadsTheLongestOverdueFirstAndNotWhatIsInFlight() {
        var endpoint = stage.endpoint();
        park(endpoint, 1, "a", T.plusSeconds(3));
        park(endpoint, 2, "a", T.plusSeconds(2));
        park(endpoint, 3, "a", T.plusSeconds(1));
        park(endpoint, 4, "a", T.plusSeconds(60));
        stage.flush();
        assertThat(load(endpoint, T.plusSeconds(3), Set.of(), 10)).containsExactly(3L, 2L, 1L);
        assertThat(load(endpoint, T.plusSeconds(3), Set.of(), 2)).containsExactly(3L, 2L);
        assertThat(load(endpoint, T.plusSeconds(3), Set.of(new MessageId(Given.TOPIC, 3, 3)), 2))
                .containsExactly(2L, 1L);
    }

    @Test
    void loadsThoseAloneThatNoAttemptWasMadeOf() {
        var endpoint = stage.endpoint();
        park(endpoint, 1, "a", T);
        park(endpoint, 2, "a", T);
        stage.flush();
        stage.execute("update parked set attempt = 1 where offset_n = 2");
        stage.execute("update parked set attempt = 2 where offset_n = 1");
        assertThat(stage.parked.loadUntried(endpoint, 1, T, Set.of(), 10))
                .extracting(one -> one.message().id().offset())
                .containsExactly(2L);
        assertThat(load(endpoint, T, Set.of(), 10)).containsExactly(1L, 2L);
    }

    @Test
    void ofAKeyOnlyTheEarliestIsLoadedUnlessItHeldUpTheOthersForTooLong() {
        var endpoint = stage.endpoint(Ordering.KEY, false);
        park(endpoint, 1, "a", T.plusSeconds(99));
        park(endpoint, 2, "a", T);
        park(endpoint, 3, "b", T);
        park(endpoint, 4, "b", T);
        stage.flush();
        var now = stage.database.now();
        assertThat(load(endpoint, T.plusSeconds(1), Set.of(), 10)).containsExactly(3L);
        assertThat(load(endpoint, now, Set.of(), 10)).containsExactly(3L, 1L);
        var tooLong = now.plus(endpoint.settings().blockMax()).plusSeconds(5);
        assertThat(load(endpoint, tooLong, Set.of(), 10)).containsExactly(2L, 3L, 4L, 1L);
    }

    @Test
    void replayedOnesWaitForTheOthersOfTheirKeyAndHoldUpNone() {
        var endpoint = stage.endpoint(Ordering.KEY, false);
        for (int i = 1; i <= 6; i++) {
            park(endpoint, i, "a", T);
        }
        stage.flush();
        stage.execute("update parked set trigger_by = 'replay' where offset_n in (1, 2, 4, 5)");
        var key = new OrderKey(endpoint.id(), "a");
        var firsts = stage.parked.load(endpoint, 1, T, Set.of(), 10);
        assertThat(firsts).extracting(one -> one.message().id().offset()).containsExactly(1L, 3L);
        assertThat(stage.parked.behind(key, firsts.getFirst(), T, 10))
                .extracting(one -> one.message().id().offset())
                .containsExactly(2L);
        assertThat(stage.parked.behind(key, firsts.getLast(), T, 10))
                .extracting(one -> one.message().id().offset())
                .containsExactly(6L);
        assertThat(stage.parked.blocked(Given.TOPIC, 3)).containsExactly(key);
        assertThat(stage.parked.blocked(List.of(key))).containsExactly(key);
        stage.execute("delete from parked where trigger_by <> 'replay'");
        assertThat(stage.parked.blocked(Given.TOPIC, 3)).isEmpty();
        assertThat(stage.parked.blocked(List.of(key))).isEmpty();
        assertThat(load(endpoint, T, Set.of(), 10)).containsExactly(1L);
    }

    @Test
    void knowsWhichKeysAreBlocked() {
        var ordered = stage.endpoint(Ordering.KEY, false);
        var other = stage.endpoint(Ordering.KEY, false);
        park(ordered, 1, "a", T);
        park(ordered, 2, "b", T);
        park(other, 3, "c", T);
        stage.flush();
        var a = new OrderKey(ordered.id(), "a");
        var c = new OrderKey(ordered.id(), "c");
        assertThat(stage.parked.blocked(List.of(a, c))).containsExactly(a);
        assertThat(stage.parked.blocked(Given.TOPIC, 3))
                .containsExactlyInAnyOrder(a, new OrderKey(ordered.id(), "b"), new OrderKey(other.id(), "c"));
        assertThat(stage.parked.blocked(Given.TOPIC, 4)).isEmpty();
    }

    @Test
    void cancelsWhateverIsParkedForADeletedEndpointAndNothingElse() {
        var endpoint = stage.endpoint();
        var other = stage.endpoint();
        for (int i = 0; i < 1201; i++) {
            park(endpoint, i, "a", T);
        }
        park(other, 1, "a", T);
        stage.flush();
        stage.store(endpoint);
        assertThat(stage.parked.cancelOfDeleted(endpoint.id())).isZero();
        stage.execute("update endpoint set deleted = true");
        assertThat(stage.parked.cancelOfDeleted(endpoint.id())).isEqualTo(1201);
        assertThat(stage.waiting(endpoint)).isEmpty();
        assertThat(stage.waiting(other)).containsExactly(1L);
        assertThat(stage.number("select count(*) from ended where reason = 'endpoint-deleted' and dead_letter = false"))
                .isEqualTo(1201);
    }

    @Test
    void expiresWhatIsDueAndTooOldUnlessSomebodyAskedForIt() {
        var ttl = Duration.ofMinutes(1);
        var endpoint = Given.endpoint(EndpointId.random(), Ordering.NONE, false, Optional.of(ttl));
        for (int i = 1; i <= 604; i++) {
            park(endpoint, i, "a", i == 4 ? T.plus(ttl).plusSeconds(9) : T);
        }
        stage.flush();
        stage.execute("update parked set trigger_by = 'resend' where offset_n = 1");
        stage.execute("update parked set trigger_by = 'recover' where offset_n = 2");
        stage.execute("update shard_lease set epoch = 7");
        var flying = Set.of(new MessageId(Given.TOPIC, 3, 3));
        var tooLate = T.plus(ttl).plusMillis(1);
        assertThat(stage.parked.expire(endpoint, 7, T.plus(ttl), flying)).isFalse();
        assertThat(stage.parked.expire(endpoint, 6, tooLate, flying)).isFalse();
        assertThat(stage.count("ended")).isZero();
        assertThat(stage.parked.expire(endpoint, 7, tooLate, flying)).isTrue();
        assertThat(stage.parked.expire(endpoint, 7, tooLate, flying)).isFalse();
        assertThat(stage.waiting(endpoint)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(stage.number("select count(*) from ended where reason = 'expired' and dead_letter = false"))
                .isEqualTo(600);
    }

    @Test
    void aRowWithoutItsEventDoesNotStopTheOthers() {
        var endpoint = stage.endpoint();
        park(endpoint, 1, "a", T);
        park(endpoint, 2, "a", T);
        park(endpoint, 3, "a", T);
        stage.flush();
        stage.execute("delete from payload where offset_n = 1");
        stage.execute("update payload set envelope = '{}' where offset_n = 2");
        assertThat(load(endpoint, T, Set.of(), 10)).containsExactly(3L);
        assertThat(stage.number("select count(*) from ended where reason = 'not-sendable'"))
                .isEqualTo(2);
        assertThat(stage.count("parked")).isEqualTo(1);
    }
}
