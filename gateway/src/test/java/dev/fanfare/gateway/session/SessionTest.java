package dev.fanfare.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Cursor;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.Head;
import dev.fanfare.gateway.channel.Signaller;
import dev.fanfare.gateway.channel.States;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.config.PolicySettings;
import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.GapReason;
import dev.fanfare.gateway.protocol.Notice;
import dev.fanfare.gateway.session.Session.Command;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionTest {
    private static final Duration HEARTBEAT = Duration.ofHours(1);
    private static final GatewaySettings.Replay REPLAY = new GatewaySettings.Replay(
            1, 2, 1000, 1 << 20, Duration.ofMillis(300), 1000, 1 << 20, Duration.ofSeconds(1));
    private static final GatewaySettings.Session LIMITS = new GatewaySettings.Session(
            HEARTBEAT,
            HEARTBEAT,
            HEARTBEAT,
            Duration.ofHours(1),
            Duration.ofHours(1),
            Duration.ZERO,
            10,
            100,
            500,
            PolicySettings.DEFAULT);

    private final Log log = new Log(2);
    private final Signaller signaller = new Signaller();
    private final Channels channels = new Channels(1 << 20, 10, Duration.ofHours(1), signaller);
    private final Sessions sessions = new Sessions(channels, log, new SessionMetrics(), REPLAY.sessions(), 1 << 20);
    private final Starts starts = new Starts(channels, log, States.NONE, REPLAY);

    SessionTest() {
        log.feed(channels); // the head knows the topology
    }

    @AfterEach
    void close() {
        sessions.endAll(CloseReason.SHUTTING_DOWN);
        sessions.close();
        signaller.close();
    }

    private static List<ChannelPattern> patterns(String... patterns) {
        return Arrays.stream(patterns).map(ChannelPattern::parse).toList();
    }

    private Session open(Client client, StartPoint start, String... patterns) throws InterruptedException {
        return open(client, starts.find(start, patterns(patterns)), patterns);
    }

    private Session open(Client client, Start start, String... patterns) {
        var options = SessionOptions.of(Transport.SSE, HEARTBEAT, Duration.ZERO, LIMITS, REPLAY);
        return sessions.open(client, options, patterns(patterns), start, true);
    }

    private Session live(Client client, String... patterns) {
        return open(client, new Start.Live(), patterns);
    }

    private Session resumed(Client client, Client from, String... patterns) throws InterruptedException {
        return open(client, new StartPoint.AtCursor(Objects.requireNonNull(from.cursor())), patterns);
    }

    /// A cursor at the present head.
    private Client anchor(String... patterns) throws InterruptedException {
        var client = new Client();
        var session = live(client, patterns);
        await().until(() -> client.cursor() != null);
        session.end(CloseReason.CLIENT_GONE);
        await().until(() -> !sessions.all().contains(session));
        return client;
    }

    private void write(int count, String channel) {
        for (int i = 0; i < count; i++) {
            log.write(0, channel, "x");
            log.feed(channels);
        }
    }

    private static void receives(Client client, String... events) {
        await().untilAsserted(() -> assertThat(client.events()).containsExactly(events));
    }

    @Test
    void deliversWhatMatchesFromTheHeadOn() {
        write(1, "a");
        var client = new Client();
        live(client, "a", "b.*");

        log.write(0, "a", "x");
        log.write(1, "b.1", "x");
        log.write(1, "c", "x");
        log.feed(channels);

        receives(client, "0/1", "1/0");
        assertThat(client.lines("ready")).containsExactly("live true");
    }

    @Test
    void deliversAnEventOnceThatMatchesTwice() {
        var client = new Client();
        live(client, "a.1", "a.*", "**");

        log.write(0, "a.1", "x");
        log.write(0, "a.2", "x");
        log.feed(channels);

        receives(client, "0/0", "0/1");
    }

    @Test
    void fallsBackToKafkaWhenTheLogHasMovedOn() {
        var client = new Client();
        live(client, "a");
        await().until(() -> client.cursor() != null);
        client.stopReading();
        write(1, "a");
        await().until(client::isWriting);
        write(30, "a"); // the log keeps 10
        client.read();

        await().untilAsserted(() -> assertThat(client.events()).hasSize(31).doesNotHaveDuplicates());
        write(1, "a");
        await().untilAsserted(() -> assertThat(client.events()).hasSize(32).endsWith("0/30", "0/31"));
        assertThat(log.reads).isPositive();
        assertThat(sessions.metrics().overflows.sum()).isEqualTo(1);
        await().untilAsserted(() -> assertThat(sessions.replaying()).isZero());
    }

    @Test
    void resumesFromTheLogsWithoutReadingKafka() throws Exception {
        var before = anchor("a");
        write(5, "a");
        var client = new Client();
        resumed(client, before, "a");

        receives(client, "0/0", "0/1", "0/2", "0/3", "0/4");
        assertThat(log.reads).isZero();
    }

    @Test
    void waitsWhereTheCursorIsAheadOfThisNodeAndRepeatsNothing() throws Exception {
        log.write(0, "a", "x");
        log.write(0, "a", "x");
        log.write(1, "a", "x");
        var other = new Channels(1 << 20, 10, Duration.ofHours(1), signaller);
        log.feed(other);
        var elsewhere = new Client();
        var cursor = new String(other.head().cursor(), StandardCharsets.US_ASCII);
        open(elsewhere, new StartPoint.AtCursor(cursor), "a"); // this node's feed has read nothing yet

        log.write(0, "a", "x");
        log.feed(channels, 1);
        log.feed(channels, 1);
        log.feed(channels, 1);

        receives(elsewhere, "0/2");
        assertThat(elsewhere.lines("gap")).isEmpty();
    }

    @Test
    void tellsWhatKafkaHasDeleted() throws Exception {
        var before = anchor("a");
        write(30, "a");
        log.deleteBefore(0, 4);
        var client = new Client();
        resumed(client, before, "a");

        await().untilAsserted(() -> assertThat(client.events()).hasSize(26).startsWith("0/4"));
        assertThat(client.lines("gap")).containsExactly("t/0 0-4 retention");
    }

    @Test
    void tellsALossThatTheFeedFoundToThoseWhoWereAwayThen() throws Exception {
        write(1, "a");
        var before = anchor("a");
        write(3, "a");
        loseFrom4To10(_ -> {});
        var client = new Client();
        resumed(client, before, "a");

        receives(client, "0/10");
        assertThat(client.lines("gap")).containsExactly("t/0 1-10 retention");
    }

    @Test
    void tellsALossToThoseWhoComeBackWhileTheOthersAreTold() throws Exception {
        write(1, "a");
        var before = anchor("a");
        write(3, "a");
        var client = new Client();
        loseFrom4To10(_ -> {
            Thread.ofVirtual().start(() -> {
                try {
                    resumed(client, before, "a");
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                }
            });
            await().until(() -> !sessions.all().isEmpty());
        });

        receives(client, "0/10");
        assertThat(client.lines("gap")).containsExactly("t/0 1-10 retention");
    }

    private void loseFrom4To10(Consumer<Head> whileTold) {
        for (int i = 4; i < 10; i++) {
            log.write(0, "a", "x");
        }
        log.deleteBefore(0, 10);
        log.feedAfterLoss(channels, 10, whileTold);
        write(1, "a");
    }

    /// Partition 0 is cut back from where the feed stands.
    private void truncateTo(long end) {
        var gap = new Notice.Gap("t", 0, end, channels.head().vector().offset(0), GapReason.TRUNCATED, false);
        log.truncate(end);
        log.feedAfterLoss(channels, end, after -> sessions.tellLost(gap, 0, after));
    }

    @Test
    void tellsATruncationThatAReplayWasWalkingTowardsAndGoesOnLive() throws Exception {
        var before = anchor("a");
        log.write(1, "a", "x");
        write(30, "a");
        log.away = true;
        var client = new Client();
        resumed(client, before, "a");
        await().until(() -> log.reads > 0);
        truncateTo(10);
        log.away = false;

        await().untilAsserted(() -> assertThat(client.events()).hasSize(11).endsWith("0/9", "1/0"));
        write(1, "a");
        await().untilAsserted(() -> assertThat(client.events()).hasSize(12).endsWith("0/10"));
        assertThat(client.lines("gap")).containsExactly("t/0 10-30 truncated");
    }

    @Test
    void missesNothingThatIsWrittenWhereATruncatedPartHadBeenDelivered() throws Exception {
        var before = anchor("a");
        write(30, "a");
        var client = new Client();
        resumed(client, before, "a");
        await().untilAsserted(() -> assertThat(client.events()).hasSize(30));
        client.stopReading();
        write(1, "a");
        await().until(client::isWriting);
        write(3, "a");
        truncateTo(10);
        write(30, "a"); // beyond the old end, and more than the log keeps
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
        write(30, "a");
        var before = anchor("a");
        var start = starts.find(new StartPoint.AtCursor(Objects.requireNonNull(before.cursor())), patterns("a"));
        truncateTo(10);
        var client = new Client();
        open(client, start, "a");

        await().untilAsserted(() -> assertThat(client.closed()).isEqualTo(CloseReason.SHUTTING_DOWN));
        assertThat(client.cursor()).isEqualTo(before.cursor());
    }

    @Test
    void givesNoCursorBeyondATruncatedEnd() throws Exception {
        write(30, "a");
        var client = new Client();
        live(client, "a");
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
        var before = anchor("a");
        write(30, "a");
        log.corrupt.add(3L);
        var client = new Client();
        resumed(client, before, "a");

        await().untilAsserted(() -> assertThat(client.events()).hasSize(29).doesNotContain("0/3"));
        assertThat(client.lines("gap")).containsExactly("t/0 3-4 corrupt");
    }

    @Test
    void tellsATooLargeEventAsAGap() {
        var client = new Client();
        live(client, "a");

        log.write(0, "a", "x".repeat(101));
        log.write(0, "a", "x");
        log.feed(channels);

        receives(client, "0/1");
        assertThat(client.lines("gap")).containsExactly("t/0 0-1 too-large");
    }

    @Test
    void tellsWhatLiesFurtherBackThanAReplayMayGo() throws Exception {
        var before = anchor("a");
        for (int i = 0; i < 1200; i++) {
            log.write(0, "a", "x");
        }
        log.feed(channels, 2000);
        var client = new Client();
        resumed(client, before, "a");

        await().untilAsserted(() -> assertThat(client.events()).hasSize(1000).startsWith("0/200"));
        assertThat(client.lines("gap")).containsExactly("t/0 0-200 replay-limit");
    }

    @Test
    void doesNotCountWhatASessionNeverAskedForAgainstItsReplayLimit() throws Exception {
        log.topology = log.topology.with("other", new Uuid(2, 2), 1);
        log.feed(channels);
        var before = anchor("a");
        write(30, "a");
        for (int i = 0; i < 5000; i++) {
            log.write(2, "other", "x");
        }
        log.feed(channels, 10_000);
        var client = new Client();
        resumed(client, before, "a");

        await().untilAsserted(() -> assertThat(client.events()).hasSize(30));
        assertThat(client.lines("gap")).isEmpty();
    }

    @Test
    void deliversAnEventWithoutATimestamp() {
        var client = new Client();
        live(client, "a");

        log.write(0, "a", "x", -1);
        log.feed(channels);

        receives(client, "0/0");
    }

    @Test
    void movesTheCursorInSilenceSoThatNothingOfAQuietPartitionIsMissed() throws Exception {
        var client = new Client();
        var session = live(client, "a");
        await().until(() -> client.cursor() != null);
        log.write(1, "elsewhere", "x");
        log.feed(channels);

        session.tick(System.nanoTime() + HEARTBEAT.toNanos());

        await().untilAsserted(() -> assertThat(client.all()).last().isEqualTo("heartbeat"));
        assertThat(client.all()).anyMatch(line -> line.startsWith("cursor "));
        log.write(1, "a", "x");
        log.feed(channels);
        receives(client, "1/1");
        assertThat(client.cursor()).isEqualTo(new String(channels.head().cursor(), StandardCharsets.US_ASCII));
    }

    @Test
    void endsResumablyWhenThereIsNoRoomForAReplay() throws Exception {
        var before = anchor("a");
        write(30, "a");
        for (int i = 0; i < REPLAY.sessions(); i++) {
            assertThat(sessions.replays().take(() -> 0, System.nanoTime(), Duration.ZERO))
                    .isTrue();
        }
        var client = new Client();
        resumed(client, before, "a");

        await().untilAsserted(() -> assertThat(client.closed()).isEqualTo(CloseReason.REPLAY_BUSY));
        for (int i = 0; i < REPLAY.sessions(); i++) {
            sessions.replays().giveBack();
        }
        var again = new Client();
        resumed(again, client, "a");
        await().untilAsserted(() -> assertThat(again.events()).hasSize(30));
    }

    @Test
    void goesOnWhereItStoppedWhenKafkaIsBack() throws Exception {
        var before = anchor("a");
        write(30, "a");
        log.away = true;
        var client = new Client();
        var session = resumed(client, before, "a");
        await().until(() -> log.reads > 1);
        session.tick(System.nanoTime() + HEARTBEAT.toNanos());
        await().untilAsserted(() -> assertThat(client.all()).contains("heartbeat"));
        log.away = false;

        await().untilAsserted(() -> assertThat(client.events()).hasSize(30).doesNotHaveDuplicates());
    }

    @Test
    void subscribesFromWhereItStands() throws Exception {
        var client = new Client();
        var session = live(client, "a");
        write(1, "b");
        session.command(s -> {
            s.interests().add(ChannelPattern.parse("b"), Terms.USUAL);
            s.tell(new Notice.Pong(null));
        });
        await().until(() -> client.all().stream().anyMatch(line -> line.startsWith("Pong")));
        write(1, "b");

        await().untilAsserted(() -> assertThat(client.events()).endsWith("0/1"));
        session.command(s -> s.interests().remove(ChannelPattern.parse("b")));
        write(1, "b");
        write(1, "a");
        await().untilAsserted(() -> assertThat(client.events()).endsWith("0/1", "0/3"));
    }

    @Test
    void endsAClientThatAsksForMoreThanItReads() {
        var client = new Client();
        var session = live(client, "a");
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
        var session = live(client, "a");
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
        var session = live(client, "a");
        await().until(() -> client.cursor() != null);
        client.stopReading();
        session.command(s -> s.tell(new Notice.Pong(null)));
        await().until(client::isWriting);
        for (int i = 0; i < 100; i++) {
            sessions.tellLost(new Notice.Gap("t", 0, i, i + 1, GapReason.CORRUPT, false), 0, channels.head());
        }
        session.command(s -> s.tell(new Notice.Pong(null)));
        client.read();

        await().untilAsserted(() -> assertThat(client.lines("gap")).hasSize(100));
        assertThat(client.closed()).isNull();
    }

    @Test
    void givesNoCursorAfterAFaultThatItCouldBeAheadOf() throws Exception {
        var before = anchor("a");
        write(30, "a");
        var client = new Client();
        client.fails = true;
        resumed(client, before, "a");

        await().untilAsserted(() -> assertThat(client.closed()).isEqualTo(CloseReason.INTERNAL));
        assertThat(client.wasAborted()).isTrue();
        assertThat(client.lastWords()).isNull();
        assertThat(sessions.replaying()).isZero();
    }

    @Test
    void leavesNothingBehindWhenItCannotBegin() {
        var client = new Client() {
            @Override
            public byte[] notice(Notice notice, byte[] id) {
                throw new IllegalStateException("no");
            }
        };
        int logs = channels.logCount();

        assertThatThrownBy(() -> live(client, "a", "b.*")).hasMessage("no");

        assertThat(sessions.all()).isEmpty();
        assertThat(channels.logCount()).isEqualTo(logs);
        assertThat(client.wasAborted()).isTrue();
    }

    @Test
    void endsWhileItSleeps() {
        var client = new Client();
        var session = live(client, "a");
        await().until(() -> client.cursor() != null);

        session.end(CloseReason.SHUTTING_DOWN);

        await().untilAsserted(() -> assertThat(sessions.all()).isEmpty());
        assertThat(client.closed()).isEqualTo(CloseReason.SHUTTING_DOWN);
        assertThat(client.lastWords()).isEqualTo(client.cursor());
        assertThat(channels.logCount()).isZero();
    }

    @Test
    void endsWhileItsClientDoesNotRead() {
        var client = new Client();
        var session = live(client, "a");
        await().until(() -> client.cursor() != null);
        client.stopReading();
        write(1, "a");
        await().until(client::isWriting);

        session.checkStall(System.nanoTime() + Duration.ofHours(2).toNanos()); // the stall is noticed

        await().untilAsserted(() -> assertThat(sessions.all()).isEmpty());
        assertThat(client.closed()).isEqualTo(CloseReason.TOO_SLOW);
        assertThat(client.events()).isEmpty();
    }

    @Test
    void endsWhileItWaitsForKafka() throws Exception {
        var before = anchor("a");
        write(30, "a");
        log.away = true;
        var client = new Client();
        var session = resumed(client, before, "a");
        await().until(() -> log.reads > 0);

        session.end(CloseReason.CLIENT_GONE);

        await().untilAsserted(() -> assertThat(sessions.all()).isEmpty());
        assertThat(sessions.replaying()).isZero();
    }

    @Test
    void endsThoughAnotherReasonWasFirstAndWentUnnoticed() {
        var client = new Client() {
            @Override
            public long stalledSince() {
                return System.nanoTime(); // as a write that returns just when the stall is noticed
            }
        };
        var session = live(client, "a");
        await().until(() -> client.cursor() != null);

        session.checkStall(System.nanoTime() + Duration.ofHours(2).toNanos());

        await().untilAsserted(() -> assertThat(sessions.all()).isEmpty());
    }

    @Test
    void missesNothingOfATopicThatIsCreatedWhileItsClientIsAway() throws Exception {
        log.topology = log.topology.with("later", Uuid.ZERO_UUID, 0); // routed, not there
        log.feed(channels);
        var before = anchor("a");
        log.topology = log.topology.with("later", new Uuid(3, 3), 1);
        log.write(2, "a", "x");
        log.feed(channels);
        var client = new Client();
        resumed(client, before, "a");

        receives(client, "0/0");
        assertThat(client.lines("event")).containsExactly("later/0/0 a");
    }

    @Test
    void isWokenByWhatIsWrittenWhileItFallsAsleep() throws Exception {
        var clients = new ArrayList<Client>();
        for (int i = 0; i < 50; i++) {
            var client = new Client();
            clients.add(client);
            live(client, "a");
        }
        var go = new CountDownLatch(1);
        var feed = Thread.ofPlatform().start(() -> {
            try {
                go.await();
                write(300, "a");
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
