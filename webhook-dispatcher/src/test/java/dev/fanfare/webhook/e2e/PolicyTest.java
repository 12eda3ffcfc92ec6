package dev.fanfare.webhook.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.webhook.delivery.EndpointId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What ends, waits and is told. One dispatcher for all; each test has a key, a path and an endpoint of its own.
@Timeout(180)
class PolicyTest {
    private static final AtomicInteger KEYS = new AtomicInteger();
    private static final Map<String, Receiver.Answer> ANSWERS = new ConcurrentHashMap<>(); // by path

    @TempDir
    private static Path dir;

    private static Setup setup;
    private static Receiver receiver;
    private static Feed feed;
    private static TestDispatcher dispatcher;

    private final String key = "policy" + KEYS.incrementAndGet();
    private final String path = "/" + key;

    @BeforeAll
    static void start() throws IOException {
        var cluster = Cluster.shared();
        setup = Setup.of(dir, cluster.servers(), cluster.newTopic("policy", 1));
        receiver = Receiver.start();
        receiver.answer(call -> ANSWERS.getOrDefault(call.path(), _ -> new Receiver.Reply(204, Map.of()))
                .to(call));
        feed = new Feed(cluster, setup);
        setup.endpoint(
                receiver.url("/probe"),
                Draft.retrying(1, Duration.ofMillis(500)).only("probe").settings());
        dispatcher = TestDispatcher.start(setup);
        Load.probe(cluster, setup.topic(), receiver);
    }

    @AfterAll
    static void stop() {
        dispatcher.close();
        feed.close();
        receiver.close();
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(40));
    }

    private EndpointId endpoint(Draft draft) {
        return setup.endpoint(receiver.url(path), draft.only(key).settings()).id();
    }

    private static Draft retrying(Duration wait) {
        return Draft.retrying(1, wait);
    }

    private void answer(int status, String... header) {
        var headers = header.length == 0 ? Map.<String, String>of() : Map.of(header[0], header[1]);
        ANSWERS.put(path, _ -> new Receiver.Reply(status, headers));
    }

    private List<String> calls() {
        return receiver.calls().stream()
                .filter(call -> call.path().equals(path))
                .map(Receiver.Call::body)
                .toList();
    }

    private List<String> taken() {
        return receiver.taken(path).stream().map(Receiver.Call::body).toList();
    }

    /// Why the delivery of an event that was called for ended without success.
    private Optional<String> ended(EndpointId endpoint, String body) {
        return receiver.calls().stream()
                .filter(call -> call.path().equals(path) && call.body().equals(body))
                .findFirst()
                .flatMap(call -> setup.ended(endpoint, call.id()));
    }

    private static boolean isTold(String type, EndpointId endpoint) {
        return feed.published("ce_type", type).stream()
                .anyMatch(record -> record.value().contains(endpoint.value()));
    }

    private static boolean isDeadLetter(EndpointId endpoint, String reason) {
        return feed.published("fanfare-endpoint", endpoint.value()).stream()
                .anyMatch(record -> Feed.header(record, "fanfare-reason").equals(reason));
    }

    private static void awaitEverythingRead() {
        soon().until(() -> Cluster.shared().isCommitted(setup.group(), setup.topic(), 1));
    }

    @Test
    void goneDisablesAndThenNothingIsParked() {
        answer(410);
        var endpoint = endpoint(retrying(Duration.ofSeconds(1)));
        feed.send(key, "first");
        soon().until(() -> setup.find(endpoint).disabledReason().equals(Optional.of("gone")));
        soon().until(() -> isTold("endpoint.disabled", endpoint));
        soon().until(() -> isDeadLetter(endpoint, "gone"));
        assertThat(ended(endpoint, "first")).hasValue("gone");

        answer(204);
        soon().until(
                        () -> { // nodes know within two seconds
                            int before = calls().size();
                            feed.send(key, "later");
                            awaitEverythingRead();
                            return calls().size() == before;
                        });
        assertThat(setup.parked(endpoint)).isZero();
    }

    @Test
    void retryAfterPausesTheWholeEndpoint() {
        answer(503, "Retry-After", "8");
        var endpoint = endpoint(retrying(Duration.ofMillis(100)));
        feed.send(key, "first");
        soon().until(() -> setup.find(endpoint).pausedUntil().isPresent());
        answer(204);
        feed.send(key, "second");
        soon().until(() -> setup.parked(endpoint) == 2);
        assertThat(calls()).containsExactly("first");
        soon().until(() -> taken().containsAll(List.of("first", "second")));
        assertThat(setup.find(endpoint).pausedUntil().orElseThrow()).isBefore(Instant.now());
    }

    @Test
    void anExhaustedDeliveryIsKeptAndTold() {
        answer(500);
        var endpoint = endpoint(retrying(Duration.ofMillis(100)));
        feed.send(key, "poison");
        soon().until(() -> ended(endpoint, "poison").equals(Optional.of("exhausted")));
        soon().until(() -> isDeadLetter(endpoint, "exhausted"));
        soon().until(() -> isTold("delivery.exhausted", endpoint));
        var letter = feed.published("fanfare-endpoint", endpoint.value()).getFirst();
        assertThat(letter.key()).isEqualTo(key);
        assertThat(letter.value()).isEqualTo("poison");
        assertThat(Feed.header(letter, "fanfare-attempts")).isEqualTo("2");
        assertThat(Feed.header(letter, "fanfare-last-status")).isEqualTo("500");
        assertThat(calls()).containsExactly("poison", "poison");
        assertThat(setup.parked(endpoint)).isZero();
    }

    @Test
    void whatIsOlderThanItsTtlExpires() {
        answer(500);
        var endpoint = endpoint(retrying(Duration.ofSeconds(2)).ttl(Duration.ofSeconds(1)));
        feed.send(key, "old");
        soon().until(() -> ended(endpoint, "old").equals(Optional.of("expired")));
        assertThat(calls()).containsExactly("old");
        assertThat(setup.parked(endpoint)).isZero();
    }

    /// The breaker is open, and only parked deliveries find out whether the endpoint answers again.
    @Test
    void whatHasExpiredIsNotInTheWayOfARecovery() {
        answer(500);
        var endpoint = endpoint(retrying(Duration.ofSeconds(1)).ttl(Duration.ofHours(1)));
        for (int i = 0; i < 200; i++) {
            feed.send(
                    key,
                    "old" + i,
                    Map.of(
                            "ce_specversion", "1.0",
                            "ce_id", key + i,
                            "ce_source", "/policy",
                            "ce_type", "old",
                            "ce_time", "2026-01-01T00:00:00Z"));
        }
        soon().until(() -> !calls().isEmpty());
        answer(204);
        feed.send(key, "new");
        soon().until(() -> taken().contains("new"));
        soon().until(() -> setup.parked(endpoint) == 0);
    }

    @Test
    void conflationKeepsTheLatestOfItsKey() {
        answer(500);
        var endpoint = endpoint(retrying(Duration.ofSeconds(6)).conflating());
        List.of("1", "2", "3").forEach(body -> feed.send(key, body));
        soon().until(() -> calls().size() == 3 && setup.parked(endpoint) == 1);
        answer(204);
        soon().until(() -> !taken().isEmpty());
        soon().until(() -> setup.parked(endpoint) == 0);
        assertThat(taken()).containsExactly("3");
        assertThat(ended(endpoint, "1")).hasValue("superseded");
        assertThat(ended(endpoint, "2")).hasValue("superseded");
        assertThat(ended(endpoint, "3")).isEmpty();
    }

    @Test
    void deletingAnEndpointCancelsWhatIsParked() {
        answer(500);
        var endpoint = endpoint(retrying(Duration.ofSeconds(1)));
        feed.send(key, "parked");
        soon().until(() -> setup.parked(endpoint) == 1);
        setup.delete(endpoint);
        soon().until(() -> setup.parked(endpoint) == 0);
        soon().until(() -> ended(endpoint, "parked").equals(Optional.of("endpoint-deleted")));
    }

    @Test
    void nobodyGetsAnotherTenantsEvents() {
        for (var tenant : List.of("default", "a", "b")) {
            setup.endpoint(
                    tenant,
                    receiver.url(path + "/" + tenant),
                    retrying(Duration.ofSeconds(1)).only(key).settings());
        }
        feed.send(key, "of a", ofTenant("a"));
        feed.send(key, "of b", ofTenant("b"));
        feed.send(key, "of all", ofTenant("a,b"));
        feed.send(key, "of A", ofTenant("A"));
        feed.send(key, "of none");
        awaitEverythingRead();
        for (var tenant : Map.of("default", "of none", "a", "of a", "b", "of b").entrySet()) {
            assertThat(receiver.taken(path + "/" + tenant.getKey()))
                    .extracting(Receiver.Call::body)
                    .containsExactly(tenant.getValue());
        }
    }

    private static Map<String, String> ofTenant(String name) {
        return Map.of(
                "ce_specversion", "1.0", "ce_id", name, "ce_source", "/test", "ce_type", "test", "ce_tenantid", name);
    }

    @Test
    void whatIsTooLargeIsADeadLetter() {
        var endpoint = endpoint(retrying(Duration.ofSeconds(1)));
        feed.send(key, "x".repeat(256 * 1024 + 1));
        soon().until(() -> isDeadLetter(endpoint, "too-large"));
        feed.send(key, "next");
        soon().until(() -> taken().equals(List.of("next")));
        assertThat(calls()).containsExactly("next");
    }

    @Test
    void itsMetricsCountWhatEndsWithoutACallAndTheWayOfWhatIsDelivered() {
        endpoint(retrying(Duration.ofMillis(300)));
        answer(500);
        var observed = dispatcher.observed();
        double tooLarge = observed.metric("fanfare_webhook_dead_letters_total", "reason=\"too-large\"");
        double first = observed.metric("fanfare_webhook_delivery_seconds_count", "attempt=\"first\"");
        double later = observed.metric("fanfare_webhook_delivery_seconds_count", "attempt=\"later\"");
        double soonLater = soonLater(observed);
        feed.send(key, "x".repeat(256 * 1024 + 1));
        feed.send(key, "again");
        soon().until(() -> calls().contains("again"));
        answer(204);
        soon().until(() -> taken().contains("again"));
        feed.send(key, "at once");
        soon().until(() -> taken().contains("at once"));
        soon().untilAsserted(() -> {
            assertThat(observed.metric("fanfare_webhook_dead_letters_total", "reason=\"too-large\""))
                    .isEqualTo(tooLarge + 1);
            assertThat(observed.metric("fanfare_webhook_delivery_seconds_count", "attempt=\"first\""))
                    .isEqualTo(first + 1);
            assertThat(observed.metric("fanfare_webhook_delivery_seconds_count", "attempt=\"later\""))
                    .isEqualTo(later + 1);
            assertThat(observed.metric("fanfare_webhook_frontier_lag", "topic=\"" + setup.topic()))
                    .isZero();
        });
        assertThat(soonLater(observed)).as("a retry is at least 300 ms late").isEqualTo(soonLater);
        assertThat(observed.metric("fanfare_webhook_lanes")).isPositive();
        assertThat(observed.metric("fanfare_webhook_call_seconds_count")).isGreaterThan(2);
    }

    private static double soonLater(Observed observed) {
        return observed.metric("fanfare_webhook_delivery_seconds_bucket", "attempt=\"later\"", "le=\"0.2\"");
    }
}
