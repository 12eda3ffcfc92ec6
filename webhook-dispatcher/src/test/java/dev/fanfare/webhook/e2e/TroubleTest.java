package dev.fanfare.webhook.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Trouble that a dispatcher finds when it starts, and an endpoint that never recovers.
@Timeout(180)
class TroubleTest {
    @TempDir
    private Path dir;

    private final Cluster cluster = Cluster.shared();
    private Setup setup;
    private Receiver receiver;
    private Feed feed;

    @BeforeEach
    void start() throws IOException {
        setup = Setup.of(dir, cluster.servers(), cluster.newTopic("trouble", 1));
        receiver = Receiver.start();
        feed = new Feed(cluster, setup);
    }

    @AfterEach
    void stop() {
        feed.close();
        receiver.close();
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(40));
    }

    private Setup.Created endpoint() {
        return setup.endpoint(
                receiver.url("/hook"),
                Draft.retrying(49, Duration.ofMillis(500)).settings());
    }

    /// A dispatcher has read, has stopped, and then that many more came: `event 0` and so on.
    ///
    /// @return the offset of the first
    private long missed(int events) {
        endpoint();
        try (var _ = TestDispatcher.start(setup)) {
            Load.probe(cluster, setup.topic(), receiver);
            soon().until(() -> cluster.isCommitted(setup.group(), setup.topic(), 1));
        }
        long first = feed.send("k", "event 0");
        IntStream.range(1, events).forEach(i -> feed.send("k", "event " + i));
        return first;
    }

    @Test
    void resumesFromTheStoreWhenTheGroupsOffsetsAreLost() {
        missed(5);
        cluster.forget(setup.group());
        try (var _ = TestDispatcher.start(setup)) {
            soon().until(() -> receiver.bodies()
                    .containsAll(
                            IntStream.range(0, 5).mapToObj(i -> "event " + i).toList()));
            soon().until(() -> cluster.isCommitted(setup.group(), setup.topic(), 1));
        }
        assertThat(feed.published("ce_type", "feed.lost")).isEmpty();
    }

    @Test
    void tellsTheRangeThatKafkaHasNoMore() {
        long first = missed(5);
        cluster.deleteRecords(setup.topic(), 0, first + 3);
        try (var _ = TestDispatcher.start(setup)) {
            soon().until(() -> !feed.published("ce_type", "feed.lost").isEmpty());
            var told = feed.published("ce_type", "feed.lost").getFirst();
            assertThat(told.value()).contains("\"from\":\"" + first + "\"", "\"to\":\"" + (first + 3) + "\"");
            assertThat(Feed.header(told, "ce_subject")).isEqualTo(setup.topic() + "-0");
            soon().until(() -> receiver.bodies().contains("event 4"));
        }
        assertThat(receiver.bodies()).contains("event 3").doesNotContain("event 0", "event 1", "event 2");
    }

    @Test
    void disablesAnEndpointOfWhichNothingButFailuresCame() {
        var endpoint = endpoint();
        receiver.answer(500);
        try (var _ = TestDispatcher.start(setup.disableAfter(Duration.ofSeconds(3)))) {
            soon().until(() -> {
                feed.send("k", "doomed");
                return !receiver.calls().isEmpty();
            });
            soon().until(() -> setup.find(endpoint.id()).disabledReason().equals(Optional.of("failing")));
            soon().until(() -> feed.published("ce_type", "endpoint.disabled").size() == 1);
        }
    }
}
