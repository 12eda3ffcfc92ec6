package dev.fanfare.gateway.session;

import dev.fanfare.events.ChannelPattern;
import java.util.List;

/// What only a session's drain can say for sure.
///
/// @param cursor what its client's cursor is
/// @param subscriptions in their order
public record Standing(String cursor, List<Subscribed> subscriptions) {
    /// One subscription.
    ///
    /// @param terms on which
    public record Subscribed(ChannelPattern pattern, Terms terms) {}
}
