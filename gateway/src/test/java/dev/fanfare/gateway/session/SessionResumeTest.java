package dev.fanfare.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.session.Recorder.What;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Sessions that come back with a cursor, or fall behind the logs, and read Kafka.
class SessionResumeTest {
    private final Log log = new Log(2);
    private final TestNode node = new TestNode(log, 10, TestNode.REPLAY, 500);

    SessionResumeTest() {
        log.feed(node.channels); // the head knows the topology
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void fallsBackToKafkaWhenTheLogHasMovedOn() {
        var client = new Client();
        node.live(client, "a");
        await().until(() -> client.cursor() != null);
        client.stopReading();
        node.write(1, "a");
        await().until(client::isWriting);
        node.write(30, "a"); // the log keeps 10
        client.read();

        await().untilAsserted(() -> assertThat(client.events()).hasSize(31).doesNotHaveDuplicates());
        node.write(1, "a");
        await().untilAsserted(() -> assertThat(client.events()).hasSize(32).endsWith("0/30", "0/31"));
        assertThat(log.reads).isPositive();
        assertThat(node.sessions.metrics().overflows.sum()).isEqualTo(1);
        await().untilAsserted(() -> assertThat(node.sessions.replaying()).isZero());
    }

    @Test
    void resumesFromTheLogsWithoutReadingKafka() throws Exception {
        var before = node.anchor("a");
        node.write(5, "a");
        var client = new Client();
        node.resumed(client, before, "a");

        client.receives("0/0", "0/1", "0/2", "0/3", "0/4");
        assertThat(log.reads).isZero();
    }

    @Test
    void waitsWhereTheCursorIsAheadOfThisNodeAndRepeatsNothing() throws Exception {
        log.write(0, "a", "x");
        log.write(0, "a", "x");
        log.write(1, "a", "x");
        var other = new Channels(1 << 20, 10, Duration.ofHours(1), node.signaller);
        log.feed(other);
        var elsewhere = new Client();
        var cursor = new String(other.head().cursor(), StandardCharsets.US_ASCII);
        var recorder = new Recorder(node.sessions);
        recorder.sample(1);
        var session =
                node.open(elsewhere, new StartPoint.AtCursor(cursor), "a"); // this node's feed has read nothing yet

        log.write(0, "a", "x");
        log.feed(node.channels, 1);
        log.feed(node.channels, 1);
        log.feed(node.channels, 1);

        elsewhere.receives("0/2");
        assertThat(elsewhere.lines("gap")).isEmpty();
        assertThat(recorder.find(session.id(), null))
                .extracting(Recorder.Decision::what)
                .startsWith(What.PAST, What.PAST, What.PAST, What.MATCHED, What.QUEUED);
    }

    @Test
    void tellsWhatLiesFurtherBackThanAReplayMayGo() throws Exception {
        var before = node.anchor("a");
        for (int i = 0; i < 1200; i++) {
            log.write(0, "a", "x");
        }
        log.feed(node.channels, 2000);
        var client = new Client();
        node.resumed(client, before, "a");

        await().untilAsserted(() -> assertThat(client.events()).hasSize(1000).startsWith("0/200"));
        assertThat(client.lines("gap")).containsExactly("t/0 0-200 replay-limit");
    }

    @Test
    void doesNotCountWhatASessionNeverAskedForAgainstItsReplayLimit() throws Exception {
        log.topology = log.topology.with("other", new Uuid(2, 2), 1);
        log.feed(node.channels);
        var before = node.anchor("a");
        node.write(30, "a");
        for (int i = 0; i < 5000; i++) {
            log.write(2, "other", "x");
        }
        log.feed(node.channels, 10_000);
        var client = new Client();
        node.resumed(client, before, "a");

        await().untilAsserted(() -> assertThat(client.events()).hasSize(30));
        assertThat(client.lines("gap")).isEmpty();
    }

    @Test
    void endsResumablyWhenThereIsNoRoomForAReplay() throws Exception {
        var before = node.anchor("a");
        node.write(30, "a");
        for (int i = 0; i < TestNode.REPLAY.sessions(); i++) {
            assertThat(node.sessions.replays().take(() -> 0, System.nanoTime(), Duration.ZERO))
                    .isTrue();
        }
        var client = new Client();
        node.resumed(client, before, "a");

        await().untilAsserted(() -> assertThat(client.closed()).isEqualTo(CloseReason.REPLAY_BUSY));
        for (int i = 0; i < TestNode.REPLAY.sessions(); i++) {
            node.sessions.replays().giveBack();
        }
        var again = new Client();
        node.resumed(again, client, "a");
        await().untilAsserted(() -> assertThat(again.events()).hasSize(30));
    }

    @Test
    void goesOnWhereItStoppedWhenKafkaIsBack() throws Exception {
        var before = node.anchor("a");
        node.write(30, "a");
        log.away = true;
        var client = new Client();
        var session = node.resumed(client, before, "a");
        await().until(() -> log.reads > 1);
        session.tick(System.nanoTime() + TestNode.HEARTBEAT.toNanos());
        await().untilAsserted(() -> assertThat(client.all()).contains("heartbeat"));
        log.away = false;

        await().untilAsserted(() -> assertThat(client.events()).hasSize(30).doesNotHaveDuplicates());
    }

    @Test
    void endsWhileItWaitsForKafka() throws Exception {
        var before = node.anchor("a");
        node.write(30, "a");
        log.away = true;
        var client = new Client();
        var session = node.resumed(client, before, "a");
        await().until(() -> log.reads > 0);

        session.end(CloseReason.CLIENT_GONE);

        await().untilAsserted(() -> assertThat(node.sessions.all()).isEmpty());
        assertThat(node.sessions.replaying()).isZero();
    }

    @Test
    void missesNothingOfATopicThatIsCreatedWhileItsClientIsAway() throws Exception {
        log.topology = log.topology.with("later", Uuid.ZERO_UUID, 0); // routed, not there
        log.feed(node.channels);
        var before = node.anchor("a");
        log.topology = log.topology.with("later", new Uuid(3, 3), 1);
        log.write(2, "a", "x");
        log.feed(node.channels);
        var client = new Client();
        node.resumed(client, before, "a");

        client.receives("0/0");
        assertThat(client.lines("event")).containsExactly("later/0/0 a");
    }
}
