package dev.fanfare.webhook.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.store.Deliveries.After;
import dev.fanfare.webhook.store.Deliveries.Filter;
import dev.fanfare.webhook.store.Delivery.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class DeliveriesTest {
    private static final Instant T = Given.TIME;
    private static final Instant EVER = Stage.LATER;

    private final Stage stage;
    private final Deliveries deliveries;

    DeliveriesTest(Kind kind) {
        stage = new Stage(kind.empty());
        deliveries = new Deliveries(stage.database);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private static DeliveryId id(Endpoint endpoint, long offset) {
        return new DeliveryId(new MessageId(Given.TOPIC, 3, offset), endpoint.id());
    }

    private static Filter all() {
        return new Filter(
                Optional.empty(), Optional.empty(), Optional.empty(), Set.of(State.values()), Instant.EPOCH, EVER);
    }

    private static Filter of(Endpoint endpoint, State... states) {
        return new Filter(
                Optional.empty(),
                Optional.of(endpoint.id()),
                Optional.empty(),
                Set.of(states.length == 0 ? State.values() : states),
                Instant.EPOCH,
                EVER);
    }

    private List<Long> offsets(Filter filter) {
        return deliveries.list(filter, Optional.empty(), 100).stream()
                .map(one -> one.id().message().offset())
                .sorted()
                .toList();
    }

    private State state(Endpoint endpoint, long offset) {
        return deliveries.find(id(endpoint, offset)).orElseThrow().state();
    }

    /// One of each state, with its offset.
    private Endpoint oneOfEach() {
        var endpoint = stage.endpoint();
        stage.write(
                Given.retry(stage.live(Given.message(1), endpoint), T),
                Given.delivered(stage.live(Given.message(2), endpoint)),
                Given.exhausted(stage.live(Given.message(3), endpoint)),
                Given.tried(
                        stage.live(Given.message(4), endpoint),
                        Given.result(Reason.ABORTED_BY_RECEIVER, 400, ""),
                        new Disposition.Ended(Reason.ABORTED_BY_RECEIVER, false)),
                Given.tried(
                        stage.live(Given.message(5), endpoint),
                        Given.result(Reason.DISABLED_BY_RECEIVER, 204, ""),
                        new Disposition.Delivered()));
        return endpoint;
    }

    @Test
    void saysWhereEachStands() {
        var endpoint = oneOfEach();
        var parked = deliveries.find(id(endpoint, 1)).orElseThrow();
        assertThat(parked.state()).isEqualTo(State.PARKED);
        assertThat(parked.reason()).contains("retry");
        assertThat(parked.attempts()).isEqualTo(1);
        assertThat(parked.due()).contains(T);
        assertThat(state(endpoint, 2)).isEqualTo(State.DELIVERED);
        var dead = deliveries.find(id(endpoint, 3)).orElseThrow();
        assertThat(dead.state()).isEqualTo(State.DEAD_LETTER);
        assertThat(dead.reason()).contains("exhausted");
        assertThat(state(endpoint, 4)).isEqualTo(State.ENDED);
        assertThat(state(endpoint, 5)).isEqualTo(State.DELIVERED);
        assertThat(deliveries.find(id(endpoint, 6))).isEmpty();
        assertThat(deliveries.find(id(stage.endpoint(), 1))).isEmpty();
        assertThat(deliveries.find(id(endpoint, 2)).orElseThrow().at())
                .isBetween(Instant.now().minusSeconds(60), Instant.now());
    }

    @Test
    void standsInOnePlaceOnlyAfterItWasSentAgain() {
        var endpoint = stage.endpoint();
        stage.write(Given.delivered(stage.live(Given.message(1), endpoint)));
        stage.write(Given.parked(stage.live(Given.message(1), endpoint), ParkReason.REQUESTED, T));
        assertThat(state(endpoint, 1)).isEqualTo(State.PARKED);
        assertThat(offsets(of(endpoint))).containsExactly(1L);
        stage.write(Given.delivered(stage.backlog(endpoint, 1, -1)));
        assertThat(state(endpoint, 1)).isEqualTo(State.DELIVERED);
        assertThat(offsets(of(endpoint))).containsExactly(1L);
        assertThat(deliveries.calls(id(endpoint, 1), 0, 10)).hasSize(2);
    }

    @Test
    void filters() {
        var endpoint = oneOfEach();
        var other = oneOfEach();
        assertThat(offsets(of(endpoint))).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(offsets(of(endpoint, State.PARKED))).containsExactly(1L);
        assertThat(offsets(of(endpoint, State.DELIVERED))).containsExactly(2L, 5L);
        assertThat(offsets(of(endpoint, State.DEAD_LETTER, State.ENDED))).containsExactly(3L, 4L);
        assertThat(offsets(all())).containsExactly(1L, 1L, 2L, 2L, 3L, 3L, 4L, 4L, 5L, 5L);
        var event = new Filter(
                Optional.empty(),
                Optional.empty(),
                Optional.of(id(other, 3).message()),
                Set.of(State.values()),
                Instant.EPOCH,
                EVER);
        assertThat(deliveries.list(event, Optional.empty(), 100))
                .extracting(Delivery::id)
                .containsExactlyInAnyOrder(id(endpoint, 3), id(other, 3));
        assertThat(offsets(new Filter(
                        Optional.empty(),
                        Optional.of(EndpointId.random()),
                        event.event(),
                        event.states(),
                        Instant.EPOCH,
                        EVER)))
                .isEmpty();
    }

    @Test
    void keepsToTheTenants() {
        var acmes = oneOfEach();
        var evils = oneOfEach();
        stage.store(acmes);
        stage.store(evils);
        stage.execute(
                "update endpoint set tenant = 'acme' where id = ?", acmes.id().value());
        stage.execute(
                "update endpoint set tenant = 'evil' where id = ?", evils.id().value());
        assertThat(endpoints(Set.of("acme"))).containsExactly(acmes.id());
        assertThat(endpoints(Set.of("acme", "evil", "other"))).containsExactlyInAnyOrder(acmes.id(), evils.id());
        assertThat(endpoints(Set.of("other"))).isEmpty();
        assertThat(endpoints(Set.of())).isEmpty();
        var store = new EndpointStore(stage.database);
        assertThat(store.tenant(acmes.id())).contains("acme");
        assertThat(store.tenant(EndpointId.random())).isEmpty();
        assertThat(store.list(Optional.of(Set.of()), Optional.empty(), 10)).isEmpty();
    }

    /// Those that deliveries of these tenants, and all of their states, are listed of.
    private Set<EndpointId> endpoints(Set<String> tenants) {
        var filter = new Filter(
                Optional.of(tenants), Optional.empty(), Optional.empty(), Set.of(State.values()), Instant.EPOCH, EVER);
        var found = deliveries.list(filter, Optional.empty(), 100);
        var endpoints = found.stream().map(one -> one.id().endpoint()).collect(Collectors.toSet());
        assertThat(found).hasSize(5 * endpoints.size());
        return endpoints;
    }

    @Test
    void findsWhatIsOldAndOnlyWhatIsInTheRange() {
        var endpoint = oneOfEach();
        var now = stage.database.now();
        stage.execute("update parked set parked_at = ?", now.minus(Duration.ofDays(3000)));
        stage.execute("update ended set ended_at = ?", now.minus(Duration.ofDays(20)));
        var list = deliveries.list(of(endpoint), Optional.empty(), 100);
        assertThat(list)
                .extracting(Delivery::state)
                .containsExactly(State.DELIVERED, State.DELIVERED, State.DEAD_LETTER, State.ENDED, State.PARKED);
        assertThat(offsets(range(now.minus(Duration.ofDays(21)), EVER))).containsExactly(2L, 3L, 4L, 5L);
        assertThat(offsets(range(now.minus(Duration.ofDays(21)), now.minus(Duration.ofDays(1)))))
                .containsExactly(3L, 4L);
        var at = list.getLast().at();
        assertThat(offsets(range(at, at.plusNanos(1000)))).containsExactly(1L);
        assertThat(offsets(range(Instant.EPOCH, at))).isEmpty();
        assertThat(offsets(range(at.plusNanos(1000), EVER))).doesNotContain(1L);
    }

    private static Filter range(Instant since, Instant until) {
        return new Filter(Optional.empty(), Optional.empty(), Optional.empty(), Set.of(State.values()), since, until);
    }

    @Test
    void pagesLoseNothingAndRepeatNothing() {
        // all of a batch got there in the same instant
        var endpoints = List.of(stage.endpoint(), stage.endpoint(), stage.endpoint());
        for (var endpoint : endpoints) {
            for (int offset = 1; offset <= 9; offset += 3) {
                stage.running().write(Given.retry(stage.live(Given.message(offset), endpoint), T));
                stage.running().write(Given.exhausted(stage.live(Given.message(offset + 1), endpoint)));
                stage.running().write(Given.delivered(stage.live(Given.message(offset + 2), endpoint)));
            }
        }
        stage.flush();
        stage.execute("update parked set parked_at = ?", stage.database.now());
        stage.execute("update ended set ended_at = (select max(parked_at) from parked)");
        for (int limit : new int[] {1, 2, 4, 26, 27, 28}) {
            var paged = new ArrayList<DeliveryId>();
            var after = Optional.<After>empty();
            while (true) {
                var page = deliveries.list(all(), after, limit);
                page.forEach(one -> paged.add(one.id()));
                if (page.size() < limit) {
                    break;
                }
                var last = page.getLast();
                after = Optional.of(new After(last.at(), last.state(), last.id()));
            }
            assertThat(paged).as("pages of %d", limit).hasSize(27).doesNotHaveDuplicates();
        }
    }

    @Test
    void listsCallsInPages() {
        var endpoint = stage.endpoint();
        stage.write(Given.retry(stage.live(Given.message(1), endpoint), T));
        stage.write(Given.retry(stage.backlog(endpoint, 1, -1), T));
        stage.write(Given.exhausted(stage.backlog(endpoint, 1, -1)));
        var first = deliveries.calls(id(endpoint, 1), 0, 2);
        assertThat(first).extracting(call -> call.attempt().number()).containsExactly(1, 2);
        var rest = deliveries.calls(id(endpoint, 1), first.getLast().id(), 2);
        assertThat(rest).hasSize(1);
        var last = rest.getFirst().attempt();
        assertThat(last.number()).isEqualTo(3);
        assertThat(last.at()).isEqualTo(T);
        assertThat(last.result()).isEqualTo(Given.result(Reason.STATUS, 500, "oops"));
    }
}
