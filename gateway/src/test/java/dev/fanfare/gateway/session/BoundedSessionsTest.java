package dev.fanfare.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.Signaller;
import dev.fanfare.gateway.channel.States;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.config.PolicySettings;
import dev.fanfare.gateway.protocol.CloseReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What sessions may hold, and take turns for.
@Timeout(60)
class BoundedSessionsTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int UNWRITTEN_MAX = 100; // an event is about 40 bytes
    private static final GatewaySettings.Replay REPLAY = new GatewaySettings.Replay(
            1, 2, 1000, 1 << 20, Duration.ofMillis(300), 1000, 1 << 20, Duration.ofSeconds(1));
    private static final GatewaySettings.Session LIMITS = new GatewaySettings.Session(
            HOUR, HOUR, HOUR, HOUR, HOUR, Duration.ZERO, 10, 100, 500, PolicySettings.DEFAULT);

    private final Log log = new Log(1);
    private final Signaller signaller = new Signaller();
    private final Channels channels = new Channels(1 << 20, 10, HOUR, signaller);
    private final Sessions sessions =
            new Sessions(channels, log, new SessionMetrics(), REPLAY.sessions(), UNWRITTEN_MAX);
    private final Starts starts = new Starts(channels, log, States.NONE, REPLAY);

    /// Permits what the test says.
    private static final class Permits implements Permit {
        private final AtomicInteger reading = new AtomicInteger();
        private final AtomicInteger ended = new AtomicInteger();
        private volatile boolean replays;

        @Override
        public long look(Session session) {
            return NEVER;
        }

        @Override
        public boolean beginReplay() {
            reading.addAndGet(replays ? 1 : 0);
            return replays;
        }

        @Override
        public void endReplay() {
            reading.decrementAndGet();
        }

        @Override
        public void ended() {
            ended.incrementAndGet();
        }
    }

    BoundedSessionsTest() {
        log.feed(channels);
    }

    @AfterEach
    void close() {
        sessions.endAll(CloseReason.SHUTTING_DOWN);
        sessions.close();
        signaller.close();
    }

    private Session open(Client client, Permit permit, Start start) {
        var options = SessionOptions.of(Transport.SSE, HOUR, Duration.ZERO, LIMITS, REPLAY)
                .under(permit);
        return sessions.open(client, options, List.of(ChannelPattern.parse("a")), start, true);
    }

    private void write(int count) {
        for (int i = 0; i < count; i++) {
            log.write(0, "a", "x");
            log.feed(channels);
        }
    }

    /// A client that was there before more was written than the logs hold.
    private Client away() throws InterruptedException {
        var before = new Client();
        var session = open(before, Permit.ALWAYS, new Start.Live());
        await().until(() -> before.cursor() != null);
        session.end(CloseReason.CLIENT_GONE);
        await().until(() -> sessions.all().isEmpty());
        write(30);
        return before;
    }

    private Session resume(Client client, Client before, Permit permit) throws InterruptedException {
        var point = new StartPoint.AtCursor(Objects.requireNonNull(before.cursor()));
        return open(client, permit, starts.find(point, List.of(ChannelPattern.parse("a"))));
    }

    @Test
    void cutsThoseWhoHaveNotReadForLongestWhenTooMuchWaits() {
        var clients = new ArrayList<Client>();
        for (int i = 0; i < 4; i++) {
            var client = new Client();
            clients.add(client);
            open(client, Permit.ALWAYS, new Start.Live());
            await().until(() -> client.cursor() != null);
        }
        for (int i = 0; i < 3; i++) {
            var client = clients.get(i);
            client.stopReading();
            write(1);
            await().until(client::isWriting);
            if (i == 0) {
                assertThat(sessions.unwrittenBytes()).isBetween(UNWRITTEN_MAX / 3L + 1, UNWRITTEN_MAX / 2L);
            }
        }

        await().untilAsserted(() -> assertThat(clients.getFirst().closed()).isEqualTo(CloseReason.WRITE_BUDGET));
        assertThat(clients.getFirst().events()).isEmpty();
        assertThat(sessions.unwrittenBytes()).isBetween(1L, (long) UNWRITTEN_MAX);
        for (var client : clients.subList(1, 4)) {
            assertThat(client.closed()).isNull();
            client.read();
            await().untilAsserted(() -> assertThat(client.events()).containsExactly("0/0", "0/1", "0/2"));
        }
        await().untilAsserted(() -> assertThat(sessions.unwrittenBytes()).isZero());
    }

    @Test
    void readsBackOnlyWhenItIsItsTurn() throws InterruptedException {
        var before = away();
        var permits = new Permits();
        var client = new Client();
        int reads = log.reads;
        resume(client, before, permits);
        write(1); // it is signalled, and still waits
        assertThat(log.reads).isEqualTo(reads);
        assertThat(client.events()).isEmpty();

        permits.replays = true;

        await().untilAsserted(() -> assertThat(client.events()).hasSize(31).doesNotHaveDuplicates());
        await().untilAsserted(() -> assertThat(permits.reading).hasValue(0));
        assertThat(permits.ended).hasValue(0);
    }

    @Test
    void endsResumablyWhenItsTurnDoesNotCome() throws InterruptedException {
        var before = away();
        var permits = new Permits();
        var client = new Client();
        int reads = log.reads;
        resume(client, before, permits);

        await().untilAsserted(() -> assertThat(client.closed()).isEqualTo(CloseReason.REPLAY_BUSY));
        await().untilAsserted(() -> assertThat(permits.ended).hasValue(1));
        assertThat(log.reads).isEqualTo(reads);
        assertThat(client.lastWords()).isEqualTo(before.cursor());
        assertThat(permits.reading).hasValue(0);
    }

    @Test
    void givesItsTurnBackWhenItIsCutInTheMiddle() throws InterruptedException {
        var before = away();
        var permits = new Permits();
        permits.replays = true;
        log.away = true;
        var client = new Client();
        int reads = log.reads;
        var session = resume(client, before, permits);
        await().until(() -> log.reads > reads);

        session.end(CloseReason.CLIENT_GONE);

        await().untilAsserted(() -> assertThat(permits.ended).hasValue(1));
        assertThat(permits.reading).hasValue(0);
    }
}
