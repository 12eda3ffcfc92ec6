package dev.fanfare.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.events.Cursor;
import dev.fanfare.gateway.channel.Head;
import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.GapReason;
import dev.fanfare.gateway.protocol.Notice;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What Kafka no longer has is told, and what comes after it is not missed.
class SessionLossTest {
    private final Log log = new Log(2);
    private final TestNode node = new TestNode(log, 10, TestNode.REPLAY, 500);

    SessionLossTest() {
        log.feed(node.channels); // the head knows the topology
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void tellsWhatKafkaHasDeleted() throws Exception {
        var before = node.anchor("a");
        node.write(30, "a");
        log.deleteBefore(0, 4);
        var client = new Client();
        node.resumed(client, before, "a");

        await().untilAsserted(() -> assertThat(client.events()).hasSize(26).startsWith("0/4"));
        assertThat(client.lines("gap")).containsExactly("t/0 0-4 retention");
    }

    @Test
    void tellsALossThatTheFeedFoundToThoseWhoWereAwayThen() throws Exception {
        node.write(1, "a");
        var before = node.anchor("a");
        node.write(3, "a");
        loseFrom4To10(_ -> {});
        var client = new Client();
        node.resumed(client, before, "a");

        client.receives("0/10");
        assertThat(client.lines("gap")).containsExactly("t/0 1-10 retention");
    }

    @Test
    void tellsALossToThoseWhoComeBackWhileTheOthersAreTold() throws Exception {
        node.write(1, "a");
        var before = node.anchor("a");
        node.write(3, "a");
        var client = new Client();
        loseFrom4To10(_ -> {
            Thread.ofVirtual().start(() -> {
                try {
                    node.resumed(client, before, "a");
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                }
            });
            await().until(() -> !node.sessions.all().isEmpty());
        });

        client.receives("0/10");
        assertThat(client.lines("gap")).containsExactly("t/0 1-10 retention");
    }

    private void loseFrom4To10(Consumer<Head> whileTold) {
        for (int i = 4; i < 10; i++) {
            log.write(0, "a", "x");
        }
        log.deleteBefore(0, 10);
        log.feedAfterLoss(node.channels, 10, whileTold);
        node.write(1, "a");
    }

    /// Partition 0 is cut back from where the feed stands.
    private void truncateTo(long end) {
        var gap = new Notice.Gap("t", 0, end, node.channels.head().vector().offset(0), GapReason.TRUNCATED, false);
        log.truncate(end);
        log.feedAfterLoss(node.channels, end, after -> node.sessions.tellLost(gap, 0, after));
    }

    @Test
    void tellsATruncationThatAReplayWasWalkingTowardsAndGoesOnLive() throws Exception {
        var before = node.anchor("a");
        log.write(1, "a", "x");
        node.write(30, "a");
        log.away = true;
        var client = new Client();
        node.resumed(client, before, "a");
        await().until(() -> log.reads > 0);
        truncateTo(10);
        log.away = false;

        await().untilAsserted(() -> assertThat(client.events()).hasSize(11).endsWith("0/9", "1/0"));
        node.write(1, "a");
        await().untilAsserted(() -> assertThat(client.events()).hasSize(12).endsWith("0/10"));
        assertThat(client.lines("gap")).containsExactly("t/0 10-30 truncated");
    }

    @Test
    void missesNothingThatIsWrittenWhereATruncatedPartHadBeenDelivered() throws Exception {
        var before = node.anchor("a");
        node.write(30, "a");
        var client = new Client();
        node.resumed(client, before, "a");
        await().untilAsserted(() -> assertThat(client.events()).hasSize(30));
        client.stopReading();
        node.write(1, "a");
        await().until(client::isWriting);
        node.write(3, "a");
        truncateTo(10);
        node.write(30, "a"); // beyond the old end, and more than the log keeps
        client.read();

        await().untilAsserted(() -> assertThat(client.events()).endsWith("0/39"));
        assertThat(client.events()
                        .subList(
                                client.events().indexOf("0/30") + 1,
                                client.events().size()))
                .startsWith("0/10", "0/11")
                .hasSize(30);
        assertThat(client.lines("gap")).containsExactly("t/0 10-34 truncated");
    }

    @Test
    void sendsAwayWhoseStartWasWorkedOutBeforeATruncation() throws Exception {
        node.write(30, "a");
        var before = node.anchor("a");
        var start = node.starts.find(
                new StartPoint.AtCursor(Objects.requireNonNull(before.cursor())), TestNode.patterns("a"));
        truncateTo(10);
        var client = new Client();
        node.open(client, start, "a");

        await().untilAsserted(() -> assertThat(client.closed()).isEqualTo(CloseReason.SHUTTING_DOWN));
        assertThat(client.cursor()).isEqualTo(before.cursor());
    }

    @Test
    void givesNoCursorBeyondATruncatedEnd() throws Exception {
        node.write(30, "a");
        var client = new Client();
        node.live(client, "a");
        await().until(() -> client.cursor() != null);

        truncateTo(10);

        await().untilAsserted(() -> assertThat(client.lines("gap")).containsExactly("t/0 10-30 truncated"));
        assertThat(Cursor.decode(Objects.requireNonNull(client.cursor()))
                        .topics()
                        .getFirst()
                        .nextOffsets())
                .startsWith(10);
    }

    @Test
    void stepsOverWhatKafkaCannotRead() throws Exception {
        var before = node.anchor("a");
        node.write(30, "a");
        log.corrupt.add(3L);
        var client = new Client();
        node.resumed(client, before, "a");

        await().untilAsserted(() -> assertThat(client.events()).hasSize(29).doesNotContain("0/3"));
        assertThat(client.lines("gap")).containsExactly("t/0 3-4 corrupt");
    }
}
