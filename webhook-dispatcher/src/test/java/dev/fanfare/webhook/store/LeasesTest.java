package dev.fanfare.webhook.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class LeasesTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Database database;

    LeasesTest(Kind kind) {
        database = Database.open(kind.empty());
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void oneNodeHasAllAndKeepsThem() {
        var node = new Leases(database, "a", LONG);
        var first = node.acquire();
        assertThat(first.epochs()).hasSize(64).containsEntry(0, 1L).containsEntry(63, 1L);
        assertThat(first.fairShare()).isEqualTo(64);
        assertThat(node.renew().epochs()).isEqualTo(first.epochs());
        assertThat(node.acquire().epochs()).isEqualTo(first.epochs());
    }

    @Test
    void anotherNodeGetsWhatTheFirstReleases() {
        var a = new Leases(database, "a", LONG);
        var b = new Leases(database, "b", LONG);
        a.acquire();
        assertThat(b.acquire().epochs()).isEmpty();
        assertThat(a.acquire().fairShare()).isEqualTo(32);
        a.release(IntStream.range(0, 40).boxed().toList());
        var share = b.acquire().epochs();
        assertThat(share).hasSize(32).containsEntry(5, 2L);
        assertThat(a.acquire().epochs())
                .hasSize(32)
                .doesNotContainKeys(share.keySet().toArray(Integer[]::new));
        assertThat(a.liveNodes()).isEqualTo(2);
        a.leave();
        assertThat(b.acquire().epochs()).hasSize(64).containsEntry(63, 2L).containsEntry(5, 2L);
        assertThat(b.liveNodes()).isEqualTo(1);
    }

    @Test
    void renewingTakesNothing() {
        var a = new Leases(database, "a", LONG);
        assertThat(a.renew().epochs()).isEmpty();
        a.acquire();
        a.release(List.of(7));
        assertThat(a.renew().epochs()).hasSize(63).doesNotContainKey(7);
    }

    @Test
    void whatIsNotRenewedRunsOutAndHasANewEpoch() {
        var dead = new Leases(database, "dead", Duration.ofMillis(300));
        assertThat(dead.acquire().epochs()).hasSize(64);
        var heir = new Leases(database, "heir", Duration.ofMillis(300));
        await().atMost(Duration.ofSeconds(30))
                .until(
                        heir::acquire,
                        held -> held.epochs().size() == 64 && held.epochs().containsValue(2L));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(dead.acquire().epochs().entrySet())
                        .allMatch((Map.Entry<Integer, Long> lease) -> lease.getValue() > 1)
                        .isNotEmpty());
    }
}
