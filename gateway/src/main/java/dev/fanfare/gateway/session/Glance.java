package dev.fanfare.gateway.session;

import dev.fanfare.events.ChannelPattern;
import java.util.List;

/// How one session is doing, seen from outside while its drain goes on: each figure by itself is that of about now, and
/// two of them may be of different moments.
///
/// @param subscriptions what is subscribed to
/// @param unwrittenBytes handed to the connection and not taken by it yet
/// @param stalledMillis how long a write has made no progress
/// @param waitingEvents in its logs, behind its position; -1 if the logs have moved on beyond it
public record Glance(
        SessionState state,
        List<ChannelPattern> subscriptions,
        int unwrittenBytes,
        long stalledMillis,
        long waitingEvents) {
    /// Whether its client keeps anything waiting.
    public boolean isBehind() {
        return unwrittenBytes > 0 || waitingEvents != 0 || state == SessionState.REPLAYING;
    }
}
