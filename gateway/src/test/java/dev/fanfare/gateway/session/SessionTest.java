package dev.fanfare.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.GapReason;
import dev.fanfare.gateway.protocol.Notice;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a session delivers, does and leaves behind.
class SessionTest {
    private final Log log = new Log(2);
    private final TestNode node = new TestNode(log, 10, TestNode.REPLAY, 500);

    SessionTest() {
        log.feed(node.channels); // the head knows the topology
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void deliversWhatMatchesFromTheHeadOn() {
        node.write(1, "a");
        var client = new Client();
        node.live(client, "a", "b.*");

        log.write(0, "a", "x");
        log.write(1, "b.1", "x");
        log.write(1, "c", "x");
        log.feed(node.channels);

        client.receives("0/1", "1/0");
        assertThat(client.lines("ready")).containsExactly("live true");
    }

    @Test
    void deliversAnEventOnceThatMatchesTwice() {
        var client = new Client();
        node.live(client, "a.1", "a.*", "**");

        log.write(0, "a.1", "x");
        log.write(0, "a.2", "x");
        log.feed(node.channels);

        client.receives("0/0", "0/1");
    }

    @Test
    void tellsATooLargeEventAsAGap() {
        var client = new Client();
        node.live(client, "a");

        log.write(0, "a", "x".repeat(101));
        log.write(0, "a", "x");
        log.feed(node.channels);

        client.receives("0/1");
        assertThat(client.lines("gap")).containsExactly("t/0 0-1 too-large");
    }

    @Test
    void deliversAnEventWithoutATimestamp() {
        var client = new Client();
        node.live(client, "a");

        log.write(0, "a", "x", -1);
        log.feed(node.channels);

        client.receives("0/0");
    }

    @Test
    void movesTheCursorInSilenceSoThatNothingOfAQuietPartitionIsMissed() throws Exception {
        var client = new Client();
        var session = node.live(client, "a");
        await().until(() -> client.cursor() != null);
        log.write(1, "elsewhere", "x");
        log.feed(node.channels);

        session.tick(System.nanoTime() + TestNode.HEARTBEAT.toNanos());

        await().untilAsserted(() -> assertThat(client.all()).last().isEqualTo("heartbeat"));
        assertThat(client.all()).anyMatch(line -> line.startsWith("cursor "));
        log.write(1, "a", "x");
        log.feed(node.channels);
        client.receives("1/1");
        assertThat(client.cursor()).isEqualTo(new String(node.channels.head().cursor(), StandardCharsets.US_ASCII));
    }

    @Test
    void subscribesFromWhereItStands() throws Exception {
        var client = new Client();
        var session = node.live(client, "a");
        node.write(1, "b");
        session.command(s -> {
            s.interests().add(ChannelPattern.parse("b"), Terms.USUAL);
            s.tell(new Notice.Pong(null));
        });
        await().until(() -> client.all().stream().anyMatch(line -> line.startsWith("Pong")));
        node.write(1, "b");

        await().untilAsserted(() -> assertThat(client.events()).endsWith("0/1"));
        session.command(s -> s.interests().remove(ChannelPattern.parse("b")));
        node.write(1, "b");
        node.write(1, "a");
        await().untilAsserted(() -> assertThat(client.events()).endsWith("0/1", "0/3"));
    }

    @Test
    void endsAClientThatAsksForMoreThanItReads() {
        var client = new Client();
        var session = node.live(client, "a");
        await().until(() -> client.cursor() != null);
        client.stopReading();
        Command question = s -> s.tell(new Notice.Pong(null));
        session.command(question);
        await().until(client::isWriting);
        for (int i = 0; i < 65; i++) {
            session.command(question);
        }
        client.read();

        await().untilAsserted(() -> assertThat(client.closed()).isEqualTo(CloseReason.POLICY));
    }

    @Test
    void doesInOrderWhatItWasToldWhileItWrote() {
        var client = new Client();
        var session = node.live(client, "a");
        await().until(() -> client.cursor() != null);
        client.stopReading();
        session.command(s -> s.tell(new Notice.Pong(null)));
        await().until(client::isWriting);
        var done = new CopyOnWriteArrayList<Integer>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            session.command(_ -> done.add(number));
        }
        client.read();

        await().untilAsserted(() -> assertThat(done).containsExactly(0, 1, 2, 3, 4));
    }

    @Test
    void doesNotHoldAgainstAClientWhatTheGatewayHasToSay() {
        var client = new Client();
        var session = node.live(client, "a");
        await().until(() -> client.cursor() != null);
        client.stopReading();
        session.command(s -> s.tell(new Notice.Pong(null)));
        await().until(client::isWriting);
        for (int i = 0; i < 100; i++) {
            node.sessions.tellLost(new Notice.Gap("t", 0, i, i + 1, GapReason.CORRUPT, false), 0, node.channels.head());
        }
        session.command(s -> s.tell(new Notice.Pong(null)));
        client.read();

        await().untilAsserted(() -> assertThat(client.lines("gap")).hasSize(100));
        assertThat(client.closed()).isNull();
    }

    @Test
    void givesNoCursorAfterAFaultThatItCouldBeAheadOf() throws Exception {
        var before = node.anchor("a");
        node.write(30, "a");
        var client = new Client();
        client.fails = true;
        node.resumed(client, before, "a");

        await().untilAsserted(() -> assertThat(client.closed()).isEqualTo(CloseReason.INTERNAL));
        assertThat(client.wasAborted()).isTrue();
        assertThat(client.lastWords()).isNull();
        assertThat(node.sessions.replaying()).isZero();
    }

    @Test
    void leavesNothingBehindWhenItCannotBegin() {
        var client = new Client() {
            @Override
            public byte[] notice(Notice notice, byte[] id) {
                throw new IllegalStateException("no");
            }
        };
        int logs = node.channels.logCount();

        assertThatThrownBy(() -> node.live(client, "a", "b.*")).hasMessage("no");

        assertThat(node.sessions.all()).isEmpty();
        assertThat(node.channels.logCount()).isEqualTo(logs);
        assertThat(client.wasAborted()).isTrue();
    }

    @Test
    void endsWhileItSleeps() {
        var client = new Client();
        var session = node.live(client, "a");
        await().until(() -> client.cursor() != null);

        session.end(CloseReason.SHUTTING_DOWN);

        await().untilAsserted(() -> assertThat(node.sessions.all()).isEmpty());
        assertThat(client.closed()).isEqualTo(CloseReason.SHUTTING_DOWN);
        assertThat(client.lastWords()).isEqualTo(client.cursor());
        assertThat(node.channels.logCount()).isZero();
    }

    @Test
    void endsWhileItsClientDoesNotRead() {
        var client = new Client();
        var session = node.live(client, "a");
        await().until(() -> client.cursor() != null);
        client.stopReading();
        node.write(1, "a");
        await().until(client::isWriting);

        session.checkStall(System.nanoTime() + Duration.ofHours(2).toNanos()); // the stall is noticed

        await().untilAsserted(() -> assertThat(node.sessions.all()).isEmpty());
        assertThat(client.closed()).isEqualTo(CloseReason.TOO_SLOW);
        assertThat(client.events()).isEmpty();
    }

    @Test
    void endsThoughAnotherReasonWasFirstAndWentUnnoticed() {
        var client = new Client() {
            @Override
            public long stalledSince() {
                return System.nanoTime(); // as a write that returns just when the stall is noticed
            }
        };
        var session = node.live(client, "a");
        await().until(() -> client.cursor() != null);

        session.checkStall(System.nanoTime() + Duration.ofHours(2).toNanos());

        await().untilAsserted(() -> assertThat(node.sessions.all()).isEmpty());
    }

    @Test
    void isWokenByWhatIsWrittenWhileItFallsAsleep() throws Exception {
        var clients = new ArrayList<Client>();
        for (int i = 0; i < 50; i++) {
            var client = new Client();
            clients.add(client);
            node.live(client, "a");
        }
        var go = new CountDownLatch(1);
        var feed = Thread.ofPlatform().start(() -> {
            try {
                go.await();
                node.write(300, "a");
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        });
        go.countDown();
        feed.join();

        await().untilAsserted(() -> assertThat(clients)
                .allSatisfy(client -> assertThat(client.events()).hasSize(300).doesNotHaveDuplicates()));
    }
}
