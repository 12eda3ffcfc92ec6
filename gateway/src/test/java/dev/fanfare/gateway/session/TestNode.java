package dev.fanfare.gateway.session;

import static org.awaitility.Awaitility.await;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.Signaller;
import dev.fanfare.gateway.channel.States;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.config.PolicySettings;
import dev.fanfare.gateway.protocol.CloseReason;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// The sessions of one node over a [Log], whose heartbeats and stalls are so far away that only a test brings them.
final class TestNode implements AutoCloseable {
    static final Duration HEARTBEAT = Duration.ofHours(1);
    static final GatewaySettings.Replay REPLAY = new GatewaySettings.Replay(
            1, 2, 1000, 1 << 20, Duration.ofMillis(300), 1000, 1 << 20, Duration.ofSeconds(1));

    final Channels channels;
    final Sessions sessions;
    final Starts starts;
    final Signaller signaller = new Signaller();
    private final Log log;
    private final SessionOptions options;

    /// @param channelEvents what each channel's log keeps
    TestNode(Log log, int channelEvents, GatewaySettings.Replay replay, int writeBytes) {
        this.log = log;
        this.channels = new Channels(1 << 20, channelEvents, HEARTBEAT, signaller);
        this.sessions = new Sessions(channels, log, new SessionMetrics(), replay.sessions(), 1 << 20);
        this.starts = new Starts(channels, log, States.NONE, replay);
        var limits = new GatewaySettings.Session(
                HEARTBEAT,
                HEARTBEAT,
                HEARTBEAT,
                Duration.ofHours(1),
                Duration.ofHours(1),
                Duration.ZERO,
                10,
                100,
                writeBytes,
                PolicySettings.DEFAULT);
        this.options = SessionOptions.of(Transport.SSE, HEARTBEAT, Duration.ZERO, limits, replay);
    }

    static List<ChannelPattern> patterns(String... patterns) {
        return Arrays.stream(patterns).map(ChannelPattern::parse).toList();
    }

    Session open(Client client, StartPoint start, String... patterns) throws InterruptedException {
        return open(client, starts.find(start, patterns(patterns)), patterns);
    }

    Session open(Client client, Start start, String... patterns) {
        return sessions.open(client, options, patterns(patterns), start, true);
    }

    Session live(Client client, String... patterns) {
        return open(client, new Start.Live(), patterns);
    }

    Session resumed(Client client, Client from, String... patterns) throws InterruptedException {
        return open(client, new StartPoint.AtCursor(Objects.requireNonNull(from.cursor())), patterns);
    }

    /// A cursor at the present head.
    Client anchor(String... patterns) throws InterruptedException {
        var client = new Client();
        var session = live(client, patterns);
        await().until(() -> client.cursor() != null);
        session.end(CloseReason.CLIENT_GONE);
        await().until(() -> !sessions.all().contains(session));
        return client;
    }

    /// Writes to partition 0, and feeds each at once.
    void write(int count, String channel) {
        for (int i = 0; i < count; i++) {
            log.write(0, channel, "x");
            log.feed(channels);
        }
    }

    @Override
    public void close() {
        sessions.endAll(CloseReason.SHUTTING_DOWN);
        sessions.close();
        signaller.close();
    }
}
