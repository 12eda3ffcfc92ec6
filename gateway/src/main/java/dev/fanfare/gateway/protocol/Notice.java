package dev.fanfare.gateway.protocol;

import dev.fanfare.service.http.ProblemCode;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the gateway tells a client beside events.
public sealed interface Notice {
    /// Opens a stream.
    ///
    /// @param session id of the session, in logs and metrics
    /// @param heartbeat silence for longer than this, with some allowance, means that the connection is dead
    /// @param from where the session started: `live`, `cursor`, `since` or `last`
    /// @param complete false if `last` could not look back far enough
    record Ready(String session, Duration heartbeat, String from, boolean complete) implements Notice {}

    /// A range of a partition that will not be delivered.
    ///
    /// @param from first offset of the range
    /// @param to the offset after the range
    /// @param approximate whether events outside the range may be missing or repeated too
    record Gap(String topic, int partition, long from, long to, GapReason reason, boolean approximate)
            implements Notice {}

    /// A state is told: what follows is newer. With it, the client has what there was of each key.
    ///
    /// @param id of the client's message that asked for the state, if one did
    record StateEnd(@Nullable String id) implements Notice {}

    /// Something went wrong.
    ///
    /// @param id of the client's message that this answers, if it is an answer
    record Failure(@Nullable String id, ProblemCode code, String detail) implements Notice {}

    /// The connection will end; come back after the delay.
    record GoingAway(Duration reconnectAfter, String reason) implements Notice {}

    /// The token that the session rests on expires; it ends soon after, unless a new one comes.
    record TokenExpiring(Duration in) implements Notice {}

    /// Subscriptions that the new token does not allow have ended here.
    record Revoked(List<String> channels) implements Notice {}

    /// Who is on a channel has changed.
    ///
    /// @param count sessions, on all nodes
    /// @param joined those that were not known to be there
    /// @param left those that are not there any more
    /// @param complete false if there are more members than are told
    record Presence(String channel, int count, List<Member> joined, List<Member> left, boolean complete)
            implements Notice {}

    /// Answers a `token`.
    ///
    /// @param expiresIn the new token
    record Renewed(@Nullable String id, Duration expiresIn) implements Notice {}

    /// Answers a `subscribe`.
    record Subscribed(@Nullable String id, List<String> channels) implements Notice {}

    /// Answers an `unsubscribe`.
    record Unsubscribed(@Nullable String id, List<String> channels) implements Notice {}

    /// Answers a `publish`.
    record Published(@Nullable String id, List<Receipt> events) implements Notice {}

    /// Answers a `ping`.
    record Pong(@Nullable String id) implements Notice {}

    /// Who a token speaks for.
    record Member(String issuer, String subject) {
        /// Of `ISSUER SUBJECT`.
        public static Member of(String text) {
            int blank = text.indexOf(' ');
            return new Member(text.substring(0, Math.max(blank, 0)), text.substring(blank + 1));
        }
    }

    /// Where an event was written.
    record Receipt(String id, String topic, int partition, long offset) {}
}
