package dev.fanfare.webhook.delivery;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import java.util.List;

/// An event on its way to endpoints.
///
/// @param channels what the routing rules made of it, at least one
/// @param tenant whose endpoints may get it
public record Message(MessageId id, Event event, List<ChannelName> channels, String tenant) {
    /// Of events that name no tenant.
    public static final String DEFAULT_TENANT = "default";

    public Message {
        channels = List.copyOf(channels);
    }
}
