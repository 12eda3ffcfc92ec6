package dev.fanfare.gateway.session;

import dev.fanfare.gateway.config.GatewaySettings;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;

/// What one session was granted.
///
/// @param id unguessable; of a long-poll, which nobody can refer to, always the same
/// @param transport for metrics
/// @param heartbeat the longest silence that the client sees
/// @param heartbeatAfterNanos when one is sent: a little earlier, and not all sessions at once
/// @param endsAtNanos ([System#nanoTime]) when the session has lived long enough
/// @param permit what it goes on by
public record SessionOptions(
        String id,
        Transport transport,
        Duration heartbeat,
        long heartbeatAfterNanos,
        long endsAtNanos,
        GatewaySettings.Session limits,
        GatewaySettings.Replay replay,
        Permit permit) {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final long FOR_EVER = Long.MAX_VALUE / 4; // nanoseconds

    /// Options of a new session.
    ///
    /// @param life how long it may last; zero: for ever
    public static SessionOptions of(
            Transport transport,
            Duration heartbeat,
            Duration life,
            GatewaySettings.Session limits,
            GatewaySettings.Replay replay) {
        var random = ThreadLocalRandom.current();
        long lifeNanos = life.isZero() ? FOR_EVER : (long) (life.toNanos() * random.nextDouble(0.8, 1));
        return new SessionOptions(
                newId(),
                transport,
                heartbeat,
                (long) (heartbeat.toNanos() * random.nextDouble(0.8, 0.95)),
                System.nanoTime() + lifeNanos,
                limits,
                replay,
                Permit.ALWAYS);
    }

    /// Options of a long-poll: its session lasts as long as the client would wait, and has no heartbeats. What is
    /// there
    /// already takes a moment to be found, also for a client that would not wait.
    public static SessionOptions poll(Duration hold, GatewaySettings.Session limits, GatewaySettings.Replay replay) {
        var life = hold.isZero() ? LOOK : hold;
        return new SessionOptions(
                "poll",
                Transport.POLL,
                hold,
                FOR_EVER,
                System.nanoTime() + life.toNanos(),
                limits,
                replay,
                Permit.ALWAYS);
    }

    /// The same for a session that goes on only as long as it is permitted to.
    public SessionOptions under(Permit other) {
        return new SessionOptions(id, transport, heartbeat, heartbeatAfterNanos, endsAtNanos, limits, replay, other);
    }

    private static String newId() {
        var id = new byte[15];
        RANDOM.nextBytes(id);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(id);
    }

    Duration writeStall() {
        return limits.writeStall();
    }

    Duration stall() {
        return limits.stall();
    }

    int eventMax() {
        return limits.eventMax();
    }

    int writeBytes() {
        return limits.writeBytes();
    }

    Duration permitWait() {
        return replay.permitWait();
    }

    long replayEventsMax() {
        return replay.eventsMax();
    }
}
