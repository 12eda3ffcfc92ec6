package dev.fanfare.gateway.session;

import dev.fanfare.gateway.config.GatewaySettings;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// What one session was granted.
///
/// @param id unguessable; of a long-poll, which nobody can refer to, always the same
/// @param transport for metrics
/// @param heartbeat the longest silence that the client sees
/// @param heartbeatAfterNanos when one is sent: a little earlier, and not all sessions at once
/// @param endsAtNanos ([System#nanoTime]) when the session has lived long enough
/// @param permit what it goes on by
/// @param terms of subscriptions where nothing else is said
/// @param account for the log of sessions; null if nobody wants it
public record SessionOptions(
        String id,
        Transport transport,
        Duration heartbeat,
        long heartbeatAfterNanos,
        long endsAtNanos,
        GatewaySettings.Session limits,
        GatewaySettings.Replay replay,
        Permit permit,
        Terms terms,
        @Nullable Account account) {
    private static final SecureRandom RANDOM = new SecureRandom();
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
                Permit.ALWAYS,
                Terms.USUAL,
                null);
    }

    /// Options of a long-poll's session, which has no heartbeats, and ends with its client's last poll.
    public static SessionOptions poll(Duration hold, GatewaySettings.Session limits, GatewaySettings.Replay replay) {
        return new SessionOptions(
                "poll",
                Transport.POLL,
                hold,
                FOR_EVER,
                System.nanoTime() + FOR_EVER,
                limits,
                replay,
                Permit.ALWAYS,
                Terms.USUAL,
                null);
    }

    /// The same for a session that goes on only as long as it is permitted to.
    public SessionOptions under(Permit other) {
        return new SessionOptions(
                id,
                transport,
                heartbeat,
                heartbeatAfterNanos,
                endsAtNanos,
                limits,
                replay,
                other,
                terms,
                other.account());
    }

    /// The same with other terms.
    public SessionOptions with(Terms other) {
        return new SessionOptions(
                id, transport, heartbeat, heartbeatAfterNanos, endsAtNanos, limits, replay, permit, other, account);
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

    int waitingMax() {
        return limits.policies().waitingMax();
    }

    Duration permitWait() {
        return replay.permitWait();
    }

    long replayEventsMax() {
        return replay.eventsMax();
    }
}
